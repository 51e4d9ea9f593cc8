"""What is done with a part of a plan: never worse, never beyond its amount, the same for the same seed."""

import numpy as np
from hypothesis import given

from models import Limits, Plan, evaluate
from models.engines.search.construct import greedy_plan
from models.engines.search.part_work import Piece, dive_in_part, search_in
from tests.models.case import Agent, Case, Task, lists
from tests.models.oracle import Oracle
from tests.models.strategies import contested_cases, examples


@given(case=contested_cases)
@examples(20)
def test_a_search_of_so_many_moves_keeps_the_rules_and_loses_nothing(case: Case) -> None:
    problem = case.build()
    begun = greedy_plan(problem)
    found, again = (
        search_in(Piece(problem, begun, 3), Limits(effort=1), seconds=float("inf"), moves=30) for _ in range(2)
    )
    assert not Oracle(case).broken(*lists(found.plan))
    assert evaluate(problem, found.plan).objective >= evaluate(problem, begun).objective
    assert found.moves == (30 if problem.free.any() else 0)
    assert lists(found.plan) == lists(again.plan)


def piece(**task: object) -> Piece:
    """One task and one agent, nothing planned."""
    case = Case(horizon=9, agents=(Agent(id="a", windows=((0, 9),)),), tasks=(Task(id="t", **task),))  # type: ignore[arg-type]
    return Piece(case.build(), Plan(agent=np.array([-1], np.int32), start=np.array([-1], np.int64)), 0)


def test_where_nothing_is_free_the_plan_stays() -> None:
    begun = piece(started_by="a")
    for found in (search_in(begun, Limits(), seconds=1, moves=9), dive_in_part(begun, Limits(), seconds=None)):
        assert (found.plan, found.moves) == (begun.plan, 0)


def test_no_moves_and_no_time_are_no_search() -> None:
    for seconds, moves in ((float("inf"), 0), (-1.0, float("inf"))):
        found = search_in(piece(), Limits(), seconds=seconds, moves=moves)
        assert (found.plan.agent.tolist(), found.moves) == ([-1], 0)


def test_without_prices_or_time_there_is_no_dive() -> None:
    begun, stopped = piece(), Limits()
    stopped.cancelled.set()
    for limits in (Limits(), stopped):
        assert dive_in_part(begun, limits, seconds=None).plan is begun.plan
