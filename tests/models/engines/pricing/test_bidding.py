"""Agents who choose whole tasks at prices of tasks."""

import time
from threading import Event
from typing import Any

import numpy as np
import pytest

from models.bounds.task_prices import jobs_of
from models.engines.pricing import bidding
from models.engines.pricing.bidding import Bidders
from models.plans.limits import Limits
from tests.models.case import Agent, Case, Task


def test_all_agents_of_a_batch_see_the_same_prices_whatever_thread_is_done_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Prices once rose for what one thread had chosen while another still chose."""
    agents = tuple(Agent(id=f"a{k}", windows=((0, 40),)) for k in range(8))
    problem = Case(horizon=40, agents=agents, tasks=tuple(Task(id=f"t{k}") for k in range(12))).build()
    monkeypatch.setattr(bidding, "_CELLS_OF_A_THREAD", 1)
    monkeypatch.setattr(bidding, "_BATCHES", 1)
    bidders = Bidders(jobs_of(problem), np.zeros(8), np.full(8, 12), problem.n_tasks, Limits(workers=2))
    bidders.bid(
        np.arange(8), np.ones(problem.n_tasks), 5.0, Limits()
    )  # loads the loops, which takes longer than to run
    choose, seen, first_done = bidding.choose, [], Event()

    def first_and_then_the_other(table: Any, part: Any, price: Any, open_tasks: Any, step: Any) -> Any:
        if table is not bidders.table:
            first_done.wait(10.0)
            time.sleep(0.05)
        seen.append(price.copy())
        found = choose(table, part, price, open_tasks, step)
        first_done.set()
        return found

    monkeypatch.setattr(bidding, "choose", first_and_then_the_other)
    price = np.ones(problem.n_tasks)
    assert bidders.bid(np.arange(8), price, 5.0, Limits())
    assert len(seen) == 2
    assert np.array_equal(seen[0], seen[1])
    assert (price > 0).any()


def test_who_chooses_more_tasks_than_it_may_have_asks_more_for_each_until_it_does_not() -> None:
    tasks = tuple(Task(id=f"t{k}") for k in range(6))
    problem = Case(horizon=40, agents=(Agent(id="a", windows=((0, 40),), max_tasks=2),), tasks=tasks).build()
    bidders = Bidders(jobs_of(problem), np.zeros(1), np.array([2]), problem.n_tasks, Limits(workers=1))
    price, worth, step = np.arange(6.0), float(jobs_of(problem).gain.max()), 1.0
    for first in (0.0, 2 * worth):  # a fee that is too high comes down
        bidders = Bidders(jobs_of(problem), np.full(1, first), np.array([2]), problem.n_tasks, Limits(workers=1))
        for _ in range(int(3 * worth)):
            bidders.bid(np.arange(1), price, step, Limits())
        assert 0 < bidders.table.fee[0] <= worth + 2 * step
