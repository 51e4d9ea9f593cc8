"""Re-plans of the small office: pins beside frozen work, and what edits cost. Every plan is audited."""

from pathlib import Path
from threading import Event

import polars as pl
import pytest

from models import Limits, ProblemBuilder, silent
from models.engines import earlier_of
from models.engines import replan as replan_problem
from scheduler import plan
from scheduler.edits import Edit
from scheduler.replanning.price_tags import with_price_tags
from tests.models.solving import solve
from tests.scheduler.edits.small import OPTIONS, again, frames, planned_office, tasks

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def earlier(tmp_path_factory) -> Path:
    """A plan of the office: four claims each for Ann and Bob would fit, there are six."""
    return planned_office(tmp_path_factory.mktemp("runs") / "earlier")


def first_of(earlier: Path) -> dict[str, str]:
    """The task that each agent does first."""
    rows = pl.read_parquet(earlier / "plan.parquet").filter(pl.col("sequence") == 1)
    return dict(rows.select("agent_id", "task_id").iter_rows())


def doers(result) -> dict[str, str]:
    return dict(result.plan.select("task_id", "agent_id").iter_rows())


def costs(result) -> dict:
    return {edit["edit"]: edit["cost"] for edit in result.run["replan"]["edits"]}


def test_frozen_work_goes_where_pins_would_not_fit(earlier):
    first = first_of(earlier)["Ann"]
    pinned = [f"T{k}" for k in range(1, 7) if f"T{k}" != first][:4]
    found = again(earlier, *(("pin", f"{task}=Ann") for task in pinned), freeze="15m")
    assert {task for task, agent in doers(found).items() if agent == "Ann"} == set(pinned)
    row = found.changes.row(by_predicate=pl.col("task_id") == first, named=True)
    assert (row["frozen_then"], row["why"]) == (True, "no_room")


def test_what_is_to_be_done_at_once_goes_before_frozen_work(earlier):
    agent = next(agent for agent, task in first_of(earlier).items() if task != "T5")
    soon = tasks(expires_at=[None] * 4 + ["2026-03-02T09:00", None])
    found = again(earlier, ("pin", f"T5={agent}"), freeze="1h", tasks=soon)
    assert doers(found)["T5"] == agent


def test_an_edit_without_which_another_cannot_be_kept_has_no_price(earlier):
    begun = tasks(
        status=["in_progress", *["queued"] * 5],
        agent_id=["Ann", *[None] * 5],
        minutes=[180, *[60] * 5],
        expires_at=[None] * 4 + ["2026-03-02T09:00", None],
    )
    found = again(earlier, ("hold", "T1"), ("pin", "T5=Ann"), tasks=begun)
    assert doers(found)["T5"] == "Ann"
    assert costs(found)["hold T1"] is None
    assert costs(found)["pin T5=Ann"]["points"] == 0.0


def test_a_hold_of_all_work_that_was_open_has_its_price(earlier):
    found = again(earlier, *(("hold", f"T{k}") for k in range(1, 7)))
    assert found.plan.height == 0
    assert {cost["points"] for cost in costs(found).values()} == {10.0}


def test_what_would_not_move_back_by_itself_is_a_cost_too(tmp_path):
    """Half a point less with Bob: for so little no task changes hands under the usual stability."""
    pairs = {"pairs": pl.DataFrame({"task_id": ["T1"], "agent_id": ["Ann"], "allowed": [True], "bonus": [0.5]})}
    plan(frames(**pairs), out=tmp_path / "earlier", **OPTIONS)
    found = again(tmp_path / "earlier", ("pin", "T1=Bob"), **pairs)
    assert costs(found)["pin T1=Bob"] == {"points": 0.5, "at_least": 0.5, "at_most": 0.5}


@pytest.mark.parametrize(("most", "points"), [(0, 0.0), (1, 90.0)])
def test_what_an_edit_costs_is_under_the_same_number_of_changes(tmp_path, most, points):
    """New work for Ann alone, whose day is full: it has to take the place of something."""
    skills = pl.DataFrame({"agent_id": ["Ann", "Bob", "Ann"], "skill": ["claims", "claims", "special"]})
    known = pl.DataFrame({"task_id": [f"T{k}" for k in range(1, 9)], "process": ["claim"] * 8})
    new = pl.DataFrame({"task_id": ["N"], "process": ["claim"], "skills": ["special"], "value": [100]})
    plan(frames(tasks=known, agent_skills=skills), out=tmp_path / "earlier", **OPTIONS)
    now = {"tasks": pl.concat([known, new], how="diagonal"), "agent_skills": skills}
    found = again(tmp_path / "earlier", ("forbid", "N=Ann"), max_changes=most, **now)
    assert costs(found)["forbid N=Ann"] == {"points": points, "at_least": points, "at_most": points}


def stopped() -> Event:
    event = Event()
    event.set()
    return event


@pytest.mark.parametrize("limits", [Limits(deadline=0.0), Limits(cancelled=stopped())], ids=["clock", "interrupted"])
def test_when_time_is_up_nothing_is_priced(limits):
    problem = ProblemBuilder(10).agent("a").task("t", minutes=8).build()
    earlier = earlier_of(problem, solve("greedy", problem).plan)
    found = replan_problem(problem, earlier, Limits(effort=1), silent)

    def without(edit: Edit):
        raise AssertionError(f"{edit} is priced")

    edits = [Edit(kind="hold", text="t", task="t")]
    assert with_price_tags(edits, problem, found, without, lambda _: earlier, limits, stability=0) == edits
