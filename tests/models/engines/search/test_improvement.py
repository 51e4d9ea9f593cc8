"""Improving a plan: in parts beside each other, the same for any number of threads, with dives between."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from models import Limits, Plan, Problem, evaluate, silent
from models.engines.pricing.prove import Priced, prices_proving_bounds
from models.engines.pricing.task_prices import prove_by_programmes
from models.engines.scale import solve_scale
from models.engines.search.construct import greedy_plan
from models.engines.search.improvement import Improvement
from models.engines.search.stretch import Amount, Stretch
from models.plans.incumbent import Incumbent
from models.problem.arrays import arrays_of
from tests.models.case import Case, lists
from tests.models.engines.test_exact import crowd
from tests.models.oracle import Oracle
from tests.models.strategies import contested_cases, examples


@pytest.fixture(scope="module", autouse=True)
def few_agents_each() -> Iterator[None]:
    """Makes parts of plans that would otherwise be too small for any."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.engines.search.parts._AGENTS_EACH", 2)
        patch.setattr("models.engines.search.improvement._AGENTS_OF_A_DIVE", 2)
        yield


def improved(problem: Problem, limits: Limits, rounds: int = 300) -> Incumbent:
    """A greedy plan after prices, dives and search."""
    incumbent, A = Incumbent(problem, limits, silent), arrays_of(problem)
    incumbent.offer(greedy_plan(problem), "greedy")
    for _ in prices_proving_bounds(incumbent, A):
        pass
    prove_by_programmes(incumbent, A, limits, 20)
    improvement = Improvement(incumbent, A, limits)
    improvement.dives(20 * problem.n_agents)
    improvement.rounds(rounds)
    return incumbent


@given(case=contested_cases)
@examples(40)
def test_plans_improved_in_parts_keep_every_rule_and_never_lose(case: Case) -> None:
    problem, oracle = case.build(), Oracle(case)
    incumbent = improved(problem, Limits(effort=1, gap=0.0))
    assert not oracle.broken(*lists(incumbent.plan))
    assert evaluate(problem, greedy_plan(problem)).objective <= incumbent.objective <= oracle.optimum()


@pytest.mark.slow
@pytest.mark.parametrize("workers", [2, 3, 8])
def test_any_number_of_threads_finds_the_same(workers: int) -> None:
    problem = crowd(150, 9)
    one, more = (solve_scale(problem, Limits(effort=1, gap=0.0, workers=count), silent) for count in (1, workers))
    assert np.array_equal(one.plan.agent, more.plan.agent)
    assert np.array_equal(one.plan.start, more.plan.start)
    assert one.bound == more.bound


def test_the_clock_ends_it_in_parts_too() -> None:
    problem, began = crowd(150, 9), time.monotonic()
    outcome = solve_scale(problem, Limits(deadline=began + 0.5, gap=0.0), silent)
    assert time.monotonic() - began < 10
    assert outcome.objective >= evaluate(problem, greedy_plan(problem)).objective


def test_a_dive_is_searched_from_before_it_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is worth less at first may come further."""
    problem = crowd(80, 4)
    incumbent, A = Incumbent(problem, Limits(effort=1, gap=0.0), silent), arrays_of(problem)
    incumbent.offer(greedy_plan(problem), "greedy")
    for _ in prices_proving_bounds(incumbent, A):
        pass
    improvement = Improvement(incumbent, A, incumbent.limits)
    improvement.rounds(400)
    reached = incumbent.objective
    worse = greedy_plan(problem)
    monkeypatch.setattr(Improvement, "_dive", lambda self, prices, bids, seconds: [worse])
    gained: list[Any] = []
    search = Improvement._search_for
    monkeypatch.setattr(Improvement, "_search_for", lambda *given: gained.append(search(*given)) or gained[-1])
    improvement.dives(20)
    assert gained[0][1] > 0
    improvement.rounds(1)
    assert incumbent.objective >= reached


class _Moves:
    """A search whose moves are quick until they get large."""

    def __init__(self, problem: Any, A: Any, plan: Plan, seed: int) -> None:
        self.asked: list[int] = []
        self._plan = plan

    @property
    def size(self) -> int:
        return int(len(self.asked) >= 6)

    def run(self, rounds: int) -> float:
        self.asked.append(rounds)
        return 0.0

    def respond(self, limits: Limits) -> float:
        return 0.0

    def plan(self) -> Plan:
        return self._plan


def test_large_moves_are_tried_a_few_at_first() -> None:
    problem = crowd()
    moves: Any = _Moves(problem, None, greedy_plan(problem), 0)
    Stretch(moves, Limits(gap=0.0)).run(Amount(moves=100 + 200 + 400 + 800 + 1600 + 3200 + 10))
    assert moves.asked == [100, 200, 400, 800, 1600, 3200, 10]


def test_dives_wait_for_prices_of_tasks_and_for_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.engines.search.improvement.MANY_MODES", -1)
    problem = crowd(6, 3)
    incumbent, A = Incumbent(problem, Limits(gap=0.0), silent), arrays_of(problem)
    incumbent.offer(greedy_plan(problem), "greedy")
    next(prices_proving_bounds(incumbent, A))
    improvement = Improvement(incumbent, A, incumbent.limits)
    improvement.is_priced_beside()
    past, future, prices = 0.0, float("inf"), incumbent.prices
    assert prices is not None
    assert not improvement._is_time_for_dives(past, future)
    assert improvement._is_time_for_dives(past, past)
    incumbent.prices = replace(prices, task=np.zeros(problem.n_tasks, np.int64))
    assert improvement._is_time_for_dives(past, future)
    assert not improvement._is_time_for_dives(future, future)
    improvement.all_handed_over()
    assert improvement._is_time_for_dives(future, future)


def test_prices_that_come_while_a_plan_is_made_from_others_are_followed_before_the_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("models.engines.search.improvement.MANY_MODES", -1)
    problem = crowd(6, 3)
    incumbent, A = Incumbent(problem, Limits(effort=1, gap=0.0), silent), arrays_of(problem)
    pricing = prices_proving_bounds(incumbent, A)
    first, second = next(pricing), next(pricing)
    improvement, followed = Improvement(incumbent, A, incumbent.limits), []

    def follow(priced: Priced) -> None:
        followed.append(priced)
        if priced is first:
            improvement.hand_over(second)

    monkeypatch.setattr(improvement, "follow", follow)
    improvement.hand_over(first)
    improvement.rounds(1)
    assert len(followed) == 2
    assert followed[1] is second
