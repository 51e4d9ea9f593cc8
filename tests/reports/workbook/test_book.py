"""The workbook of a run: which sheets it has, and what stands on those of tasks and people."""

from datetime import datetime
from pathlib import Path

import pytest

from reports import RunView, write_workbook
from tests.reports.runs import at, hour, planned, view_of
from tests.reports.workbook.sheets import SHEETS, Open, rows


@pytest.mark.slow
def test_every_view_makes_a_workbook(
    opened: Open, mixed: RunView, nothing: RunView, nobody: RunView, all_late: RunView
) -> None:
    for view in (mixed, nothing, nobody, all_late):
        assert opened(view).sheetnames == SHEETS


def test_the_plan_sheet(opened: Open, mixed: RunView) -> None:
    sheet = opened(mixed)["Plan"]
    found = rows(sheet)
    assert [row["Task"] for row in found] == ["t-first", "t-late", "t-second", "t-overdue"]
    late = found[1]
    assert late["Start"] == datetime(2026, 3, 2, 8, 10)  # noqa: DTZ001 - wall time, as a worksheet has it
    assert late["End"] == datetime(2026, 3, 2, 9, 15)  # noqa: DTZ001
    assert (late["Minutes"], late["Late by (min)"], late["Payoff"], late["No."]) == (65, 15, 1.0, 2)
    assert sheet["G2"].number_format == "yyyy-mm-dd hh:mm"
    assert sheet["M2"].number_format == "#,##0.00"


def test_the_plan_sheet_can_be_worked_with(opened: Open, mixed: RunView) -> None:
    sheet = opened(mixed)["Plan"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:W5"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.column_dimensions["U"].hidden  # no task has a department


def test_late_rows_are_marked_from_end_to_end(opened: Open, mixed: RunView) -> None:
    fills = {
        row[4].value: {cell.fill.start_color.rgb if cell.fill.fill_type else None for cell in (*row[:13], *row[16:])}
        for row in opened(mixed)["Plan"].iter_rows(min_row=2)
    }
    assert fills == {"t-first": {None}, "t-late": {"00FFF1D6"}, "t-second": {None}, "t-overdue": {"00FFF1D6"}}


def test_the_agents_sheet_has_bars(opened: Open, mixed: RunView) -> None:
    sheet = opened(mixed)["Agents"]
    first, second, third = rows(sheet)
    assert (first["Utilization"], second["Utilization"], third["Utilization"]) == (0.75, 0.2, 0)
    assert (third["First start"], third["Available min"], third["Tasks"]) == (None, 90, 0)
    (area,) = sheet.conditional_formatting
    assert (str(area.sqref), area.rules[0].type) == ("I2:I4", "dataBar")


def test_the_unplanned_sheet(opened: Open, mixed: RunView) -> None:
    found = rows(opened(mixed)["Unplanned"])
    assert [(row["Task"], row["Reason"], row["Detail"]) for row in found] == [
        ("u-better", "outbid", "why"),
        ("u-outbid", "outbid", "why"),
        ("u-skill", "nobody may do it", "why"),
        ("u-held", "on hold", "why"),
    ]


def test_the_sheet_of_hours(opened: Open) -> None:
    hours = [hour("schweißen>=2;名前", 340.5), hour("", 12.0, agents=0, from_time=at(60))]
    book = opened(view_of(hours=hours))
    assert book.sheetnames == [*SHEETS[:9], "What one more hour is worth", *SHEETS[9:]]
    sheet = book["What one more hour is worth"]
    assert "marginal value: true for the first few hours, not for a hundred" in str(sheet["A1"].value)
    first, second = rows(sheet, header=2)
    assert first == {
        "Skills asked for": "schweißen>=2;名前",
        "Begun from": datetime(2026, 3, 2, 8),  # noqa: DTZ001 - wall time
        "Begun before": datetime(2026, 3, 2, 12),  # noqa: DTZ001
        "Points per hour": 340.5,
        "People who can": 2,
        "Hours asked for": 1.5,
    }
    assert (second["Skills asked for"], second["People who can"]) == ("no skill", 0)
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A3", "A2:F4", "$2:$2")


def test_a_full_sheet_of_hours_has_both_notes(opened: Open) -> None:
    sheet = opened(view_of(hours=[hour("a", 3.0), hour("b", 2.0)]), rows_per_sheet=1)["What one more hour is worth"]
    assert sheet["A2"].value == "The first 1 of 2 rows; the other 1 are in hours.parquet."
    assert [row["Skills asked for"] for row in rows(sheet, header=3)] == ["a"]


def test_rejects_and_policy(opened: Open, mixed: RunView) -> None:
    book = opened(mixed)
    assert [(row["Table"], row["Row"]) for row in rows(book["Rejected rows"])] == [
        ("tasks", 7),
        ("tasks", 9),
        ("shifts", 3),
    ]
    assert {row["Key"]: row["Setting"] for row in rows(book["Policy"])}["payoff.ageing_cap"] == "3"


def test_passed_through_columns_are_kept(opened: Open) -> None:
    view = view_of(plan=[planned("t", colour="red", big=2**60, ratio=0.25, flag=True, odd=float("inf"))])
    (row,) = rows(opened(view)["Plan"])
    assert (row["colour"], row["ratio"]) == ("red", 0.25)
    assert (row["big"], row["flag"], row["odd"]) == (str(2**60), "true", "inf")


def test_more_rows_than_a_worksheet_has_are_refused(mixed: RunView, tmp_path: Path) -> None:
    for number in (0, 1_048_574):
        with pytest.raises(ValueError, match=f"{number} rows per sheet: 1 to 1048573 are possible"):
            write_workbook(mixed, tmp_path / "plan.xlsx", rows_per_sheet=number)
