"""The sheets of key figures."""

import re
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook

from reports import RunView, write_workbook
from tests.contract import DEFAULT_POLICY
from tests.reports.runs import agent, at, planned, view_of
from tests.reports.workbook.levels import SPECIAL, section, sheet_of

pytestmark = pytest.mark.slow


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
