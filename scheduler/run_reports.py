"""What people read of a run, written into its folder: by a run at its end, or again from its files."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from models import disk_errors_at
from scheduler.excel_csv import SEPARATORS, write_excel_csv

if TYPE_CHECKING:
    from reports import RunView

Stage = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True, kw_only=True)
class Formats:
    """Which files for people to write, and their language; ``split`` asks for lists by team, say."""

    xlsx: bool = True
    html: bool = True
    csv: bool = False
    csv_separator: str = ","
    split: str | None = None
    language: str = "en"


def write_reports(view: "RunView", folder: Path, formats: Formats, stage: Stage | None = None) -> list[Path]:
    """Writes workbook and page, and plan and unplanned tasks for Excel; the files it wrote. ``stage`` times each."""
    from reports import write_lists, write_page, write_workbook

    written, timed = [], stage or nullcontext
    if formats.csv:
        for name, frame in (("plan", view.plan), ("unplanned", view.unplanned)):
            written.append(folder / f"{name}.csv")
            write_excel_csv(frame, written[-1], view.timezone, SEPARATORS[formats.csv_separator])
    if formats.xlsx:
        written.append(folder / "plan.xlsx")
        with timed("workbook"):
            write_workbook(view, written[-1], language=formats.language)
    if formats.split:
        with timed("lists"):
            written += write_lists(view, folder, formats.split, formats.language)
    if formats.html:
        written.append(folder / "report.html")
        with timed("page"):
            write_page(view, written[-1], language=formats.language)
    return written


def rewrite_reports(view: "RunView", folder: Path, formats: Formats) -> list[Path]:
    """Writes reports into a folder that may hold others: all of them are replaced, or none; the files it wrote.

    Raises:
        OSError: the disk is full or broken, or the folder cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with disk_errors_at(folder), TemporaryDirectory(dir=folder, prefix=".writing-") as staging:
        return [_moved(file, Path(staging), folder) for file in write_reports(view, Path(staging), formats)]


def _moved(file: Path, staging: Path, folder: Path) -> Path:
    """Moves a file to the same place in another folder; where it is now."""
    target = folder / file.relative_to(staging)
    target.parent.mkdir(exist_ok=True)
    return file.replace(target)


def told(files: list[Path], folder: Path) -> str:
    """The files written to a folder, those of a folder within it as one."""
    lists = Counter(file.parent for file in files if file.parent != folder)
    own = [str(file) for file in files if file.parent == folder]
    return ", ".join([*own, *(f"{place} ({count} workbooks)" for place, count in lists.items())])


def language_of(run: Mapping[str, Any]) -> str:
    """The language the policy of a run asks for."""
    return str(run["policy"].get("report", {}).get("language", Formats.language))
