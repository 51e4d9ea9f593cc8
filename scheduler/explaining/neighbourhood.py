"""The part of a problem that a choice for one task affects most: the people concerned and those related to them."""

import numpy as np
from numpy.typing import NDArray

from models import Plan, PricedModes, Prices, Problem, priced_modes

Int64 = NDArray[np.int64]

_MOST_AGENTS = 16
_MOST_WAITING = 60
_NEXT_BEST = 4


def around(problem: Problem, plan: Plan, prices: Prices | None, task: int, agents: Int64) -> tuple[Int64, Int64]:
    """The tasks and agents around a task: these agents, those who could best take over their work, and waiting work.

    Best means cheapest at the prices.
    """
    agents = np.unique(agents)
    theirs = np.append(np.flatnonzero(np.isin(plan.agent, agents) & problem.free), task)
    people = np.union1d(agents, _next_best(problem, prices, np.unique(theirs), agents))
    waiting = _waiting(problem, plan, prices, agents)
    tasks = np.union1d(np.flatnonzero(np.isin(plan.agent, people)), np.append(waiting, task))
    return tasks, people


def _next_best(problem: Problem, prices: Prices | None, tasks: Int64, known: Int64) -> Int64:
    """The agents to whom the tasks could go with most margin, as many as there is room for."""
    able = [problem.allowed_agents(int(i)) for i in tasks]
    modes = priced_modes(problem, prices, np.repeat(tasks, [len(a) for a in able]), np.concatenate(able))
    modes = modes.rows((modes.short == 0) & ~np.isin(modes.agent, known))
    order = np.lexsort((-modes.margin, modes.task))
    rank = np.arange(len(order)) - np.searchsorted(modes.task[order], modes.task[order])
    best = order[np.argsort(rank, kind="stable")][: np.count_nonzero(rank < _NEXT_BEST)]
    agent, first = np.unique(modes.agent[best], return_index=True)
    return agent[np.argsort(first)][: max(0, _MOST_AGENTS - len(known))]


def _waiting(problem: Problem, plan: Plan, prices: Prices | None, agents: Int64) -> Int64:
    """The unplanned work that would pay most for the agents' time."""
    modes = modes_of_waiting(problem, plan, prices, agents)
    tasks, first = np.unique(modes.task[np.argsort(-modes.margin, kind="stable")], return_index=True)
    return tasks[np.argsort(first)][:_MOST_WAITING]


def modes_of_waiting(problem: Problem, plan: Plan, prices: Prices | None, agents: Int64) -> PricedModes:
    """The modes in which these agents could do unplanned work in time and with a gain."""
    left = np.flatnonzero((plan.agent < 0) & problem.free & (problem.deadline.max(axis=1) > 0))
    tasks, people = np.repeat(left, len(agents)), np.tile(agents, len(left))
    able = problem.allowed(tasks, people)
    modes = priced_modes(problem, prices, tasks[able], people[able])
    return modes.rows((modes.short == 0) & (modes.gain > 0))
