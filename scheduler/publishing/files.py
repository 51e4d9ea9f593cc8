"""The files of an outlet of kind folder: what changed, a workbook a team, a calendar a person."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import polars as pl

from scheduler.run.excel_csv import harmless

if TYPE_CHECKING:
    from reports import RunView

_TIME = "%Y-%m-%dT%H:%M:%S%:z"


def hand_to_folder(folder: Path, view: "RunView", rows: pl.DataFrame) -> None:
    """Writes the files elsewhere, then moves each to its place.

    Raises:
        OutletError: the folder cannot be written.
    """
    from data import place_files
    from reports import CALENDARS, SPLITS, write_calendars, write_lists

    language = view.run.policy.language
    with TemporaryDirectory(prefix="allot-") as name:
        staged, newest = Path(name), max(rows["version"].to_list())
        write_changes(rows, staged / f"changes-{newest:06}.csv", view.timezone)
        write_lists(view, staged, "team", language)
        write_calendars(view, staged, language)
        place_files(folder, staged, kept=(SPLITS["team"], CALENDARS))


def write_changes(rows: pl.DataFrame, file: Path, zone: str) -> None:
    """Writes what changed as CSV: times with their offset, no text that a spreadsheet takes for a formula."""
    moments = [name for name, dtype in rows.schema.items() if isinstance(dtype, pl.Datetime)]
    texts = [name for name, dtype in rows.schema.items() if dtype == pl.String]
    rows.with_columns(
        *(pl.col(name).dt.convert_time_zone(zone).dt.strftime(_TIME) for name in moments),
        *(harmless(rows[name]).alias(name) for name in texts),
    ).write_csv(file)
