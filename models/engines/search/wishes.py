"""What each agent would choose at prices of tasks if nobody else were there.

At good prices nearly everybody has what it wishes. The bound is what all agents wish earns above the prices, and the
prices; so the distance of a plan from it is what agents lack of that, and the prices of work that nobody does. A search
that begins with agents who lack much, and takes with them those who have what they wish, looks where there is something
to be won.
"""

from typing import NamedTuple

import numpy as np

from models.bounds.task_prices import Alone
from models.engines.pricing.bidding import choose, make_table
from models.engines.pricing.task_prices import in_units
from models.plans.outcome import Prices
from models.problem.arrays import Arrays
from models.problem.modes import count_modes
from models.problem.problem import Float64, Int32, Int64, Problem

_MOST_JOBS = 1_000_000
"""With more ways to do the tasks, every n-th task of a kind is looked at: on a part of a backlog, of 50,000 tasks and
300 people, all of them took a second before each round of the search, and clocks had to be coarser for so many."""


class Asked(NamedTuple):
    """What moves take from gains, in hundredths."""

    task: Float64  # (i) the price of the task
    fee: Float64  # (a) the agent's fee for each task


class Wishes(NamedTuple):
    """What agents wish: agent a the tasks ``task[first[a]:first[a + 1]]``."""

    first: Int64  # (a + 1)
    task: Int64  # (row) i
    earned: Float64  # (a) hundredths: what that earns above prices and fees


def no_wishes(agents: int) -> Wishes:
    """Nobody wishes anything."""
    return Wishes(np.zeros(agents + 1, np.int64), np.zeros(0, np.int64), np.zeros(agents))


def wishes_of(problem: Problem, arrays: Arrays, asked: Asked) -> Wishes:
    """What everybody would choose alone, by the one-agent programme; nothing where sums would be too large for it."""
    agents, alone, every = len(arrays.base), Alone(problem), -(-count_modes(arrays) // _MOST_JOBS)
    no_time = np.zeros((agents, 1), np.int64)
    prices = Prices(edges=np.zeros(1, np.int64), price=no_time, fee=in_units(asked.fee), task=in_units(asked.task))
    jobs = None if alone.too_large else alone.jobs(prices, np.zeros(agents, np.int64), every=max(1, every))
    if jobs is None:
        return no_wishes(agents)
    table = make_table(jobs, asked.fee, arrays.spare)
    rows = choose(table, np.arange(agents), asked.task, np.ones(problem.n_tasks, np.bool_), 0.0)
    whose = np.searchsorted(jobs.first, rows, side="right") - 1
    first = np.append(0, np.cumsum(np.bincount(whose, minlength=agents)))
    earned = np.bincount(whose, table.gain[rows], agents).astype(np.float64)
    return Wishes(first, jobs.task[rows].astype(np.int64), earned)


def lacking(wishes: Wishes, asked: Asked, agent_of: Int32, value: Float64) -> Float64:
    """How much less each agent earns with its work above prices and fees than it wishes to, in hundredths, shape (a).

    ``agent_of`` (i) is who has a task, -1 for nobody, and ``value`` (a) what an agent's work gains.
    """
    held = np.flatnonzero(agent_of >= 0)
    whose = agent_of[held]
    price = np.bincount(whose, asked.task[held] + asked.fee[whose], len(value))
    return np.maximum(0.0, wishes.earned - (value - price))
