"""What one agent alone could do, and the bound that prices of tasks prove by it, in whole numbers.

Letters as in :mod:`models.bounds.certificate`, and u_i >= 0 the price of task i: what it wants to keep of its gain.
With V_a the most that agent a alone can earn above these prices,

    bound = constant + sum_i u_i + sum_a V_a + sum_a M_a tau_a

is at least the value of every plan. Proof: a legal plan gives agent a tasks whose gains are at most their prices, the
fees and what is left, which is at most V_a, since a legal plan keeps every condition that V_a's work has to keep; and
no task's price is counted twice (H1). V_a is found by the dynamic programme of Lawler and Moore (Management Science 16,
1969): with jobs in the order of their deadlines D_j, f_j(w) the most that jobs 1..j can earn when finished by w,

    f_j(w) = max(f_{j-1}(w), f_{j-1}(min(w, D_j) - p_j) + margin_j).

Releases and ``max_tasks`` are left out of it, and a task's two steps are two jobs, so V_a can only be too high.
`docs/formulation.md` has this at length.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.bounds.certificate import UNIT_BITS, constant, fees_in_all
from models.compiled import compiled
from models.plans.outcome import Prices
from models.problem.payoff import STEPS
from models.problem.problem import Problem

_LARGEST = 2.0**61

Int64 = NDArray[np.int64]


class Jobs(NamedTuple):
    """Every possible way to do a task that gains something; agent a's rows are ``first[a]:first[a + 1]``, by ``due``.

    ``due`` is the deadline on the agent's clock behind its started work; ``gain`` is exact, in hundredths.
    """

    first: Any
    task: Any
    step: Any
    grains: Any
    due: Any
    gain: Any

    @property
    def agent(self) -> Int64:
        """The agent of every row."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))


def jobs_of(problem: Problem) -> Jobs:
    """All jobs of all agents who may take any: a row for each pair and step, so for problems of a few million pairs."""
    task, agent = _pairs(problem)
    grains, base = problem.durations(task, agent), problem.pinned_load[agent]
    end = np.maximum(base, problem.clocks.capacity(agent, problem.release[task])) + grains
    columns = []
    for step in range(len(STEPS)):
        deadline = problem.deadline[task, step]
        due = problem.clocks.capacity(agent, np.maximum(deadline, 0))
        rows = np.flatnonzero((deadline >= 0) & (end <= due))
        gain = problem.payoffs(task[rows], agent[rows], np.full(len(rows), step)) - problem.undone[task[rows]]
        rows, gain = rows[gain > 0], gain[gain > 0]
        columns.append((agent[rows], task[rows], np.full(len(rows), step), grains[rows], (due - base)[rows], gain))
    agent, task, steps, grains, due, gain = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    order = np.lexsort((due, agent))
    first = np.searchsorted(agent[order], np.arange(problem.n_agents + 1)).astype(np.int64)
    return Jobs(first, *(column[order].astype(np.int64) for column in (task, steps, grains, due, gain)))


def _pairs(problem: Problem) -> tuple[Int64, Int64]:
    """Tasks and agents who may do them (H2, H8), of agents who may take any task (H9)."""
    able, tasks = problem.eligibility, np.flatnonzero(problem.free)
    kind = problem.requirement[tasks]
    count = np.diff(able.first)[kind]
    task = np.repeat(tasks, count)
    entry = np.arange(len(task)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(able.first[kind], count)
    agent = able.agent[entry].astype(np.int64)
    wanted = ~problem.excluded(task, agent) & (problem.max_tasks > problem.pinned_count)[agent]
    return task[wanted], agent[wanted]


def certified_by_task_prices(problem: Problem, prices: Prices, jobs: Jobs | None = None) -> int | None:
    """The bound that the prices of tasks prove, in hundredths, rounded up; ``None`` when values are too large for it.

    ``jobs`` are the problem's, when they are listed already.

    Raises:
        ValueError: there are no prices of tasks, or negative ones, so they prove nothing.
    """
    if prices.task is None or np.any(prices.task < 0) or np.any(prices.fee < 0):
        raise ValueError("prices of tasks and fees must not be negative")
    jobs = jobs_of(problem) if jobs is None else jobs
    agent = jobs.agent
    most = np.bincount(agent, weights=jobs.gain, minlength=1).max() * 2.0**UNIT_BITS
    if max(most, 2.0 * prices.task.max(initial=0), 2.0 * prices.fee.max(initial=0)) >= _LARGEST:
        return None
    margin = (jobs.gain << UNIT_BITS) - prices.task[jobs.task] - prices.fee[agent]
    earned = most_earned(jobs.first, jobs.grains, jobs.due, margin)
    total: int = sum(prices.task[problem.free].tolist()) + sum(earned.tolist()) + fees_in_all(problem, prices.fee)
    return constant(problem) + -(-total >> UNIT_BITS)


@compiled
def most_earned(first, grains, due, margin):  # type: ignore[no-untyped-def]
    """V_a of every agent, in the unit of the margins; what earns nothing is left out."""
    earned = np.zeros(len(first) - 1, margin.dtype)
    width = due.max() + 1 if len(due) else 1
    old, new = np.zeros(width, margin.dtype), np.zeros(width, margin.dtype)
    for a in range(len(first) - 1):
        reach = 0
        old[0] = 0
        for k in range(first[a], first[a + 1]):
            if margin[k] > 0:
                reach = add_job(old, new, reach, grains[k], due[k], margin[k])
                old, new = new, old
        earned[a] = old[reach]
    return earned


@compiled
def add_job(old, new, reach, grains, due, margin):  # type: ignore[no-untyped-def]
    """Writes f_j into ``new`` from f_{j-1} in ``old``, known up to ``reach``; returns how far f_j is known."""
    for w in range(reach + 1, due + 1):
        old[w] = old[reach]
    new[:grains] = old[:grains]
    # slices of one length: this loop then takes several cells at a time, eight times as fast as with w - grains
    without, behind, best = old[grains : due + 1], old[: due + 1 - grains], new[grains : due + 1]
    for w in range(len(best)):
        best[w] = max(without[w], behind[w] + margin)
    return due
