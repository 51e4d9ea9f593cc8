"""A run read back from its folder for the reports, without its snapshot."""

import json
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from data import UnreadableRunError, read_file, read_further, read_record, read_rejects, read_tables
from models import RunRecord
from scheduler.edits import what_counts

if TYPE_CHECKING:
    from reports import RunView


LISTED = 150_000
"""Planned and unplanned tasks each, that workbook and page of a plan in parts are made of."""


def read_view(folder: Path) -> "RunView":
    """The run in a folder as the reports receive it.

    Raises:
        NotARunFolderError: there is no run.
        UnreadableRunError: a file is missing, damaged, or of another version; the message names it.
    """
    return _view(folder, read_record(folder), None)


def read_listed(folder: Path) -> "RunView":
    """The run in a folder; of one made in parts the first tasks only, the rest counted, as its own reports have it.

    Raises:
        NotARunFolderError, UnreadableRunError: as for :func:`read_view`.
    """
    run = read_record(folder)
    return _view(folder, run, None if run.parts is None else LISTED)


def rest_of(folder: Path, run: RunRecord) -> pl.DataFrame:
    """What of a run is not listed, counted."""
    from reports import counted_rest

    plan, unplanned = (pl.scan_parquet(folder / f"{name}.parquet").slice(LISTED) for name in ("plan", "unplanned"))
    zone = ZoneInfo(run.timezone)
    return counted_rest(plan, unplanned, run.as_of.astimezone(zone), run.horizon_end.astimezone(zone))


def details_of(folder: Path, unplanned: pl.DataFrame) -> pl.DataFrame:
    """The messages of details of these tasks."""
    texts = unplanned["detail"].unique().implode()
    return pl.scan_parquet(folder / "messages.parquet").filter(pl.col("text").is_in(texts)).collect()


def _view(folder: Path, run: RunRecord, most: int | None) -> "RunView":
    from reports import Messages, RunView, no_rest

    edits = folder / "edits.json"
    tables = read_tables(folder, run, "agents", "kpis", most=most)
    try:
        return RunView(
            run=run,
            rejects=read_rejects(folder),
            **tables,
            hours=read_further(folder, "hours"),
            changes=read_further(folder, "changes"),
            messages=Messages(read_further(folder, "messages")),
            edits=read_file(edits, _read_edits) if edits.exists() else (),
            rest=no_rest() if most is None else read_file(folder, lambda place: rest_of(place, run)),
        )
    except ValueError as error:
        raise UnreadableRunError(f"{folder} is damaged: {error}") from error


def _read_edits(file: Path) -> tuple[str, ...]:
    return what_counts(json.loads(file.read_text(encoding="utf-8")))
