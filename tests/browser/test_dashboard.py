"""What people do with the page."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from playwright.sync_api import Page

from reports import RunView
from reports.content.palette import DARK, LIGHT
from tests.browser.conftest import Opened
from tests.browser.looking import (
    FIGURE,
    bars,
    chosen,
    click_bar,
    listed,
    sideways,
    tiles,
    time_range,
    timeline,
    wait_until,
)
from tests.reports.content.test_watched import LATE, SHARE
from tests.reports.runs import agent, at, left, planned, run_with, view_of

pytestmark = pytest.mark.browser


@pytest.fixture
def places() -> RunView:
    """Four people of two sites and three teams, one of which spans both sites."""
    people = {"A1": ("North", "T1"), "A2": ("North", "T2"), "A3": ("South", "T2"), "A4": ("South", "T3")}
    plan = [
        planned(f"{name}-{k}", name, sequence=k, start_at=at(start), end_at=at(start + 10), tenant=tenant)
        for name in people
        for k, start, tenant in ((1, 0, "acme"), (2, 30, "zeta"))
    ]
    plan[1] |= {"outcome": "late", "due_at": at(20), "payoff": 1.0}
    return view_of(
        plan=plan,
        unplanned=[
            left("4711", detail="its 10 minutes earn more elsewhere (people who could do it: 2)", due_at=at(50))
        ],
        agents=[agent(name, site=site, team=team) for name, (site, team) in people.items()],
    )


def test_tiles_equal_run_json(whole_run: Path, opened: Opened) -> None:
    run = json.loads((whole_run / "run.json").read_text("utf-8"))
    counts = run["counts"]
    assert tiles(opened(whole_run / "report.html")) == {
        "objective": f"{run['objective']:,.2f}",
        **{name: f"{counts[name]:,}" for name in ("on_time", "late", "unplanned")},
        "utilization": f"{100 * run['agents']['utilization']:.1f} %",
        "sla": f"{100 * run['kpis']['enterprise']['']['sla_share']:.1f} %",
    }


def tables_of(run: Path) -> tuple[pl.DataFrame, ...]:
    """The plan, what is not planned, and the people of a run."""
    return tuple(pl.read_parquet(run / f"{name}.parquet") for name in ("plan", "unplanned", "agents"))


def test_tiles_of_a_choice_equal_the_plan(whole_run: Path, opened: Opened) -> None:
    plan, unplanned, agents = tables_of(whole_run)
    page = opened(whole_run / "report.html")
    page.locator("#sla .tab", has_text="Tenant").click()
    tenant = next(iter(bars(page, "sla")))
    click_bar(page, "sla", tenant)
    plan, unplanned = (frame.filter(pl.col("tenant") == tenant) for frame in (plan, unplanned))
    late = int((plan["outcome"] == "late").sum())
    used = plan["minutes"].sum() / agents["working_minutes"].sum()
    assert tiles(page) | {"sla": ""} == {
        "objective": f"{plan['payoff'].sum() + unplanned['payoff'].sum():,.2f}",
        "on_time": str(plan.height - late),
        "late": str(late),
        "unplanned": str(unplanned.height),
        "utilization": f"{100 * used:.1f} %",
        "sla": "",
    }


def test_bars_of_people_and_clients_equal_the_plan(whole_run: Path, opened: Opened) -> None:
    plan, unplanned, agents = tables_of(whole_run)
    run = json.loads((whole_run / "run.json").read_text("utf-8"))
    page = opened(whole_run / "report.html")
    page.locator("#utilization .tab", has_text="Person").click()
    worked = plan.group_by("agent_id").agg(pl.col("minutes").sum())
    expected = {
        f"{row['name']} ({row['agent_id']})": f"{100 * (row['minutes'] or 0) / row['working_minutes']:.1f} %"
        for row in agents.join(worked, on="agent_id", how="left").iter_rows(named=True)
        if row["working_minutes"]
    }
    assert {name: value for name, value in bars(page, "utilization").items() if value != "–"} == expected

    page.locator("#sla .tab", has_text="Tenant").click()
    zone = ZoneInfo(run["timezone"])
    left_open = unplanned.filter(~pl.col("reason").is_in(["held", "final"]))
    both = pl.concat([frame.select(pl.col("^tenant|due_at|outcome$")) for frame in (plan, left_open)], how="diagonal")
    begin, end = (datetime.fromisoformat(run[key]).astimezone(zone) for key in ("as_of", "horizon_end"))
    due = both.filter(pl.col("due_at") > begin, pl.col("due_at") <= end).group_by("tenant")
    kept = due.agg((pl.col("outcome") == "on_time").fill_null(value=False).mean())
    assert bars(page, "sla") == {tenant: f"{100 * share:.1f} %" for tenant, share in kept.iter_rows()}


def test_search_says_why_a_task_is_not_planned(places: RunView, opened: Opened) -> None:
    page = opened(places)
    page.keyboard.press("/")
    page.keyboard.type("4711")
    ((task, why, *_),) = listed(page, "tasks")
    assert task == "4711"
    assert why.split("\n") == ["outbid", "its 10 minutes earn more elsewhere (people who could do it: 2)"]
    assert page.locator("#tasks [role=status]").inner_text() == "1 of 1 shown"


def test_search_finds_any_words_of_a_row_and_the_exact_id_first(opened: Opened) -> None:
    page = opened(view_of(plan=[planned("T-12"), planned("T-1"), planned("x", tenant="T-1 Ltd", process="T-1")]))
    search = page.locator("#tasks input")
    search.fill("t-1")
    assert listed(page, "tasks")[0][0] == "T-12"
    search.fill("T-1")
    assert [row[0] for row in listed(page, "tasks")] == ["T-1", "T-12", "x"]
    search.fill("ltd late")
    assert listed(page, "tasks") == []
    search.fill("ltd on")
    assert [row[0] for row in listed(page, "tasks")] == ["x"]


def test_a_task_of_the_first_things_is_found_by_a_click(mixed: RunView, opened: Opened) -> None:
    page = opened(mixed)
    page.locator("#first summary").first.click()
    page.locator("#first").get_by_role("button", name="t-late").click()
    assert [row[0] for row in listed(page, "tasks")] == ["t-late"]


def test_drill_down_follows_the_path_clicked(places: RunView, opened: Opened) -> None:
    page = opened(places)
    assert list(bars(page, "utilization")) == ["North", "South"]
    click_bar(page, "utilization", "North")
    assert bars(page, "utilization") == {"T1": "20.0 %", "T2": "20.0 %"}
    assert tiles(page)["on_time"] == "3"
    click_bar(page, "utilization", "T2")
    assert chosen(page) == ["Site: North", "Team: T2"]
    assert list(bars(page, "utilization")) == ["Name of A2 (A2)"]
    assert [row[0] for row in listed(page, "people")] == ["A2"]
    click_bar(page, "sla", "zeta")
    assert tiles(page) | {"objective": ""} == {
        "objective": "", "on_time": "1", "late": "0", "unplanned": "0", "utilization": "10.0 %", "sla": "100.0 %",
    }  # fmt: skip
    assert [row[0] for row in listed(page, "tasks")] == ["A2-2"]
    page.locator("#choice .chip").first.click()
    assert sorted(row[0] for row in listed(page, "tasks")) == ["A2-2", "A3-2"]
    page.get_by_role("button", name="Everything").click()
    assert chosen(page) == []
    assert tiles(page)["on_time"] == "7"


@pytest.mark.parametrize("width", [390, 1280])
def test_alerts_and_targets_lead_to_what_they_are_about(places: RunView, opened: Opened, width: int) -> None:
    unknown = {**LATE, "name": "<b>stale</b>", "level": "source", "key": "crm", "measure": "source_age"}
    page = opened(replace(places, run=run_with(places.run, alerts=[unknown, LATE], targets=[SHARE])), width=width)
    assert "2 alerts fire" in page.locator("#first").inner_text()
    assert "1 target of the day is missed" in page.locator("#first").inner_text()
    alerts, targets = page.locator("#watched table").all()
    assert alerts.locator("tbody tr").count() == 2
    assert "<b>stale</b>" in alerts.inner_text()
    alerts.get_by_role("button", name="Team T1").click()
    assert chosen(page) == ["Team: T1"]
    targets.get_by_role("button", name="Site North").click()
    assert chosen(page) == ["Site: North"]
    assert sideways(page) == 0


def test_another_path_down(places: RunView, opened: Opened) -> None:
    page = opened(places)
    page.locator("#utilization .tab", has_text="Team").click()
    click_bar(page, "utilization", "T2")
    assert list(bars(page, "utilization")) == ["North", "South"]
    page.locator("#people tbody button").first.click()
    assert chosen(page) == ["Team: T2", "Person: Name of A2 (A2)"]


def test_what_nobody_does_belongs_to_no_place(places: RunView, opened: Opened) -> None:
    page = opened(places)
    click_bar(page, "sla", "acme")
    assert tiles(page)["unplanned"] == "1"
    click_bar(page, "utilization", "South")
    assert tiles(page)["unplanned"] == "0"
    assert "what nobody does belongs to no place" in page.locator("[data-figure=unplanned]").inner_text()


def test_the_timeline_shows_the_tasks_of_people_in_order(places: RunView, opened: Opened) -> None:
    page = opened(places)
    click_bar(page, "utilization", "North")
    shown = timeline(page)
    assert shown["task"] == ["A1-1", "A1-2", "A2-1", "A2-2"]
    assert shown["starts"] == ["2026-03-02 08:00", "2026-03-02 08:30"] * 2
    assert shown["line"] == [0.5, 0.5, 1.5, 1.5]
    assert shown["hatch"] == ["blank", "right_diagonal_line", "blank", "blank"]
    assert shown["fill"][1].lower() == f"#{LIGHT['late']}".lower()


def test_a_person_s_tasks_are_listed_as_the_day_goes(mixed: RunView, opened: Opened) -> None:
    page = opened(mixed)
    page.locator("#people").get_by_role("button", name="A1", exact=True).click()
    assert [row[0] for row in listed(page, "tasks")] == timeline(page)["task"] == ["t-first", "t-late"]


def test_a_bar_of_the_timeline_tells_its_task(places: RunView, opened: Opened) -> None:
    page = opened(places)
    page.locator("#timeline .plot").scroll_into_view_if_needed()
    page.evaluate("Bokeh.documents.map((each) => each.get_model_by_name('timeline')).find(Boolean)"
                  ".renderers[0].data_source.selected.indices = [1]")  # fmt: skip
    told = page.locator("#timeline .told").inner_text()
    assert told.startswith("A1-2")
    assert "State late" in told


def test_many_people_are_turned_over(opened: Opened) -> None:
    names = [f"A{i:02}" for i in range(40)]
    page = opened(view_of(plan=[planned(name, name) for name in names], agents=[agent(name) for name in names]))
    note = page.locator("#timeline [role=status]")
    assert note.inner_text() == "People 1 to 15 of 40"
    page.get_by_role("button", name="Next people").click()
    assert note.inner_text() == "People 16 to 30 of 40"
    assert timeline(page)["task"] == names[15:30]


def test_a_page_without_all_tasks_counts_them_and_says_so(opened: Opened) -> None:
    tasks = [planned(f"t{i}", sequence=i, start_at=at(i), end_at=at(i + 1), minutes=1.0) for i in range(20)]
    page = opened(view_of(plan=tasks, agents=[agent("A1"), agent("A2", team="T2")]), most_tasks=5)
    assert "the other 15 are in plan.parquet" in page.locator("#tasks .warning").inner_text()
    click_bar(page, "utilization", "T1")
    assert tiles(page)["on_time"] == "20"
    assert tiles(page)["utilization"] == "20.0 %"
    assert "5 of the 20 tasks of these people are on this page" in page.locator("#timeline").inner_text()


def test_lists_are_sorted_by_their_titles(places: RunView, opened: Opened) -> None:
    page = opened(places)
    title = page.locator("#tasks th", has_text="Payoff")
    title.get_by_role("button").click()
    assert title.get_attribute("aria-sort") == "ascending"
    assert [row[0] for row in listed(page, "tasks")][:2] == ["4711", "A1-2"]
    title.get_by_role("button").click()
    assert title.get_attribute("aria-sort") == "descending"
    assert [row[0] for row in listed(page, "tasks")][-2:] == ["A1-2", "4711"]


def test_everything_can_be_done_from_the_keyboard(places: RunView, opened: Opened) -> None:
    page = opened(places)
    page.locator("#utilization .bar-row").first.focus()
    page.keyboard.press("Enter")
    assert chosen(page) == ["Site: North"]
    page.locator("#choice .chip").focus()
    page.keyboard.press("Space")
    assert chosen(page) == []
    page.locator("#timeline .plot").focus()
    whole = time_range(page)
    page.keyboard.press("+")
    start, end = time_range(page)
    assert end - start == (whole[1] - whole[0]) / 2
    page.keyboard.press("ArrowRight")
    assert time_range(page)[0] > start
    page.keyboard.press("0")
    assert time_range(page) == whole


def colour_of(page: Page, element: str, style: str) -> str:
    red, green, blue = page.evaluate(
        f"getComputedStyle(document.querySelector('{element}')).{style}.match(/\\d+/g).slice(0, 3).map(Number)"
    )
    return f"{red:02X}{green:02X}{blue:02X}"


@pytest.mark.parametrize(("scheme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_light_and_dark(mixed: RunView, opened: Opened, scheme: str, palette: dict[str, str]) -> None:
    page = opened(mixed, color_scheme=scheme)
    assert colour_of(page, "body", "backgroundColor") == palette["paper"]
    assert colour_of(page, "body", "color") == palette["ink"]
    assert timeline(page)["fill"][0] == f"#{palette['accent']}"


def test_charts_follow_when_the_scheme_changes(mixed: RunView, opened: Opened) -> None:
    page = opened(mixed)
    page.emulate_media(color_scheme="dark")
    fill = f"({FIGURE})('timeline').renderers[0].data_source.data.fill[0]"
    wait_until(page, f"{fill} == '#{DARK['accent']}'")


def test_paper_is_white_and_unfolded(mixed: RunView, opened: Opened) -> None:
    page = opened(mixed, color_scheme="dark")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert colour_of(page, "body", "backgroundColor") == LIGHT["paper"]
    assert page.locator("details:not([open])").count() == 0
    assert not page.locator("nav").is_visible()
    assert page.pdf().startswith(b"%PDF")


def test_a_phone_needs_no_scrolling_sideways(mixed: RunView, places: RunView, opened: Opened) -> None:
    for view in (mixed, places):
        page = opened(view, width=390, is_mobile=True, has_touch=True)
        assert sideways(page) == 0
        assert page.locator("#timeline canvas").first.is_visible()


def test_a_name_stands_with_the_id_of_a_person_and_is_found(opened, mixed):
    page = opened(mixed)
    assert page.title() == page.locator("h1").inner_text()
    page.locator("#tasks input").fill("Name of A2")
    rows = listed(page, "tasks")
    assert sorted(row[0] for row in rows) == ["t-overdue", "t-second"]
    assert {row[3] for row in rows} == {"A2\nName of A2"}


def test_paper_has_all_columns(opened, mixed):
    long = mixed.plan.with_columns(pl.lit("word " * 12).alias(f"own {i}") for i in range(6))
    page = opened(replace(mixed, plan=long))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1040, "height": 700})
    cut = "(tables) => tables.filter((table) => table.scrollWidth > table.parentElement.clientWidth + 1).length"
    assert page.locator("table:visible").evaluate_all(cut) == 0
