from dataclasses import replace

import openpyxl
import polars as pl
import pytest

from reports import change_lines, write_workbook
from reports.changes import changes_table, curve_table
from tests.reports.runs import AS_OF, ZONE, view_of

_TIME = pl.Datetime("us", ZONE)
SCHEMA = {
    **dict.fromkeys(("kind", "task_id", "from_agent"), pl.String),
    "from_start": _TIME,
    "to_agent": pl.String,
    "to_start": _TIME,
    **dict.fromkeys(("why", "detail"), pl.String),
    "gain": pl.Float64,
    "together": pl.Float64,
    "instead": pl.String,
    "frozen_then": pl.Boolean,
}
LATER = AS_OF.replace(hour=13)
CHANGES = pl.DataFrame(
    [
        ("dropped", "T1", "Ann", AS_OF, None, None, "no_room", "Ann has no time", -5.0, -5.0, None, False),
        ("moved", "T2", "Ann", AS_OF, "Bob", LATER, "agent_gone", "Ann is out", 12.5, 52.5, None, False),
        ("added", "T3", None, None, "Bob", LATER.replace(day=3), "new", "new work", 40.0, 52.5, None, False),
    ],
    schema=SCHEMA,
    orient="row",
)
TOLD = {
    **dict.fromkeys(("dropped", "moved", "added", "changes"), 1),
    "gone": 0,
    "people": 2,
    "edits": [
        {"edit": "pin T3=Bob", "carried": False, "cost": {"points": 3.5, "at_least": 1.0, "at_most": None}},
        {"edit": "agent_out Ann", "carried": False, "cost": None},
    ],
    "curve": [{"allowed": 0, "changes": 0, "objective": 100.0, "bound": 120.0}],
}


@pytest.fixture
def view():
    plain = view_of()
    return replace(plain, run={**plain.run, "replan": TOLD}, changes=CHANGES)


def test_a_plan_from_scratch_has_no_changes():
    view = view_of()
    assert change_lines(view) == []
    assert changes_table(view) is None
    assert curve_table(view) is None


def test_what_was_dropped_comes_first_then_each_agents_day(view):
    assert change_lines(view) == [
        "changes: 1 dropped, 1 moved, 1 new in the plan; 2 people concerned; 1 by choice",
        "  Ann's T1 (08:00) dropped: Ann has no time",
        "  Ann -> Bob: T2 (13:00): Ann is out",
        "  Bob gets T3 (2026-03-03 13:00): new work",
        "edit pin T3=Bob costs 3.50 points (proved: 1.00 to ?)",
        "changes   value   no plan with so few is worth more than",
        "      0   100.00   120.00",
    ]


def test_a_long_list_is_cut_and_says_where_the_rest_is(view):
    many = pl.concat([CHANGES.head(1).with_columns(detail=pl.lit(f"reason {k}")) for k in range(50)])
    lines = change_lines(replace(view, changes=many))
    assert "  and 20 lines more: see the sheet Changes or changes.parquet" in lines


def test_tasks_with_the_same_reason_are_one_line(view):
    many = pl.concat([CHANGES[1:2].with_columns(task_id=pl.lit(f"T{k}")) for k in range(6)])
    lines = change_lines(replace(view, changes=many))
    assert lines[1] == "  Ann -> Bob: T0 (13:00), T1 (13:00), T2 (13:00), T3 (13:00) and 2 more: Ann is out"


def test_nothing_changes(view):
    still = {**TOLD, **dict.fromkeys(("dropped", "moved", "added", "gone", "changes", "people"), 0), "edits": []}
    quiet = replace(view, run={**view.run, "replan": {**still, "curve": []}}, changes=CHANGES.clear())
    assert change_lines(quiet) == ["nothing changes"]


def test_the_sheets_show_all_rows(view):
    changes, curve = changes_table(view), curve_table(view)
    assert changes is not None
    assert curve is not None
    assert [row[:2] for row in changes.cells()] == [("Dropped", "T1"), ("Moved", "T2"), ("New in the plan", "T3")]
    assert curve.cells() == [(0, 0, 100.0, 120.0)]


def test_the_curve_has_a_chart_in_the_workbook(view, tmp_path):
    write_workbook(view, tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert "Changes" in book.sheetnames
    (chart,) = book["Price of calm"]._charts  # type: ignore[attr-defined]
    places = [series.yVal.numRef.f for series in chart.series]
    assert places == ["'Price of calm'!$C$2", "'Price of calm'!$D$2"]
