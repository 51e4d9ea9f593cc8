import hashlib
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from reports import RunView, write_workbook
from reports.content.run_tables import plan_table
from tests.reports.runs import agent, at, hour, left, planned, reject, view_of

SHEETS = [
    *("Summary", "Plan", "Team schedule", "Agents", "Teams and sites", "Tenants and segments", "Skills"),
    *("SLA risk", "Unplanned", "Rejected rows", "Policy"),
]
Open = Callable[..., Workbook]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    def write_and_open(view: RunView, **options: Any) -> Workbook:
        write_workbook(view, tmp_path / "plan.xlsx", **options)
        return load_workbook(tmp_path / "plan.xlsx")

    return write_and_open


def rows(sheet: Worksheet, header: int = 1) -> list[dict[str, Any]]:
    """The rows below the header, by title."""
    titles, *others = sheet.iter_rows(min_row=header, values_only=True)
    return [dict(zip(map(str, titles), row, strict=True)) for row in others]


def text_of(sheet: Worksheet) -> str:
    return "\n".join(str(value) for row in sheet.iter_rows(values_only=True) for value in row if value is not None)


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


def test_seconds_are_shown_where_there_are_any(opened: Open) -> None:
    view = view_of(plan=[planned("t", start_at=at(0.5), minutes=0.5)], agents=[agent("A1")])
    sheet = opened(view)["Plan"]
    assert sheet["G2"].number_format == "yyyy-mm-dd hh:mm:ss"
    assert sheet["G2"].value == datetime(2026, 3, 2, 8, 0, 30)  # noqa: DTZ001 - wall time
    assert (sheet["I2"].value, sheet["I2"].number_format) == (0.5, "#,##0.00")


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
        ("u-skill", "nobody has the skill", "why"),
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


def test_the_summary_tells_what_matters(opened: Open, mixed: RunView) -> None:
    text = text_of(opened(mixed)["Summary"])
    for expected in (
        "Plan from Mon 2 Mar 2026 08:00 to Mon 2 Mar 2026 18:00",
        "97.9 % of what could be gained, proved",
        "Best possible 23.50, this plan 22.50 points. Times are Europe/Berlin.",
        "Not planned: nobody has the skill",
        "1 task will be late without having been overdue",
        "agent_id 'A9' of task t-first is not in agents",
        "exact: small enough to be solved exactly",
    ):
        assert expected in text


def test_a_failed_check_cannot_be_missed(opened: Open) -> None:
    view = view_of(plan=[planned("t")], check={"ok": False, "violations": ["H3 A1: overlap by 5 min"]})
    text = text_of(opened(view)["Summary"])
    assert "THE PLAN BREAKS RULES (1 listed): do not use it" in text
    assert "H3 A1: overlap by 5 min" in text


def test_long_texts_get_the_lines_they_need(opened: Open) -> None:
    sheet = opened(view_of(warnings=["short", "long " * 100, "endless " * 9000]))["Summary"]
    heights = {
        str(cell.value)[:5]: sheet.row_dimensions[cell.row].height for (cell, *_) in sheet.iter_rows() if cell.value
    }
    assert (heights["short"], heights["long "], heights["endle"]) == (15, 45, 300)


TRICKY = ["=1+1", "+49 30", "-5", "@SUM(A1)", "\ttab", "\rreturn", "#N/A", "'quoted", " spaced ", "a\nb\r\nc"]


TEXTS = [*TRICKY, "名前" * 50, "naïve 🧾 ✓", "x" * 200, "<b>&amp;</b>", "]]>", "0012"]


def test_texts_stay_what_they_are(opened: Open) -> None:
    view = view_of(
        plan=[planned(text, text, process=text, outcome="late", due_at=at(1)) for text in TEXTS],
        unplanned=[left(text, detail=text) for text in TEXTS],
        agents=[agent(text, name=text, team=text) for text in TEXTS],
        rejects=[reject(1, message=text) for text in TEXTS],
        warnings=TEXTS,
    )
    book = opened(view)
    for sheet, places in (("Plan", "ABCEF"), ("Agents", "ABC"), ("Unplanned", "AD"), ("Rejected rows", "G")):
        for column in places:
            cells = [book[sheet][f"{column}{row}"] for row in range(2, len(TEXTS) + 2)]
            assert sorted(cell.value for cell in cells) == sorted(TEXTS), (sheet, column)
            assert {cell.data_type for cell in cells} == {"s"}
    cells = [cell for row in book["Summary"].iter_rows() for cell in row if cell.value is not None]
    assert set(TEXTS) <= {cell.value for cell in cells}
    assert not any(cell.data_type in ("f", "e") for cell in cells)


def test_what_a_worksheet_cannot_hold_is_replaced(opened: Open) -> None:
    view = view_of(plan=[planned("a\x00b\x0bc\x1fd\ufffee", process="y" * 40_000)], warnings=["bell\x07"])
    book = opened(view)
    assert book["Plan"]["E2"].value == "a�b�c�d�e"
    assert book["Plan"]["F2"].value == "y" * 32_767
    assert "bell�" in text_of(book["Summary"])


def test_passed_through_columns_are_kept(opened: Open) -> None:
    view = view_of(plan=[planned("t", colour="red", big=2**60, ratio=0.25, flag=True, odd=float("inf"))])
    (row,) = rows(opened(view)["Plan"])
    assert (row["colour"], row["ratio"]) == ("red", 0.25)
    assert (row["big"], row["flag"], row["odd"]) == (str(2**60), "true", "inf")


def test_times_before_1900_are_text(opened: Open) -> None:
    long_ago = at(0).replace(year=1850)
    view = view_of(plan=[planned("t", due_at=long_ago)], unplanned=[left("u", due_at=long_ago)])
    book = opened(view)
    assert str(book["Plan"]["J2"].value).startswith("1850-03-02 08:00")
    assert "1850-03-02 08:00" in text_of(book["Summary"])


def test_wall_time_over_the_change_of_the_clock(opened: Open) -> None:
    # 23:30 UTC is 01:30 in Berlin on the morning the clock goes back, 01:30 UTC is 02:30
    times = pl.Series(["2026-10-24T23:30", "2026-10-25T01:30"]).str.to_datetime(time_unit="us", time_zone="UTC")
    first, last = times.dt.convert_time_zone("Europe/Berlin")
    sheet = opened(view_of(plan=[planned("t", start_at=first, end_at=last)]))["Plan"]
    assert (sheet["G2"].value.hour, sheet["H2"].value.hour) == (1, 2)


def test_a_full_sheet_says_where_the_rest_is(opened: Open) -> None:
    plan = [planned(f"t{i}", sequence=i) for i in range(1, 8)]
    view = view_of(plan=plan, unplanned=[left("u1"), left("u2")], agents=[agent("A1")])
    book = opened(view, rows_per_sheet=5)
    sheet = book["Plan"]
    note = "The first 5 of 7 rows; the other 2 are in plan.parquet (and in plan.csv of a run with --csv)."
    assert sheet["A1"].value == note
    assert f"Sheet Plan: {note}" in text_of(book["Summary"])
    assert [row["Task"] for row in rows(sheet, header=2)] == ["t1", "t2", "t3", "t4", "t5"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A3", "A2:W7", "$2:$2")
    assert len(rows(book["Unplanned"])) == 2


def test_more_rows_than_a_worksheet_has_are_refused(mixed: RunView, tmp_path: Path) -> None:
    for number in (0, 1_048_574):
        with pytest.raises(ValueError, match=f"{number} rows per sheet: 1 to 1048573 are possible"):
            write_workbook(mixed, tmp_path / "plan.xlsx", rows_per_sheet=number)


def test_the_same_run_gives_the_same_bytes(mixed: RunView, tmp_path: Path) -> None:
    digests = set()
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(mixed, tmp_path / name)
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(digests) == 1
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {member.date_time for member in archive.infolist()} == {(2026, 3, 2, 7, 0, 0)}


def test_document_properties_are_those_of_the_run(opened: Open, mixed: RunView) -> None:
    properties = opened(mixed).properties
    assert (properties.title, properties.creator) == ("Plan 2026-03-02 08:00", "allot")
    assert properties.created == properties.modified == datetime(2026, 3, 2, 7, 0)  # noqa: DTZ001 - UTC


def test_a_run_before_1980_can_be_packed(opened: Open) -> None:
    # zip archives know no earlier time
    assert opened(view_of(as_of="1975-01-01T00:00:00+01:00")).sheetnames == SHEETS


def test_every_cell_of_a_large_plan_comes_back(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.workbook.rows._AT_ONCE", 100)
    tasks = range(250)
    plan = pl.DataFrame([planned(f"t{i:05}", sequence=i, payoff=i / 100, start_at=at(i)) for i in tasks])
    empty = view_of()
    view = RunView(empty.run, plan, empty.unplanned, empty.rejects, empty.agents, empty.kpis)
    found = rows(opened(view)["Plan"])
    expected = plan_table(view).frame
    assert [row["Task"] for row in found] == expected["task_id"].to_list()
    assert [row["Payoff"] for row in found] == expected["payoff"].to_list()
    assert [row["Start"] for row in found] == expected["start_at"].dt.replace_time_zone(None).to_list()


@pytest.mark.parametrize(("title", "entries"), [("Plan", "NOP"), ("Unplanned", "HIJ")])
def test_what_planners_fill_in_is_empty_and_looks_like_it(
    opened: Open, mixed: RunView, title: str, entries: str
) -> None:
    sheet = opened(mixed)[title]
    assert [sheet[f"{letter}1"].value for letter in entries] == ["New agent", "Hold/cancel/pin", "New due"]
    for letter in entries:
        cell = sheet[f"{letter}2"]
        assert (cell.value, cell.fill.start_color.rgb) == (None, "00EAF4E6")
        assert not sheet.column_dimensions[letter].hidden
    (rule,) = sheet.data_validations.dataValidation
    assert rule.formula1 == '"hold,cancel,pin"'
    assert f"{entries[1]}2" in rule.sqref
