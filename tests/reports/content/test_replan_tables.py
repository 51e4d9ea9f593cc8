from dataclasses import replace

import openpyxl
import polars as pl
import pytest

from models import Code, Message, message_table
from reports import Messages, change_lines, speaking, write_page, write_workbook
from reports.content.replan_tables import changes_table, curve_table, edits_table
from tests.reports.english import english_in
from tests.reports.page.seen import Page
from tests.reports.runs import AS_OF, ZONE, counted_in, run_with, view_of

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
FULL = Message(Code.NO_ROOM, agent="Ann")
OUT = Message(Code.FOR_EDIT, message=Message(Code.WORKS_NO_MORE, agent="Ann"), edit="agent_out Ann")
NEW = Message(Code.NEW_WORK)
CHANGES = pl.DataFrame(
    [
        ("dropped", "T1", "Ann", AS_OF, None, None, "no_room", FULL, -5.0, -5.0, None, False),
        ("moved", "T2", "Ann", AS_OF, "Bob", LATER, "agent_gone", OUT, 12.5, 52.5, None, False),
        ("added", "T3", None, None, "Bob", LATER.replace(day=3), "new", NEW, 40.0, 52.5, None, False),
    ],
    schema=SCHEMA,
    orient="row",
)
TOLD = {
    **dict.fromkeys(("dropped", "moved", "added", "changes"), 1),
    "from": "run-0",
    "forced": 0,
    "gone": 0,
    "people": 2,
    "kept_objective": 100.0,
    "edits": [
        {"edit": "pin T3=Bob", "carried": False, "cost": {"points": 3.5, "at_least": 1.0, "at_most": None}},
        {"edit": "agent_out Ann", "carried": False, "cost": None},
    ],
    "curve": [{"allowed": 0, "changes": 0, "objective": 100.0, "bound": 120.0}],
}


@pytest.fixture
def view():
    plain = view_of()
    messages = Messages(message_table([FULL, OUT, NEW]))
    return replace(plain, run=run_with(plain.run, replan=TOLD), changes=CHANGES, messages=messages)


def test_a_plan_from_scratch_has_no_changes():
    view = view_of()
    assert change_lines(view) == []
    assert changes_table(view) is None
    assert curve_table(view) is None
    assert edits_table(view) is None


def test_what_was_dropped_comes_first_then_each_agents_day(view):
    assert change_lines(view) == [
        "changes: 1 dropped, 1 moved, 1 new in the plan; 2 people concerned; 1 by choice",
        f"  Ann's T1 (08:00) dropped: {FULL}",
        f"  Ann -> Bob: T2 (13:00): {OUT}",
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
    assert lines[1] == f"  Ann -> Bob: T0 (13:00), T1 (13:00), T2 (13:00), T3 (13:00) and 2 more: {OUT}"


def test_nothing_changes(view):
    still = {**TOLD, **dict.fromkeys(("dropped", "moved", "added", "gone", "changes", "people"), 0), "edits": []}
    quiet = replace(view, run=run_with(view.run, replan={**still, "curve": []}), changes=CHANGES.clear())
    assert change_lines(quiet) == ["no task changes hands"]


def test_the_sheets_show_all_rows(view):
    changes, curve = changes_table(view), curve_table(view)
    assert changes is not None
    assert curve is not None
    assert [row[:2] for row in changes.cells()] == [("Dropped", "T1"), ("Moved", "T2"), ("New in the plan", "T3")]
    assert curve.cells() == [(0, 0, 100.0, 120.0)]


def test_edits_stand_with_what_they_cost(view):
    edits = edits_table(view)
    assert edits is not None
    assert edits.cells() == [("pin T3=Bob", "", 3.5, 1.0, None), ("agent_out Ann", "", None, None, None)]


def test_the_curve_has_a_chart_in_the_workbook(view, tmp_path):
    write_workbook(view, tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert "Changes" in book.sheetnames
    (chart,) = book["Cost of stability"]._charts  # type: ignore[attr-defined]
    places = [series.yVal.numRef.f for series in chart.series]
    assert places == ["'Cost of stability'!$C$2", "'Cost of stability'!$D$2"]
    assert not book["Cost of stability"].print_area, "the chart is printed with the table"


def test_the_list_in_chinese(view):
    assert change_lines(view, "zh") == [
        "变化：不再安排 1 个，换人 1 个，新安排 1 个；涉及 2 人；其中 1 项为主动调整",
        "  Ann 的 T1（08:00）不再安排：Ann 已没有时间",
        "  Ann → Bob：T2（13:00）：Ann 不再上班（agent_out Ann）",
        "  Bob 新增 T3（2026-03-03 13:00）：新任务",
        "调整 pin T3=Bob 的代价为 3.50 分（已证明：1.00 至 ?）",
        "变化数   价值   变化不超过此数的任何计划价值不超过",
        "     0   100.00   120.00",
    ]
    many = pl.concat([CHANGES.head(1).with_columns(from_agent=pl.lit(f"A{k}")) for k in range(50)])
    assert "  另有 20 行：见“变化”工作表或 changes.parquet" in change_lines(replace(view, changes=many), "zh")


def test_no_english_is_left_in_a_chinese_workbook_or_page(view, tmp_path):
    names = ("Ann", "Bob", "agent_out", "changes", "parquet")
    write_workbook(view, tmp_path / "plan.xlsx", language="zh")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    for title in ("变化", "稳定的代价"):
        assert english_in((value for row in book[title].values for value in row), names) == set()
    write_page(view, tmp_path / "report.html", language="zh")
    section = (tmp_path / "report.html").read_text("utf-8").partition('id="changes"')[2].partition("</section>")[0]
    page = Page(f"<section {section}")
    assert english_in([page.text], names) == set()
    for text in ("变化", "原人员", "不再安排", "Ann 不再上班（agent_out Ann）"):
        assert text in page.text


def test_what_a_run_keeps_stays_english(view):
    with speaking("zh"):
        table = changes_table(view)
    assert table is not None
    assert table.frame["detail"][2] == "新任务"
    assert view.changes["detail"][2] == "new work"


@pytest.mark.parametrize(("unit", "title"), [("points", "Points"), ("EUR", "EUR")])
def test_the_curves_chart_says_what_value_is_counted_in(view, tmp_path, unit, title):
    counted = counted_in(view, unit)
    write_workbook(counted, tmp_path / "plan.xlsx")
    (chart,) = openpyxl.load_workbook(tmp_path / "plan.xlsx")["Cost of stability"]._charts  # type: ignore[attr-defined]
    assert chart.y_axis.title.tx.rich.p[0].r[0].t == title
    assert f"costs 3.50 {unit} " in change_lines(counted)[4]
