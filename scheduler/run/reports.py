"""What people read of a run, written into its folder: by a run at its end, or again from its files."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import polars as pl

from models import Code, Message, disk_errors_at
from scheduler.run.excel_csv import SEPARATORS, write_excel_csv

if TYPE_CHECKING:
    from reports import RunView
    from scheduler.run.context import Timing

Timed = Callable[[str, Callable[[], object]], tuple[object, "Timing"]]
"""Does the work of a stage, and says how long it took."""
_LONGEST_REASON = 200


@dataclass(frozen=True, kw_only=True)
class Formats:
    """Which files for people to write, and their language; ``split`` asks for lists by team, say."""

    xlsx: bool = True
    html: bool = True
    csv: bool = False
    csv_separator: str = ","
    split: str | None = None
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class _Report:
    """One thing to write: its ``name`` in the folder, what writing it is called, how it is done."""

    name: str
    stage: str
    write: Callable[[Path], list[Path] | None]

    def into(self, folder: Path) -> list[Path]:
        """Writes it; the files it wrote."""
        place = folder / self.name
        return self.write(place) or [place]


def write_reports(
    view: "RunView", folder: Path, formats: Formats, timed: Timed
) -> tuple[dict[str, Message], tuple["Timing", ...]]:
    """Writes workbook and page, lists, and plan and unplanned tasks for Excel; how long each took.

    What cannot be written, whatever the reason, leaves nothing behind and keeps nobody from the plan: such names are
    returned with a sentence that says why.
    """
    failed: dict[str, Message] = {}
    timings: tuple[Timing, ...] = ()
    for report in _reports(view, formats):
        try:
            if report.stage:
                _, took = timed(report.stage, partial(report.into, folder))
                timings = (*timings, took)
            else:
                report.into(folder)
        except (Exception, pl.exceptions.PanicException) as error:
            _remove(folder / report.name)
            failed[report.name] = Message(Code.NOT_WRITTEN, file=report.name, reason=_reason(error))
    return failed, timings


def _reports(view: "RunView", formats: Formats) -> Iterator[_Report]:
    # each is loaded only where it is written: that takes longer than the plan of a small snapshot
    if formats.csv:
        zone, separator = view.timezone, SEPARATORS[formats.csv_separator]
        for name, frame in (("plan.csv", view.plan), ("unplanned.csv", view.unplanned)):
            yield _Report(name=name, stage="", write=partial(write_excel_csv, frame, zone=zone, separator=separator))
    if formats.xlsx:
        from reports import write_workbook

        workbook = partial(write_workbook, view, language=formats.language)
        yield _Report(name="plan.xlsx", stage="workbook", write=workbook)
    if formats.split:
        from reports import SPLITS, write_lists

        by, language = formats.split, formats.language
        yield _Report(name=SPLITS[by], stage="lists", write=lambda place: write_lists(view, place.parent, by, language))
    if formats.html:
        from reports import write_page

        yield _Report(name="report.html", stage="page", write=partial(write_page, view, language=formats.language))


def _reason(error: BaseException) -> str:
    """Why something could not be written, in one line."""
    what = error.strerror if isinstance(error, OSError) and error.strerror else f"{type(error).__name__}: {error}"
    return " ".join(what.replace("; ", ", ").split())[:_LONGEST_REASON]


def _remove(place: Path) -> None:
    """Removes a file or folder that is not whole."""
    if place.is_dir():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)


def rewrite_reports(view: "RunView", folder: Path, formats: Formats) -> list[Path]:
    """Writes reports into a folder that may hold others: all of them are replaced, or none; the files it wrote.

    Raises:
        OSError: the disk is full or broken, or the folder cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with disk_errors_at(folder), TemporaryDirectory(dir=folder, prefix=".writing-") as staging:
        place = Path(staging)
        written = [file for report in _reports(view, formats) for file in report.into(place)]
        return [_moved(file, place, folder) for file in written]


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
