"""The sheet with each team's day as a Gantt of cells."""

from pathlib import Path

import openpyxl

from reports import write_workbook
from reports.content.palette import LIGHT
from tests.reports.content.test_team_days import task
from tests.reports.runs import agent, view_of


def sheet_of(view, folder: Path, **options):
    write_workbook(view, folder / "plan.xlsx", **options)
    return openpyxl.load_workbook(folder / "plan.xlsx")["Team schedule"]


def test_the_sheet_shows_it_and_text_stays_text(tmp_path):
    plan = [task("=1+1", "A1", 0, 60), task("T2", "A1", 60, 90, 2, outcome="late")]
    sheet = sheet_of(view_of(plan=plan, agents=[agent("A1", name="<Ana> & Co", team="=north")]), tmp_path)
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[1] if cell.value] == ["Agent", "Name", "8:00", "9:00"]
    assert rows[2][0].value == "=north, 2026-03-02: 2 tasks"
    assert (rows[3][0].value, rows[3][1].value, rows[3][2].value) == ("A1", "<Ana> & Co", "=1+1")
    assert {cell.data_type for row in rows for cell in row if cell.value is not None} == {"s"}
    fills = [cell.fill.start_color.rgb[2:] for cell in rows[3][2:] if cell.fill.fill_type]
    assert fills == [LIGHT["bar"]] * 12 + [LIGHT["bar-late-next"]] * 6
    assert sheet.freeze_panes == "C3"


def test_what_is_left_out_is_said(tmp_path):
    plan = [task(f"T{n}", f"A{n}", 0, 30) for n in range(4)]
    agents = [agent(f"A{n}", team=f"team {n}") for n in range(4)]
    sheet = sheet_of(view_of(plan=plan, agents=agents), tmp_path, rows_per_sheet=2)
    values = [cell.value for row in sheet.iter_rows() for cell in row if cell.value]
    assert "2 more rows are left out: plan.parquet has all tasks" in values
    assert [value for value in values if str(value).startswith("team")] == [
        "team 0, 2026-03-02: 1 task",
        "team 1, 2026-03-02: 1 task",
    ]
