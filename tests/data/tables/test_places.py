"""Rejected rows with the cells where people find them."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from data.tables.cells import Cells, Corner, Place
from data.tables.columns import RawTable
from data.tables.places import placed, placed_notice
from data.tables.rejects import Wrong
from data.tables.schemas import REJECTS, TABLES
from models import Code, Message, Notice

TASKS = TABLES["tasks"]
LATER = Message(Code.NOT_WHOLE, column="value", value="x")
FIRST = Message(Code.NOT_WHOLE, column="minutes", value="y")


def rejects(*lines: dict[str, Any]) -> pl.DataFrame:
    plain = {
        "table": "tasks",
        "row": 3,
        "id": "T1",
        "column": "minutes",
        "rule": "type",
        "value": "y",
        "message": str(FIRST),
    }
    return pl.DataFrame([plain | line for line in lines], schema=dict(REJECTS))


def raw(rows: Sequence[dict[str, Any]] = (), **more: Any) -> RawTable:
    names = ["task_id", "process", "minutes", "value"]
    frame = pl.DataFrame(list(rows), schema={**dict.fromkeys(names, pl.String), "row": pl.Int64})
    return RawTable(TASKS, "t.xlsx", frame, (), **more)


CELLS = Cells(Corner("work", 2, 2), 1, {"minutes": 2, "value": 3})
BOTH = {str(FIRST): [Wrong("minutes", FIRST), Wrong("value", LATER)]}


def test_each_fault_is_told_with_its_cell() -> None:
    lines, messages = placed(rejects({}), BOTH, raw(cells=CELLS))
    said = f"sheet 'work' cell D5: {FIRST}; also: sheet 'work' cell E5: {LATER}"
    assert (lines["message"].to_list(), list(messages)) == ([said], [said])


def test_outside_a_workbook_a_message_stays_as_it_is() -> None:
    lines, _ = placed(rejects({}), BOTH, raw())
    assert lines["message"][0] == "minutes 'y' is not a whole number; also: value 'x' is not a whole number"


def test_totals_and_notes_are_told_as_such() -> None:
    rows = [
        {"task_id": "Summe: ", "minutes": "90", "row": 3},
        {"task_id": "checked by Ann", "row": 4},
        {"task_id": "T1", "minutes": "5", "row": 5},
    ]
    missing = rejects(*({"row": row, "rule": "required", "column": "process"} for row in (3, 4, 5)))
    lines, _ = placed(missing, {str(FIRST): [Wrong("process", FIRST)]}, raw(rows, cells=CELLS))
    total, note, plain = lines["message"]
    assert "totals" in total
    assert "note" in note
    assert plain.endswith("is not a whole number")


def test_rows_of_another_sheet_are_told_once_as_that_sheets() -> None:
    cells = {"minutes": Message(Code.CELL, sheet="weekly", cell="B2")}
    places = {3: Place("weekly_shifts", 2, cells), 4: Place("weekly_shifts", 2, cells)}
    lines, _ = placed(rejects({}, {"row": 4}), {str(FIRST): [Wrong("minutes", FIRST)]}, raw(places=places))
    assert lines.select("table", "row").rows() == [("weekly_shifts", 2)]
    assert lines["message"][0] == "sheet 'weekly' cell B2: minutes 'y' is not a whole number"
    known = {3: Place("weekly_shifts", 2, cells, why=LATER)}
    lines, _ = placed(rejects({}), BOTH, raw(places=known))
    assert lines["message"].to_list() == ["sheet 'weekly' cell B2: value 'x' is not a whole number"]


def test_a_notice_names_rows_of_one_sheet() -> None:
    notice = Notice(code=Code.ROWS_HIDDEN, count=3, of=9, table="shifts", place="t.xlsx", rows=(3, 4, 5))
    weekly, away = (Place(name, row, {}) for name, row in (("weekly_shifts", 2), ("absences", 7)))
    assert placed_notice(notice, {}, {}) == notice
    assert placed_notice(notice, {5: away}, {}).rows == (3, 4)
    moved = placed_notice(notice, {3: weekly, 4: away, 5: weekly}, {"weekly_shifts": "w.csv"})
    assert (moved.table, moved.place, moved.rows) == ("weekly_shifts", "w.csv", (2,))
