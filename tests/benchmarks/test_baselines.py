"""The simple rules people plan by, and whole models: what they plan is legal and what they were meant to plan."""

import time
from pathlib import Path

import pytest

from models import CapabilityError, Plan, Problem, ProblemBuilder, check
from models.engines import exact
from tests.benchmarks.baselines import WAYS, by_due_date, by_priority, first_fit, run


@pytest.fixture
def day() -> Problem:
    """Two hours of one generalist and one specialist; by value and by due date the tasks stand in opposite order."""
    builder = ProblemBuilder(120).agent("first", ["x"]).agent("second", ["x", "y"])
    builder.task("dear", "x", minutes=100.0, value=9.0)
    builder.task("middling", "x", minutes=60.0, value=5.0, due=100)
    builder.task("cheap", "x", minutes=60.0, value=3.0, due=60)
    builder.task("overdue", "y", minutes=20.0, value=1.0, due=-30)
    return builder.build()


def named(problem: Problem, plan: Plan) -> dict[str, str]:
    """Who does which task, by their ids."""
    rows = zip(problem.task_ids, plan.agent.tolist(), strict=True)
    return {task: problem.agent_ids[agent] for task, agent in rows if agent >= 0}


def test_priority_takes_the_dearest_first(day: Problem) -> None:
    assert [day.task_ids[int(i)] for i in by_priority(day)] == ["dear", "middling", "cheap", "overdue"]


def test_due_date_takes_the_overdue_first_and_tasks_without_one_last(day: Problem) -> None:
    assert [day.task_ids[int(i)] for i in by_due_date(day)] == ["overdue", "cheap", "middling", "dear"]


def test_the_first_person_with_time_takes_a_task(day: Problem) -> None:
    plan = first_fit(day, by_priority(day))
    assert named(day, plan) == {"dear": "first", "middling": "second", "cheap": "second"}
    assert check(day, plan).ok


def test_a_task_goes_to_somebody_on_time_before_it_goes_to_anybody_late(day: Problem) -> None:
    plan = first_fit(day, by_due_date(day))
    # `first` could do `middling` only late, behind `cheap`
    assert named(day, plan) == {"overdue": "second", "cheap": "first", "middling": "second"}
    assert check(day, plan).ok


def test_started_work_stays_where_it_is() -> None:
    builder = ProblemBuilder(60).agent("a").agent("b").task("started", minutes=50.0, started_by="b")
    problem = builder.task("other", minutes=20.0).build()
    assert named(problem, first_fit(problem, by_priority(problem))) == {"started": "b", "other": "a"}


def test_more_tasks_than_a_row_holds_at_first_are_all_placed() -> None:
    builder = ProblemBuilder(200).agent("a")
    for k in range(150):
        builder.task(str(k), minutes=1.0)
    problem = builder.build()
    assert len(named(problem, first_fit(problem, by_due_date(problem)))) == 150


@pytest.mark.parametrize("way", ["cp-sat", "highs"])
def test_a_solver_proves_the_best_plan_of_a_small_problem(day: Problem, way: str) -> None:
    plan, bound = WAYS[way](day, time.monotonic() + 60)
    assert check(day, plan, objective=bound).ok


def test_a_problem_too_large_for_a_whole_model_is_refused(day: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "MOST_FOR_CP_SAT", 3)
    with pytest.raises(CapabilityError, match=r"^\d+ ways to do the tasks$"):
        WAYS["cp-sat"](day, time.monotonic() + 60)


def test_a_way_says_what_came_of_a_snapshot(sample: Path) -> None:
    found = run(sample, "priority", float("inf"))
    assert found["check"]
    assert found["objective"] > 0
    assert found["bound"] is None
