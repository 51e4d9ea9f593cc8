"""A dive: legal plans out of prices of tasks, and the same ones every time."""

from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from models import Limits, Plan, Problem, check, evaluate, silent
from models.engines.pricing.bidding import Bidders
from models.engines.pricing.prove import prices_proving_bounds
from models.engines.search.construct import greedy_plan
from models.engines.search.dive import Market, Spending, dive
from models.engines.search.sequences import plan_of
from models.plans.incumbent import Incumbent
from models.plans.plan import pinned_plan
from models.problem.arrays import arrays_of
from tests.models.case import Agent, Case, Task, lists, needs, skills
from tests.models.oracle import Oracle
from tests.models.strategies import contested_cases, examples

BIDS = 40


def plan_of_a_dive(problem: Problem, limits: Limits, *, bids: int = BIDS, seed: int = 0) -> Plan | None:
    """What a dive finds at the prices that prove a bound; ``None`` where time is free."""
    incumbent, A = Incumbent(problem, Limits(gap=0.0), silent), arrays_of(problem)
    for _ in prices_proving_bounds(incumbent, A):
        pass
    limits = replace(limits, seed=seed)
    market = Market.of(problem, A, incumbent.prices, greedy_plan(problem), replace(limits, cancelled=Event()))
    if market is None:
        return None
    return plan_of(problem, dive(A, market, Spending(bids * problem.n_agents, None), limits, seed))


@given(case=contested_cases)
@examples(60)
def test_every_rule_is_kept(case: Case) -> None:
    problem, oracle = case.build(), Oracle(case)
    plan = plan_of_a_dive(problem, Limits())
    if plan is not None:
        assert not oracle.broken(*lists(plan))
        assert evaluate(problem, plan).objective <= oracle.optimum()


@given(case=contested_cases)
@examples(20)
def test_who_asks_to_stop_gets_a_plan_that_keeps_the_rules(case: Case) -> None:
    limits = Limits()
    limits.cancelled.set()
    plan = plan_of_a_dive(case.build(), limits)
    assert plan is None or not Oracle(case).broken(*lists(plan))


def crowd() -> Problem:
    """Six people of different skills with time for two tasks and a half each, and seven times as many tasks."""
    agents = tuple(Agent(id=f"a{k}", windows=((0, 25),), skills=skills("x", "yz"[k % 2])) for k in range(6))
    tasks = tuple(
        Task(id=f"t{k}", minutes=str(9 + k % 2), value=str(5 + k * 7 % 11), needs=needs("xyz"[k % 3]))
        for k in range(90)
    )
    return Case(horizon=25, agents=agents, tasks=tasks).build()


def test_the_same_seed_finds_the_same_and_another_another() -> None:
    plans = [plan_of_a_dive(crowd(), Limits(), seed=seed) for seed in (1, 1, 2)]
    agents = [plan.agent.tolist() for plan in plans if plan is not None]
    assert agents[0] == agents[1]
    assert agents[0] != agents[2]


def test_more_passes_than_agents_end_with_everybody_settled() -> None:
    plan = plan_of_a_dive(crowd(), Limits(), bids=3)
    assert plan is not None
    assert set(plan.agent[plan.agent >= 0].tolist()) == set(range(6))


def test_nobody_dives_where_time_is_free() -> None:
    idle = Case(horizon=10, agents=(Agent(id="a", windows=((0, 10),)),), tasks=(Task(id="t"),)).build()
    assert plan_of_a_dive(idle, Limits()) is None


def test_nobody_dives_in_a_large_problem_where_tasks_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    agents = tuple(Agent(id=f"a{k}", windows=((0, 480),), skills=skills("x", "yz"[k % 2])) for k in range(3))
    tasks = tuple(
        Task(id=f"t{k}", minutes=str(3 + k % 2), value=str(5 + k * 7 % 11), needs=needs("xyz"[k % 3]))
        for k in range(600)
    )
    problem = Case(horizon=480, agents=agents, tasks=tasks).build()
    incumbent, A = Incumbent(problem, Limits(gap=0.0), silent), arrays_of(problem)
    for _ in prices_proving_bounds(incumbent, A):
        pass
    assert Market.of(problem, A, incumbent.prices, pinned_plan(problem), Limits()) is not None
    monkeypatch.setattr("models.engines.search.dive.MANY_MODES", 0)
    assert Market.of(problem, A, incumbent.prices, pinned_plan(problem), Limits()) is None


def test_agents_who_may_take_few_take_the_best_of_what_they_choose() -> None:
    agents = (Agent(id="a", windows=((0, 10),), max_tasks=1), Agent(id="b", windows=((0, 4),)))
    tasks = tuple(Task(id=f"t{k}", minutes="4", value=str(k + 1)) for k in range(4))
    problem = Case(horizon=10, agents=agents, tasks=tasks).build()
    plan = plan_of_a_dive(problem, Limits())
    assert plan is not None
    assert np.bincount(plan.agent[plan.agent >= 0], minlength=2).max() == 1


def test_without_time_for_enough_passes_nobody_dives() -> None:
    problem, spending = crowd(), Spending(10**9, 0.0)
    incumbent, A = Incumbent(problem, Limits(gap=0.0), silent), arrays_of(problem)
    next(prices_proving_bounds(incumbent, A))
    market = Market.of(problem, A, incumbent.prices, greedy_plan(problem), Limits())
    assert market is not None
    assert not dive(A, market, spending, Limits(), 0).count.any()


def test_where_passes_are_slow_agents_look_at_fewer_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day of people who know most kinds once had no dive on a slow machine."""
    problem = crowd()
    incumbent, A = Incumbent(problem, Limits(gap=0.0), silent), arrays_of(problem)
    next(prices_proving_bounds(incumbent, A))
    market = Market.of(problem, A, incumbent.prices, greedy_plan(problem), Limits())
    assert market is not None
    jobs, bid, seen, clock = len(market.bidders.table.task), Bidders.bid, [], [0.0]

    def slow_bid(self: Bidders, *arguments: Any) -> bool:
        seen.append(len(self.table.task))
        clock[0] += 0.1 * seen[-1] / jobs
        return bid(self, *arguments)

    monkeypatch.setattr(Bidders, "bid", slow_bid)
    monkeypatch.setattr("models.engines.search.dive.time.monotonic", lambda: clock[0])
    sequences = dive(A, market, Spending(10**9, 1.0), Limits(), 0)
    assert seen[0] == jobs
    assert seen[-1] < jobs / 2
    plan = plan_of(problem, sequences)
    assert (plan.agent >= 0).any()
    assert check(problem, plan).ok
