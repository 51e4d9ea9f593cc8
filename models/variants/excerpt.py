"""Cuts some agents and tasks out of a problem as a problem of its own; the rest stays as planned."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.plans.outcome import Prices
from models.plans.plan import Plan
from models.problem.clock import Clocks
from models.problem.eligibility import Eligibility
from models.problem.payoff import Worth
from models.problem.problem import Pairs, Problem

Int64 = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Excerpt:
    """The part as a ``problem``, and the indices of its ``tasks`` and ``agents`` in the whole."""

    problem: Problem
    tasks: Int64
    agents: Int64

    def part_of(self, plan: Plan) -> Plan:
        """Reduces a plan of the whole to the part."""
        agent = _numbers(self.agents, plan.agent[self.tasks])
        return Plan(agent=agent, start=np.where(agent >= 0, plan.start[self.tasks], -1))

    def put_back(self, plan: Plan, part: Plan) -> Plan:
        """The plan of the whole with a plan of the part put in."""
        agent, start = plan.agent.copy(), plan.start.copy()
        agent[self.tasks] = np.append(self.agents, -1)[part.agent]
        start[self.tasks] = part.start
        return Plan(agent=agent, start=start)

    def prices_of(self, prices: Prices) -> Prices:
        """The prices of the part's agents and tasks."""
        of_tasks = None if prices.task is None else prices.task[self.tasks]
        time_fee = None if prices.time_fee is None else prices.time_fee[self.agents]
        price, fee = prices.price[self.agents], prices.fee[self.agents]
        return replace(prices, price=price, fee=fee, task=of_tasks, time_fee=time_fee)


def excerpt(problem: Problem, tasks: Int64, agents: Int64) -> Excerpt:
    """The part with these tasks and agents, both ascending.

    The tasks must include everything that these agents do in the present plan and their started work, and nothing that
    others do.
    """
    part = replace(
        problem,
        **{name: _taken(getattr(problem, name), tasks) for name in _OF_TASKS},
        worth=_worth(problem.worth, tasks),
        agent_ids=problem.agent_ids.gather(agents),
        requested=_numbers(agents, problem.requested[tasks]),
        pinned_agent=_numbers(agents, problem.pinned_agent[tasks]),
        fixed_agent=_numbers(agents, problem.fixed_agent[tasks]),
        eligibility=_eligibility(problem.eligibility, agents),
        pairs=_pairs(problem, tasks, agents),
        clocks=_clocks(problem.clocks, agents),
        cost_per_hour=problem.cost_per_hour[agents],
        max_tasks=problem.max_tasks[agents],
    )
    return Excerpt(problem=part, tasks=tasks, agents=agents)


_OF_TASKS = (
    *("task_ids", "requirement", "work", "release", "due", "expires", "deadline", "payoff", "undone"),
    *("pinned_start", "pinned_grains", "stuck", "frozen"),
)


def _taken(column: Any, rows: Int64) -> Any:
    return column.gather(rows) if isinstance(column, pl.Series) else column[rows]


def _numbers(kept: Int64, wanted: NDArray[Any]) -> NDArray[np.int32]:
    """The index of each number among those kept, -1 if it is not kept."""
    if not len(kept):
        return np.full(len(wanted), -1, np.int32)
    place = np.minimum(np.searchsorted(kept, wanted), len(kept) - 1)
    return np.where(kept[place] == wanted, place, -1).astype(np.int32)


def _worth(worth: Worth, tasks: Int64) -> Worth:
    columns = ("value", "weight", "penalty", "overdue_us", "fined")
    return replace(worth, **{name: getattr(worth, name)[tasks] for name in columns})


def _eligibility(whole: Eligibility, agents: Int64) -> Eligibility:
    number = _numbers(agents, whole.agent)
    kept = number >= 0
    return Eligibility(
        n_agents=len(agents),
        first=np.concatenate([[0], np.cumsum(kept)])[whole.first].astype(np.int64),
        agent=number[kept],
        efficiency=whole.efficiency[kept],
    )


def _pairs(problem: Problem, tasks: Int64, agents: Int64) -> Pairs:
    whole = problem.pairs
    owner = _numbers(tasks, np.repeat(np.arange(problem.n_tasks), np.diff(whole.first)))
    agent = _numbers(agents, whole.agent)
    kept = (owner >= 0) & (agent >= 0)
    return Pairs(
        first=np.searchsorted(owner[kept], np.arange(len(tasks) + 1)).astype(np.int64),
        agent=agent[kept],
        allowed=whole.allowed[kept],
        grains=whole.grains[kept],
        bonus=whole.bonus[kept],
    )


def _clocks(whole: Clocks, agents: Int64) -> Clocks:
    counts = np.diff(whole.first)[agents]
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    windows = np.arange(first[-1]) + np.repeat(whole.first[agents] - first[:-1], counts)
    return replace(
        whole,
        first=first,
        start=whole.start[windows],
        end=whole.end[windows],
        before=whole.before[windows],
        num=whole.num[agents],
        den=whole.den[agents],
    )
