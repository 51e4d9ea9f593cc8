"""The scale engine: search beside pricing."""

import time

import pytest

from models import Limits, Stop, check, silent
from models.engines.scale import solve_scale
from models.plans.outcome import Move
from tests.models.case import Agent, Case, Task, lists
from tests.models.engines.test_exact import crowd
from tests.models.solving import solve


def test_finds_and_proves_an_easy_optimum_within_the_clock() -> None:
    people = tuple(Agent(id=f"a{k}", windows=((0, 50),)) for k in range(3))
    problem = Case(horizon=50, agents=people, tasks=tuple(Task(id=f"t{k}") for k in range(20))).build()
    outcome = solve_scale(problem, Limits(deadline=time.monotonic() + 20, gap=0.0), silent)
    assert (outcome.stop, outcome.objective, outcome.bound) == (Stop.OPTIMAL, 2000, 2000)


def test_searches_until_the_clock_runs_out() -> None:
    problem, began = crowd(300, 8), time.monotonic()
    outcome = solve_scale(problem, Limits(deadline=began + 1.0, gap=0.0), silent)
    assert time.monotonic() - began < 10
    assert check(problem, outcome.plan, outcome.objective, outcome.bound).ok
    assert outcome.stop in (Stop.TIME, Stop.OPTIMAL)
    assert outcome.prices is not None


@pytest.mark.slow
def test_more_effort_finds_more() -> None:
    """With any one seed little effort may be lucky."""
    problem = crowd(150, 9)
    little, much = (
        [solve_scale(problem, Limits(effort=effort, gap=0.0, seed=seed), silent) for seed in range(3)]
        for effort in (1, 8)
    )
    assert sum(outcome.objective for outcome in much) > sum(outcome.objective for outcome in little)
    assert all(outcome.stop in (Stop.EFFORT, Stop.OPTIMAL) for outcome in little)


def test_without_people_or_work_there_is_nothing_to_search() -> None:
    for case in (Case(horizon=9), Case(horizon=9, tasks=(Task(id="t", penalty="2", due=4),))):
        outcome = solve("scale", case.build())
        assert (outcome.stop, outcome.objective) == (Stop.OPTIMAL, -200 * len(case.tasks))
        assert lists(outcome.plan)[0] == [-1] * len(case.tasks)


def test_what_the_time_went_to_is_told() -> None:
    problem, began = crowd(150, 9), time.monotonic()
    outcome = solve_scale(problem, Limits(effort=1, gap=0.0), silent)
    moves = {turn.move for turn in outcome.turns}
    assert {Move.PRICES, Move.TASK_PRICES, Move.START, Move.SEARCH, Move.SWEEPS, Move.DIVE} <= moves
    assert sum(turn.seconds for turn in outcome.turns) <= time.monotonic() - began
    assert all(turn.won >= 0 for turn in outcome.turns)
    assert outcome.turns[-1].bound == outcome.bound
