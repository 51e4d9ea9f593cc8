"""The sheets of key figures, their charts, and the lists to hand out."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from reports import RunView, write_lists, write_workbook
from reports.workbook.file_names import file_names
from tests.contract import DEFAULT_POLICY
from tests.reports.runs import agent, at, planned, view_of

SPECIAL = ["<script>alert(1)</script>", "🧾 Claims", "n" * 200, "=1+1", "a/b:c*?", "名前"]


def sheet_of(view: RunView, title: str, folder: Path, **options: Any) -> Worksheet:
    write_workbook(view, folder / "plan.xlsx", **options)
    found = load_workbook(folder / "plan.xlsx")[title]
    assert isinstance(found, Worksheet)
    return found


def section(sheet: Worksheet, first: str) -> list[dict[str, Any]]:
    """The rows of the table whose first column has this title, by title."""
    lines = iter(sheet.iter_rows(values_only=True))
    header = next(line for line in lines if line[0] == first and line[1] is not None)
    titles = [str(title) for title in header if title is not None]
    return list(_until_empty(lines, titles))


def _until_empty(lines: Iterator[tuple[Any, ...]], titles: list[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line[0] is None:
            return
        yield dict(zip(titles, line, strict=False))


def figures(view: RunView, level: str) -> dict[str, dict[str, float]]:
    rows = view.kpis.filter(level=level).drop("run_id", "as_of").rows()
    return {key: {name: value for _, k, name, value in rows if k == key} for _, key, _, _ in rows}


def test_teams_and_sites_show_the_key_figures(mixed: RunView, tmp_path: Path) -> None:
    sheet = sheet_of(mixed, "Teams and sites", tmp_path)
    teams = {row.pop("Team"): row for row in section(sheet, "Team")}
    right = figures(mixed, "team")
    assert list(teams) == ["T2", "T1", "(no team)", "All people"]  # the most utilized first
    for shown, key in (("T2", "T2"), ("T1", "T1"), ("(no team)", "")):
        assert teams[shown]["Utilization"] == pytest.approx(right[key]["utilization"])
        assert teams[shown]["Planned h"] == pytest.approx(right[key]["minutes_planned"] / 60)
        assert (teams[shown]["Tasks"], teams[shown]["Late"]) == (right[key]["planned"], right[key]["late"])
    for title in ("People", "Working h", "Planned h", "Tasks", "On time", "Late", "Earned"):
        parts = sum(row[title] for name, row in teams.items() if name != "All people")
        assert parts == pytest.approx(teams["All people"][title]), title
    assert [row["Organisation"] for row in section(sheet, "Organisation")] == ["city", "All people"]


def test_tenants_and_segments_show_the_key_figures(mixed: RunView, tmp_path: Path) -> None:
    sheet = sheet_of(mixed, "Tenants and segments", tmp_path)
    tenants = {row.pop("Tenant"): row for row in section(sheet, "Tenant")}
    right = figures(mixed, "tenant")
    assert set(tenants) == {*right, "All tasks"}
    for name in right:
        for title, measure in (("Tasks", "tasks"), ("Late by choice", "late_chosen"), ("Earned", "payoff")):
            assert tenants[name][title] == right[name][measure]
    assert tenants["All tasks"]["Earned"] == pytest.approx(mixed.run.objective)
    assert section(sheet, "Segment")[0]["Segment"] == "(no segment)"


def test_forty_tenants_have_their_rows_and_twenty_their_bars(tmp_path: Path) -> None:
    view = view_of(
        plan=[planned(f"t{i}", sequence=i, tenant=f"tenant {i}") for i in range(1, 41)], agents=[agent("A1")]
    )
    sheet = sheet_of(view, "Tenants and segments", tmp_path)
    assert len(section(sheet, "Tenant")) == 41
    categories = [chart.series[0].cat.strRef.f for chart in sheet._charts]  # type: ignore[attr-defined]
    first, last = map(int, re.findall(r"\d+", categories[1]))
    assert last - first + 1 == 20


def test_more_keys_than_a_sheet_shows_are_said_to_be_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.workbook.levels.MOST_ROWS", 2)
    view = view_of(plan=[planned(f"t{i}", sequence=i, process=f"p{i}") for i in range(1, 6)], agents=[agent("A1")])
    sheet = sheet_of(view, "Tenants and segments", tmp_path)
    assert [row["Process"] for row in section(sheet, "Process")] == ["p1", "p2", "All tasks"]
    text = [line[0] for line in sheet.iter_rows(values_only=True)]
    assert "The first 2 of 5 rows; the other 3 are in kpis.parquet." in text


def column_of(sheet: Worksheet, reference: str) -> list[Any]:
    """The values in the cells that a chart refers to."""
    area = CellRange(reference.rpartition("!")[2])
    return [sheet.cell(row, column).value for row, column in area.cells]


def test_charts_are_drawn_from_the_rows_they_name(mixed: RunView, tmp_path: Path) -> None:
    sheet = sheet_of(mixed, "Teams and sites", tmp_path)
    for chart, level in zip(sheet._charts, ("Team", "Site"), strict=True):  # type: ignore[attr-defined]
        names, values = chart.series[0].cat.strRef.f, chart.series[0].val.numRef.f
        shown, used = (column_of(sheet, place) for place in (names, values))
        rows = [row for row in section(sheet, level) if row[level] != "All people"]
        assert (shown, used) == ([row[level] for row in rows], [row["Utilization"] for row in rows])


def test_shares_have_bars(mixed: RunView, tmp_path: Path) -> None:
    sheet = sheet_of(mixed, "Teams and sites", tmp_path)
    areas = [(str(area.sqref), area.rules[0].type) for area in sheet.conditional_formatting]
    assert [kind for _, kind in areas] == ["dataBar"] * 3
    assert all(coord.startswith("F") for coord, _ in areas)


def test_the_sheet_of_risks_has_what_is_on_time_by_little(tmp_path: Path) -> None:
    rows = [
        planned("near", end_at=at(31), due_at=at(60)),
        planned("nearer", end_at=at(59.5), due_at=at(60)),
        planned("on the limit", end_at=at(30), due_at=at(60)),
        planned("safe", end_at=at(29), due_at=at(60)),
        planned("late", end_at=at(61), due_at=at(60), outcome="late"),
        planned("free", due_at=None),
    ]
    sheet = sheet_of(view_of(plan=rows, agents=[agent("A1")]), "SLA risk", tmp_path)
    assert "with 30m to spare or less" in str(sheet["A1"].value)
    found = [(a, b) for a, b, *_ in sheet.iter_rows(min_row=3, values_only=True)]
    assert found == [(0, "nearer"), (29, "near"), (30, "on the limit")]
    report = {**DEFAULT_POLICY["report"], "warning_margin": "5m"}
    view = view_of(plan=rows, agents=[agent("A1")], policy={**DEFAULT_POLICY, "report": report})
    narrow = sheet_of(view, "SLA risk", tmp_path)
    assert [b for _, b, *_ in narrow.iter_rows(min_row=3, values_only=True)] == ["nearer"]


def test_skills_are_shown_by_how_scarce_they_are(tmp_path: Path) -> None:
    base = view_of(plan=[planned("t")], agents=[agent("A1")])
    names = ("minutes_demand", "minutes_capable", "coverage", "agents", "tasks")
    of_skills = {"rare": (600, 60, 0.1, 1, 9), "common": (60, 600, 10, 3, 2), "": (30, 90, 3, 3, 1)}
    rows = [("skill", k, m, float(v)) for k, values in of_skills.items() for m, v in zip(names, values, strict=True)]
    spare = [("skill", "idle", "minutes_capable", 60.0), ("skill", "idle", "minutes_demand", 0.0)]
    kpis = pl.concat(
        [
            base.kpis.filter(pl.col("level") != "skill"),
            pl.DataFrame([*rows, *spare], schema=["level", "key", "measure", "value"], orient="row"),
        ],
        how="diagonal",
    )
    view = RunView(base.run, base.plan, base.unplanned, base.rejects, base.agents, kpis)
    sheet = sheet_of(view, "Skills", tmp_path)
    found = [(row["Skill"], row["Demand h"], row["Capable h"], row["Coverage"]) for row in section(sheet, "Skill")]
    assert found == [("rare", 10, 1, 0.1), ("(no skill)", 0.5, 1.5, 3), ("common", 1, 10, 10), ("idle", 0, 1, None)]
    assert len(sheet._charts) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", SPECIAL)
def test_names_stay_text_on_every_sheet(name: str, tmp_path: Path) -> None:
    rows = [planned("t", tenant=name, segment=name, process=name)]
    view = view_of(plan=rows, agents=[agent("A1", team=name, site=name, organisation=name)])
    write_workbook(view, tmp_path / "plan.xlsx")
    book = load_workbook(tmp_path / "plan.xlsx")
    for title, level in (("Teams and sites", "Team"), ("Tenants and segments", "Tenant")):
        assert section(book[title], level)[0][level] == name
        kinds = {cell.data_type for line in book[title].iter_rows() for cell in line}
        assert not kinds & {"f", "e"}


def test_names_of_sheets_are_allowed_and_their_own(mixed: RunView, tmp_path: Path) -> None:
    for language in ("en", "zh"):
        write_workbook(mixed, tmp_path / "plan.xlsx", language=language)
        names = load_workbook(tmp_path / "plan.xlsx").sheetnames
        assert len({name.casefold() for name in names}) == len(names)
        assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


def test_charts_are_stored_the_same_twice(mixed: RunView, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_workbook(mixed, tmp_path / f"{name}.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert sum(name.startswith("xl/charts/chart") for name in archive.namelist()) == 5
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_each_team_gets_its_people_and_their_tasks(mixed: RunView, tmp_path: Path) -> None:
    files = write_lists(mixed, tmp_path, "team")
    assert [file.relative_to(tmp_path).as_posix() for file in files] == [
        "teams/(no team).xlsx",
        "teams/T1.xlsx",
        "teams/T2.xlsx",
    ]
    nobody, _first, second = (load_workbook(file) for file in files)
    assert second.sheetnames == ["Tasks", "People"]
    assert second["Tasks"]["A1"].value == "T2: Plan from Mon 2 Mar 2026 08:00 to Mon 2 Mar 2026 18:00"
    lines = list(second["Tasks"].iter_rows(min_row=3, values_only=True))
    assert [(*line[:3], line[6], line[-1]) for line in lines] == [
        ("A1", "Name of A1", 1, "t-first", "☐"),
        ("A1", "Name of A1", 2, "t-late", "☐"),
    ]
    assert [line[0] for line in second["People"].iter_rows(min_row=3, values_only=True)] == ["A1"]
    assert nobody["Tasks"].max_row == 2
    assert second.properties.title == "Plan 2026-03-02 08:00: T2"


def test_lists_have_the_columns_that_the_planner_brought(mixed: RunView, tmp_path: Path) -> None:
    plan = mixed.plan.with_columns(street=pl.lit("Main Street"), waiting=pl.lit(timedelta(hours=1)))
    file = write_lists(replace(mixed, plan=plan), tmp_path, "team")[-1]
    head, line = (row for row in load_workbook(file)["Tasks"].iter_rows(min_row=2, max_row=3, values_only=True))
    assert head[-3:] == ("street", "waiting", "Done")
    assert line[-3:] == ("Main Street", "1:00:00", "☐")


def test_sheets_print_all_of_their_columns(mixed: RunView, tmp_path: Path) -> None:
    plan = mixed.plan.with_columns(pl.lit("x" * 40).alias(f"own {i}") for i in range(9))
    write_workbook(replace(mixed, plan=plan), tmp_path / "plan.xlsx")
    sheet = load_workbook(tmp_path / "plan.xlsx")["Plan"]
    assert sheet.print_area.endswith(f"${get_column_letter(sheet.max_column)}${sheet.max_row}")
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.fitToWidth > 1, "side by side, where one page would be too small to read"
    assert sheet.print_title_cols == "$A:$B"
    assert load_workbook(tmp_path / "plan.xlsx")["Agents"].page_setup.fitToWidth == 1


def test_every_person_begins_a_printed_page(tmp_path: Path) -> None:
    rows = [planned(f"t{i}", f"A{i // 3}", sequence=i % 3 + 1) for i in range(9)]
    (file,) = write_lists(view_of(plan=rows, agents=[agent(f"A{i}") for i in range(3)]), tmp_path, "team")
    sheet = load_workbook(file)["Tasks"]
    assert [mark.id for mark in sheet.row_breaks.brk] == [5, 8]
    assert sheet.print_title_rows == "$1:$2"
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage  # Excel minds no breaks where it fits
    assert 10 <= sheet.page_setup.scale <= 100


def test_lists_by_person_and_of_nothing(mixed: RunView, nothing: RunView, nobody: RunView, tmp_path: Path) -> None:
    files = write_lists(mixed, tmp_path, "agent")
    assert [file.name for file in files] == ["A1.xlsx", "A2.xlsx", "A3.xlsx"]
    for view in (nothing, nobody):
        assert write_lists(view, tmp_path, "site") == []
    with pytest.raises(ValueError, match="lists cannot be split by 'colour'; by team, site, organisation, agent"):
        write_lists(mixed, tmp_path, "colour")


def test_people_who_are_away_get_no_list(tmp_path: Path) -> None:
    away = agent("A2", team="away", working_minutes=0.0, capacity_minutes=0.0)
    files = write_lists(view_of(plan=[planned("t")], agents=[agent("A1"), away]), tmp_path, "team")
    assert [file.name for file in files] == ["T1.xlsx"]


def test_lists_are_the_same_twice(mixed: RunView, tmp_path: Path) -> None:
    first, again = (write_lists(mixed, tmp_path / name, "team") for name in ("a", "b"))
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in again]


@pytest.mark.parametrize("name", SPECIAL)
def test_any_name_of_a_team_makes_a_file(name: str, tmp_path: Path) -> None:
    view = view_of(plan=[planned("t")], agents=[agent("A1", team=name)])
    (file,) = write_lists(view, tmp_path, "team")
    assert file.parent == tmp_path / "teams"
    assert str(load_workbook(file)["Tasks"]["A1"].value).startswith(name)


@pytest.mark.parametrize(
    ("names", "files"),
    [
        (["a/b", "a:b", "A_B"], ["a_b", "a_b (2)", "A_B (3)"]),
        (["..", "", " . "], ["_", "_ (2)", "_ (3)"]),
        (["CON", "nul.txt", "console"], ["_CON", "_nul.txt", "console"]),
        (["n" * 200, "n" * 300], ["n" * 50, "n" * 50 + " (2)"]),
        (["tab\there"], ["tab_here"]),
    ],
)
def test_names_of_files_are_allowed_everywhere_and_differ(names: list[str], files: list[str]) -> None:
    assert file_names(names) == files
