"""Bounds by prices, agent by agent and through the market of kinds, and the plans that follow them."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given

from models import Limits, Prices, certified_bound, evaluate, silent
from models.engines.pricing.dual import bucket_edges
from models.engines.pricing.prove import prices_proving_bounds
from models.engines.search.construct import priced_plan
from models.plans.incumbent import Incumbent
from models.problem.arrays import arrays_of
from tests.models.case import Agent, Case, Task, lists
from tests.models.oracle import Oracle
from tests.models.strategies import contested_cases, examples

BY_AGENT, BY_KIND = 10**9, -1  # the most options for pricing agent by agent


@pytest.mark.parametrize("most_modes", [BY_AGENT, BY_KIND])
@given(case=contested_cases)
@examples(40)
def test_prices_prove_bounds_and_lead_to_legal_plans(most_modes: int, case: Case) -> None:
    problem, oracle = case.build(), Oracle(case)
    incumbent, A = Incumbent(problem, Limits(effort=1), silent), arrays_of(problem)
    optimum, rounds = oracle.optimum(), 0
    for priced in prices_proving_bounds(incumbent, A, most_modes):
        rounds += 1
        assert incumbent.bound >= optimum
        agent, start = lists(plan := priced_plan(problem, A, priced, incumbent.limits))
        assert not oracle.broken(agent, start)
        assert evaluate(problem, plan).objective <= optimum
    assert rounds > 1
    assert certified_bound(problem, incumbent.prices) == incumbent.bound


@pytest.mark.parametrize("most_modes", [BY_AGENT, BY_KIND])
def test_both_price_a_crowded_day_well(most_modes: int) -> None:
    agents = tuple(Agent(id=f"a{k}", windows=((0, 60),)) for k in range(3))
    tasks = tuple(Task(id=f"t{k}", minutes="10", value=str(k + 1)) for k in range(30))
    problem = Case(horizon=60, agents=agents, tasks=tasks).build()
    incumbent = Incumbent(problem, Limits(effort=1), silent)
    for _ in prices_proving_bounds(incumbent, arrays_of(problem), most_modes):
        pass
    best = 100 * sum(range(13, 31))  # 18 of the 30 tasks fit
    assert best <= incumbent.bound <= best * 1.001


@pytest.mark.parametrize("most_modes", [BY_AGENT, BY_KIND])
def test_both_price_the_tasks_of_people_who_may_take_few(most_modes: int) -> None:
    agents = tuple(Agent(id=f"a{k}", windows=((0, 600),), max_tasks=3) for k in range(3))
    tasks = tuple(Task(id=f"t{k}", minutes="10", value=str(k + 1)) for k in range(30))
    problem = Case(horizon=600, agents=agents, tasks=tasks).build()
    incumbent = Incumbent(problem, Limits(effort=1), silent)
    for _ in prices_proving_bounds(incumbent, arrays_of(problem), most_modes):
        pass
    best = 100 * sum(range(22, 31))  # time for all tasks, but nine may be taken
    assert best <= incumbent.bound <= best * 1.002
    assert isinstance(incumbent.prices, Prices)
    assert (incumbent.prices.fee > 0).all()


def test_one_price_is_found_whatever_the_limits() -> None:
    problem = Case(horizon=9, agents=(Agent(id="a", windows=((0, 9),)),), tasks=(Task(id="t"),)).build()
    limits = Limits(deadline=0.0)
    assert limits.exhausted()
    incumbent = Incumbent(problem, limits, silent)
    assert len(list(prices_proving_bounds(incumbent, arrays_of(problem)))) == 1
    assert isinstance(incumbent.prices, Prices)


def test_prices_that_come_too_late_are_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Case(horizon=9, agents=(Agent(id="a", windows=((0, 9),)),), tasks=(Task(id="t"),)).build()
    incumbent = Incumbent(problem, Limits(), silent)

    def dawdle(*_: object) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for price in (3.0, 2.0, 1.0):
            if price == 1.0:
                incumbent.limits.cancelled.set()
            yield np.full((1, 2), price), np.zeros(1)

    monkeypatch.setattr("models.engines.pricing.prove.agent_prices", dawdle)
    asked = [priced.price[0, 0] for priced in prices_proving_bounds(incumbent, arrays_of(problem))]
    assert asked == [3.0, 2.0]


def test_buckets_begin_at_zero_and_leave_the_horizon_alone() -> None:
    tasks = tuple(Task(id=f"t{k}", due=k) for k in range(1, 60))
    problem = Case(horizon=100, agents=(Agent(id="a", windows=((0, 100),)),), tasks=tasks).build()
    edges = bucket_edges(arrays_of(problem), problem.horizon, 24)
    assert edges[0] == 0
    assert edges[-1] == 100
    assert np.all(np.diff(edges) > 0)
    assert len(edges) <= 25
