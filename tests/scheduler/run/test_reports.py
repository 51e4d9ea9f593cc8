"""Files for people: each that cannot be written is told and leaves nothing, and the others are there."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from models import Code
from reports import RunView
from scheduler.run.context import Timing
from scheduler.run.reports import Formats, rewrite_reports, told, write_reports
from tests.reports.runs import agent, at, planned, view_of

EVERYTHING = Formats(csv=True, split="team")


@pytest.fixture
def view() -> RunView:
    """A plan of one task."""
    return view_of(plan=[planned("t", "A1", start_at=at(0), end_at=at(10))], agents=[agent("A1")])


def untimed(stage: str, work: Callable[[], object]) -> tuple[object, Timing]:
    return work(), Timing(stage, 0.0)


def names(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def failing(error: BaseException) -> Callable[..., None]:
    """Writes something, and fails."""

    def write(_: object, place: Path, **__: object) -> None:
        place.write_text("half")
        raise error

    return write


def test_what_is_asked_for_is_written(view: RunView, tmp_path: Path) -> None:
    failed, timings = write_reports(view, tmp_path, EVERYTHING, untimed)
    assert failed == {}
    assert [timing.stage for timing in timings] == ["workbook", "lists", "page"]
    assert {"plan.xlsx", "report.html", "plan.csv", "unplanned.csv"} < names(tmp_path)
    assert write_reports(view, tmp_path / "none", Formats(xlsx=False, html=False), untimed) == ({}, ())


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(28, "No space left on device"), "No space left on device"),
        (OSError("odd"), "OSError: odd"),
        (ValueError("one\n  two; three"), "ValueError: one two, three"),
        (pl.exceptions.PanicException("boom"), "PanicException: boom"),
        (KeyError("x" * 500), "KeyError: '" + "x" * 189),
    ],
    ids=lambda given: type(given).__name__ if isinstance(given, BaseException) else "",
)
def test_whatever_fails_is_told_in_one_line_and_leaves_nothing(
    view: RunView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, reason: str
) -> None:
    monkeypatch.setattr("reports.write_workbook", failing(error))
    failed, timings = write_reports(view, tmp_path, Formats(), untimed)
    [(name, message)] = failed.items()
    assert (name, message.code, message.parts["reason"]) == ("plan.xlsx", Code.NOT_WRITTEN, reason)
    assert names(tmp_path) == {"report.html"}
    assert [timing.stage for timing in timings] == ["page"]


def test_a_request_to_stop_is_no_failure_of_a_report(
    view: RunView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.write_workbook", failing(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        write_reports(view, tmp_path, Formats(), untimed)


def test_reports_are_replaced_all_or_none(view: RunView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = rewrite_reports(view, tmp_path, EVERYTHING)
    assert {str(file.relative_to(tmp_path)) for file in written} == names(tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in names(tmp_path)}
    monkeypatch.setattr("reports.write_page", failing(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        rewrite_reports(view, tmp_path, Formats(csv=True, csv_separator="tab"))
    assert {name: (tmp_path / name).read_bytes() for name in names(tmp_path)} == before


def test_lists_are_told_as_one_folder(tmp_path: Path) -> None:
    lists = [tmp_path / "teams" / f"{name}.xlsx" for name in "abc"]
    assert told([tmp_path / "plan.xlsx", *lists], tmp_path) == (
        f"{tmp_path / 'plan.xlsx'}, {tmp_path / 'teams'} (3 workbooks)"
    )
    assert told([], tmp_path) == ""
