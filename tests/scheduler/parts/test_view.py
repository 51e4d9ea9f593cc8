"""Some of the tasks of a large snapshot as a problem of their own: their numbers, and what a plan says of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from data import InParts, Snapshot, is_started
from models import Plan, check
from scheduler.parts.place import Place
from scheduler.parts.view import (
    AGENT,
    GRAINS,
    SAID,
    SHARED,
    START,
    Shared,
    beside,
    deal_out,
    tasks_of,
    view_of,
    with_rows,
)
from scheduler.run.policy import read_policy
from tests.scheduler.audit.case import snapshot_of

TASKS = (
    {"task_id": "a", "value": 10},
    {"task_id": "s1", "status": "in_progress", "agent_id": "ann"},
    {"task_id": "b", "value": 10},
    {"task_id": "held", "status": "held"},
    {"task_id": "s2", "status": "in_progress", "agent_id": "bob"},
    {"task_id": "gone", "status": "in_progress"},
    {"task_id": "c", "value": 10},
)


@pytest.fixture
def whole() -> Snapshot:
    """Seven tasks, of which two are in progress with somebody."""
    return snapshot_of(TASKS, ({"agent_id": "ann"}, {"agent_id": "bob"}))


@pytest.fixture
def shared(whole: Snapshot) -> Shared:
    """What jobs share of it: all people, and the work in progress."""
    started = replace(whole, tasks=whole.tasks.filter(is_started()))
    return Shared(InParts(started, (), whole.tasks.height, 6), read_policy(None).terms())


def some(whole: Snapshot, *names: str) -> pl.DataFrame:
    return whole.tasks.filter(pl.col("task_id").is_in(names))


def test_every_task_has_its_own_number_whether_in_progress_or_not(whole: Snapshot, shared: Shared) -> None:
    view = view_of(shared, some(whole, "a", "s2", "held", "gone", "c"))
    ids = view.problem.task_ids.to_list()
    names = [ids[number] if number >= 0 else None for number in view.own.tolist()]
    assert dict(zip(view.tasks["task_id"], names, strict=True)) == {
        **{name: name for name in ("a", "s2", "gone", "c")},
        "held": None,
    }
    assert set(ids) == {"s1", "s2", "a", "gone", "c"}
    assert sorted(view.plannable.tolist()) == sorted(number for number in view.own.tolist() if number >= 0)


def test_without_tasks_it_is_work_in_progress_alone(shared: Shared) -> None:
    view = view_of(shared)
    assert (view.problem.task_ids.to_list(), view.own.tolist()) == (["s1", "s2"], [])
    assert check(view.problem, view.plan_so_far()).ok


def test_the_plan_so_far_is_what_stands_beside_the_tasks(whole: Snapshot, shared: Shared) -> None:
    tasks, here = some(whole, "b", "s1", "c"), pl.col("task_id") == "c"
    said = {name: pl.when(here).then(value).otherwise(-1) for name, value in ((AGENT, 1), (START, 100))}
    view = view_of(shared, tasks.with_columns(**said))
    plan, alone = view.plan_so_far(), view_of(shared, tasks).plan_so_far()
    found, started = (
        dict(zip(view.problem.task_ids, zip(made.agent.tolist(), made.start.tolist(), strict=True), strict=True))
        for made in (plan, alone)
    )
    assert found == {**started, "c": (1, 100)}
    assert {name for name, (agent, _) in started.items() if agent >= 0} == {"s1", "s2"}


def test_nobody_planned_leaves_started_work_as_it_is() -> None:
    plan = Plan(agent=np.array([0, -1, 1]), start=np.array([0, -1, 5]))
    own, agent = np.array([1, -1, 2, 0]), np.array([1, 0, -1, -1])
    found = with_rows(plan, own, agent, np.array([7, 8, -1, -1]))
    assert (found.agent.tolist(), found.start.tolist()) == ([0, 1, 1], [0, 7, 5])
    assert plan.agent.tolist() == [0, -1, 1]


def test_the_tasks_of_a_group_come_in_the_order_of_their_rows(tmp_path: Path, whole: Snapshot, shared: Shared) -> None:
    place = Place(tmp_path)
    place.save(SHARED, shared)
    assert tasks_of(place, 0, 3).is_empty()
    assert tasks_of(place, 0, 3).schema == whole.tasks.schema
    for number, names in enumerate((("a", "c"), ("b",), ("held",))):
        tasks = some(whole, *names)
        deal_out(place.bids(0, number), tasks, np.full(tasks.height, 3 if number < 2 else 1), 4)
    assert tasks_of(place, 0, 3)["task_id"].to_list() == ["a", "b", "c"]
    assert tasks_of(place, 0, 1)["task_id"].to_list() == ["held"]
    assert tasks_of(place, 0, 3).schema == whole.tasks.schema


def test_what_nobody_can_do_goes_to_any_group(tmp_path: Path, whole: Snapshot, shared: Shared) -> None:
    place = Place(tmp_path)
    place.save(SHARED, shared)
    deal_out(place.bids(0, 0), whole.tasks, np.full(whole.tasks.height, -1), 2)
    groups = [tasks_of(place, 0, group) for group in (0, 1)]
    assert sorted(pl.concat(groups)["task_id"]) == sorted(whole.tasks["task_id"])
    assert all(group.height for group in groups)


def test_what_a_plan_says_stands_beside_the_tasks(whole: Snapshot) -> None:
    said = pl.DataFrame({"row": whole.tasks["row"].gather([2]), AGENT: [1], START: [5], GRAINS: [9]})
    both = beside(beside(whole.tasks, said.with_columns(pl.lit(0).alias(START))), said)
    assert both.drop(SAID).equals(whole.tasks)
    assert both.select(SAID).rows() == [(1, 5, 9) if row == 2 else (-1, -1, -1) for row in range(whole.tasks.height)]
