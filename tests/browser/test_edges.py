"""Runs at the edge of what there is."""

from collections.abc import Callable

import pytest

from reports import RunView
from tests.browser.conftest import Opened
from tests.browser.looking import bars, click_bar, listed, sideways, tiles, timeline
from tests.reports.runs import agent, at, hour, left, planned, reject, view_of

pytestmark = pytest.mark.browser


def named(name: str) -> RunView:
    """A run in which everything that comes from a snapshot has this name."""
    return view_of(
        plan=[planned(name, name, process=name, tenant=name, segment=name, outcome="late", due_at=at(1))],
        unplanned=[left(f"{name}2", process=name, detail=name), left("u", process="other", tenant=None)],
        agents=[agent(name, name=name, team=name, site=name, organisation=name), agent("B", name=None)],
        rejects=[reject(1, message=name)],
        warnings=[name],
        hours=[hour(name, 1.0)],
    )


def nothing_planned() -> RunView:
    """Work and people, but no plan."""
    return view_of(unplanned=[left("u1", due_at=at(60)), left("u2", "no_skill")], agents=[agent("A1"), agent("A2")])


def one_person() -> RunView:
    """One person with one task."""
    return view_of(plan=[planned("t")], agents=[agent("A1")])


def no_working_time() -> RunView:
    """People who do not work."""
    return view_of(agents=[agent("A1", working_minutes=0.0, capacity_minutes=0.0)])


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("make", [nothing_planned, one_person, no_working_time], ids=lambda make: make.__name__)
def test_sparse_runs(make: Callable[[], RunView], width: int, opened: Opened) -> None:
    view = make()
    page = opened(view, width=width)
    assert tiles(page)["on_time"] == str(view.run.counted.on_time)
    assert sideways(page) == 0


@pytest.mark.parametrize("fixture", ["nothing", "nobody", "all_late"])
def test_runs_without_tasks_people_or_punctuality(fixture: str, opened: Opened, request: pytest.FixtureRequest) -> None:
    view = request.getfixturevalue(fixture)
    page = opened(view)
    assert tiles(page)["late"] == str(view.run.counted.late)
    assert len(listed(page, "tasks")) == view.plan.height + view.unplanned.height
    assert page.locator("#timeline .plot").is_visible() == bool(view.plan.height)


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", "</script><b>bold", "'\"><img src=x onerror=alert(1)>", "名前 🧾 <!--", "x" * 200],
    ids=["script", "end", "image", "emoji", "long"],
)
def test_any_name_is_shown_as_it_is(name: str, opened: Opened) -> None:
    for width in (1280, 390):
        page = opened(named(name), width=width)
        assert page.locator("img, b").count() == 0
        assert page.locator("#tasks tbody td:first-child").first.text_content() == name
        assert sideways(page) == 0
        page.locator("#utilization .tab", has_text="Site").click()
        click_bar(page, "utilization", name)
        assert timeline(page)["task"] == [name]
        assert sideways(page) == 0


def test_the_pointer_s_words_are_text_too(opened: Opened) -> None:
    name = "<b>bold</b>"
    page = opened(named(name))
    plot = page.locator("#timeline .plot")
    plot.scroll_into_view_if_needed()
    page.evaluate(
        """() => {
        const { x_range } = Bokeh.documents.map((each) => each.get_model_by_name('timeline')).find(Boolean);
        x_range.setv({ start: run.begin_ms, end: run.begin_ms + 10 * 60000 });
        }"""
    )
    box = plot.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    page.get_by_text(name, exact=True).last.wait_for()
    assert page.locator("b").count() == 0


def test_forty_tenants(opened: Opened) -> None:
    tasks = [planned(f"t{i}", sequence=i, tenant=f"tenant {i:02}", process=f"p{i}") for i in range(40)]
    page = opened(view_of(plan=tasks, agents=[agent("A1")]))
    page.locator("#sla .tab", has_text="Tenant").click()
    assert len(bars(page, "sla")) == 8
    page.get_by_role("button", name="Show all 40").click()
    assert len(bars(page, "sla")) == 40
    click_bar(page, "sla", "tenant 39")
    assert tiles(page)["on_time"] == "1"


def test_what_has_no_name_can_be_chosen(opened: Opened) -> None:
    plan = [planned("t1", "A1"), planned("t2", "A2")]
    page = opened(view_of(plan=plan, agents=[agent("A1", team=None), agent("A2")]))
    click_bar(page, "utilization", "(none)")
    assert [row[0] for row in listed(page, "tasks")] == ["t1"]
