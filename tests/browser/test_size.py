"""A day of 60,000 tasks on one page."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from reports import RunView, write_page
from tests.browser.conftest import Opened
from tests.browser.looking import click_bar, listed, sideways, tiles, timeline
from tests.reports.runs import agent, at, left, planned, run_with, view_of

pytestmark = pytest.mark.browser

TASKS, PEOPLE = 60_000, 5_000
MOST_BYTES = 15_000_000


@pytest.fixture(scope="module")
def large() -> RunView:
    """12 tasks for each of 5,000 people in 100 teams, a tenth of all tasks not planned, each with words of its own."""
    row = pl.int_range(pl.len())
    people = pl.DataFrame([agent("A") | {"first_start": at(0), "last_end": at(200)}]).join(
        pl.DataFrame({"n": range(PEOPLE)}), how="cross"
    )
    agents = people.with_columns(
        agent_id=pl.format("agent-{}", "n"),
        name=pl.format("Person {}", "n"),
        team=pl.format("team {}", pl.col("n") % 100),
        planned_minutes=pl.lit(90.0),
        tasks=pl.lit(11),
        late=pl.lit(0),
    )
    many = pl.DataFrame({"n": range(TASKS)})
    left_out = many.filter(pl.col("n") % 10 == 0).join(pl.DataFrame([left("u")]), how="cross")
    done = many.filter(pl.col("n") % 10 > 0).join(pl.DataFrame([planned("t")]), how="cross")
    describe = {
        "task_id": pl.format("T{}-2026", pl.col("n")),
        "process": pl.format("process {}", pl.col("n") % 200),
        "due_at": pl.lit(at(0)) + pl.col("n") * timedelta(seconds=1),
    }
    done = done.with_columns(**describe, agent_id=pl.format("agent-{}", pl.col("n") % PEOPLE))
    later = pl.col("n") // PEOPLE * timedelta(minutes=13)
    done = done.with_columns(start_at=pl.col("start_at") + later, end_at=pl.col("end_at") + later, sequence=row)
    left_out = left_out.with_columns(
        **describe, detail=pl.format("its {} minutes earn more elsewhere (people who could do it: 7)", "n")
    )
    small = view_of(plan=[planned("t")], unplanned=[left("u")], agents=[agent("A1")])
    counts = {"tasks": TASKS, "rejected": 0, "planned": done.height, "on_time": done.height, "late": 0}
    run = run_with(small.run, counts=counts | {"unplanned": left_out.height, "plannable": TASKS})
    frames = [like(small.plan, done), like(small.unplanned, left_out)]
    return RunView(run, *frames, small.rejects, like(small.agents, agents), small.kpis)


def like(wanted: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the columns and types of another."""
    return frame.select(wanted.columns).cast(dict(wanted.schema))


def test_sixty_thousand_tasks_fit(large: RunView, opened: Opened, tmp_path: Path) -> None:
    write_page(large, tmp_path / "large.html")
    assert (tmp_path / "large.html").stat().st_size < MOST_BYTES
    page = opened(tmp_path / "large.html")
    page.locator("#tasks input").fill("T4710-2026")
    ((task, why, *_),) = listed(page, "tasks")
    assert task == "T4710-2026"
    assert "its 4710 minutes earn more elsewhere" in why
    page.locator("#tasks input").fill("")
    page.get_by_role("button", name="Show all 100").click()
    click_bar(page, "utilization", "team 7")
    assert tiles(page)["on_time"] == f"{TASKS // 100:,}"
    # only what is seen is made
    assert len(listed(page, "tasks")) == 50
    assert len(timeline(page)["task"]) == 15 * TASKS // PEOPLE
    assert page.locator("*").count() < 3000
    assert sideways(page) == 0
