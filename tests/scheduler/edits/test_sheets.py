"""Edits that a planner writes into the workbook of a run."""

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from data import Snapshot
from reports import write_workbook
from scheduler.edits import EditError, SheetEdits, read_edits_workbook, resolve
from tests.reports.runs import at, left, planned, view_of
from tests.scheduler.edits.small import office, tasks

pytestmark = pytest.mark.slow

PLANNED = [planned("T1", agent_id="Ann"), planned("T2", agent_id="Ann", sequence=2, start_at=at(90))]
NAMED = pl.DataFrame({"agent_id": ["Ann", "Bob", "Cem"], "name": ["Ann Lee", "Bob Roe", "bob roe"]})
TITLES = {
    "en": ("Plan", "Unplanned", "New agent", "Hold/cancel/pin", "New due"),
    "zh": ("计划", "未安排", "新人员", "搁置/取消/固定", "新截止"),
}


def workbook(folder: Path, cells: dict[tuple[int, int], Any], language: str = "en", last: Any = "") -> SheetEdits:
    """What is read of a run's workbook with these cells of the sheet Plan filled in, each by row and column to fill.

    ``last`` goes into the second column of the sheet of what is not planned.
    """
    view = view_of(plan=PLANNED, unplanned=[left("T3")])
    file = folder / "plan.xlsx"
    write_workbook(view, file, language=language)
    book = openpyxl.load_workbook(file)
    titles = TITLES[language]
    for name, filled in ((titles[0], cells), (titles[1], {(2, 1): last} if last else {})):
        sheet = book[name]
        places = {cell.value: cell.column for cell in sheet[1]}
        for (row, entry), value in filled.items():
            sheet.cell(row, places[titles[2 + entry]] if entry >= 0 else 1, value)
    book.save(file)
    return read_edits_workbook(file, view.run.run_id, view.plan)


def edits(found: SheetEdits, snapshot: Snapshot | None = None) -> list[tuple[str, str, str, datetime | None]]:
    """The edits that stand in the workbook."""
    made = resolve(found.written, snapshot or office(agents=NAMED), faults=found.faults)
    return [(edit.kind, edit.task, edit.agent, edit.at) for edit in made]


def faults(found: SheetEdits) -> list[str]:
    with pytest.raises(EditError) as error:
        edits(found)
    return str(error.value).splitlines()


def test_an_unchanged_workbook_has_no_edits(tmp_path: Path) -> None:
    found = workbook(tmp_path, {})
    assert (found.written, found.faults) == ((), ())
    assert found.remarks == ("plan.xlsx has no edits: its columns to fill in are empty",)


@pytest.mark.parametrize("language", TITLES)
def test_each_column_in_each_language(tmp_path: Path, language: str) -> None:
    word = {"en": "cancel", "zh": "取消"}[language]
    due = datetime(2026, 3, 2, 13)  # noqa: DTZ001  a cell's time is local to the snapshot
    found = workbook(tmp_path, {(2, 0): "ann lee", (2, 2): due, (3, 1): word}, language, last="hold")
    assert edits(found) == [
        ("pin", "T1", "Ann", None),
        ("due", "T1", "", datetime(2026, 3, 2, 13, tzinfo=UTC)),
        ("cancel", "T2", "", None),
        ("hold", "T3", "", None),
    ]


def test_pin_alone_is_where_it_is(tmp_path: Path) -> None:
    assert edits(workbook(tmp_path, {(2, 1): "Pin"})) == [("pin", "T1", "Ann", None)]


@pytest.mark.parametrize("value", [time(14, 30), "14:30", "02.03.2026 14:30", "2026-03-02T14:30"])
def test_a_new_deadline_as_people_write_it(tmp_path: Path, value: object) -> None:
    assert edits(workbook(tmp_path, {(3, 2): value})) == [("due", "T2", "", datetime(2026, 3, 2, 14, 30, tzinfo=UTC))]


def test_all_faults_are_told_by_their_cells(tmp_path: Path) -> None:
    wrong = {(2, 0): "Bob Roe", (2, 1): "hodl", (3, 0): "Bob Roe", (3, 2): "noonish"}
    told = faults(workbook(tmp_path, wrong, last="pin"))
    assert told[0] == "edits that cannot be made: 4"
    for fault in (
        "plan.xlsx, sheet 'Plan' cell O2: 'hodl' is none of hold, cancel, pin; did you mean 'hold'?",
        "plan.xlsx, sheet 'Plan' cell N3: pin T2=Bob Roe: 'Bob Roe' is the name of Bob and Cem; write the id",
        "plan.xlsx, sheet 'Plan' cell P3: due T2=noonish: 'noonish' is not a time",
        "plan.xlsx, sheet 'Unplanned' cell I2: 'pin' needs a new agent: the task is not planned",
    ):
        assert any(line.strip().startswith(fault) for line in told), fault


def test_an_id_counts_before_a_name(tmp_path: Path) -> None:
    people = pl.DataFrame({"agent_id": ["Ann", "Bob"], "name": ["Bob", "Ann"]})
    assert edits(workbook(tmp_path, {(2, 0): "Bob"}), office(agents=people, tasks=tasks()))[0][2] == "Bob"


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (
            {(2, -1): "Bob"},
            "cell A2: the plan has T1 with Ann; whoever is to do it instead is written as the new agent",
        ),
        ({(2, 0): "Bob", (2, 1): "hold"}, "cell O2: 'hold' and a new agent ('Bob') contradict each other"),
        ({(2, 2): datetime(2026, 3, 3)}, "cell P2: '2026-03-03 00:00:00' has no time of day"),  # noqa: DTZ001
        ({(2, 0): "=A3"}, "sheet 'Plan' has formulas whose result is not stored (N2)"),
    ],
)
def test_what_may_mean_two_things_is_refused(tmp_path: Path, cells: dict[tuple[int, int], Any], told: str) -> None:
    assert told in "\n".join(workbook(tmp_path, cells).faults)


def test_the_workbook_of_another_run_is_said_to_be_one(tmp_path: Path) -> None:
    workbook(tmp_path, {(2, 1): "pin"})
    found = read_edits_workbook(tmp_path / "plan.xlsx", "another", view_of(plan=PLANNED[1:]).plan)
    assert edits(found) == [("pin", "T1", "Ann", None)]
    assert "not to another, from which the plan starts" in found.remarks[0]


def test_another_workbook_is_refused(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "mine.xlsx")
    with pytest.raises(EditError, match=r"mine\.xlsx is no workbook of a run"):
        read_edits_workbook(tmp_path / "mine.xlsx", "", view_of().plan)
