"""Lowers the bound of prices where tasks are long: every agent picks its best whole tasks at prices of tasks.

With the price u_i of task i and V_a(u) the most that agent a alone can earn above the prices,

    sum_i u_i + sum_a V_a(u)

is convex. At u_i = what the task keeps at the agents' prices it is no higher than the bound of those; from there it is
minimized by an incremental subgradient method: after the programme of *one* agent, tasks it has chosen become dearer
by a step and all that it could have chosen cheaper by their share of a step. Steps shrink; what is proved is an average
of the last prices. The bound is never taken from here: it is added up by
:func:`models.bounds.task_prices.certified_by_task_prices`.

Source: A. Nedic, D. P. Bertsekas, Incremental subgradient methods for nondifferentiable optimization, SIAM J. Optim.
12 (2001) 109-138.
"""

import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.bounds.certificate import UNIT_BITS, rent_in_all, task_surplus
from models.bounds.task_prices import Jobs, add_job, certified_by_task_prices, jobs_of
from models.compiled import compiled
from models.plans.incumbent import Incumbent
from models.plans.limits import Limits
from models.plans.outcome import BoundSource, Prices
from models.problem.arrays import Arrays
from models.problem.modes import count_modes
from models.problem.problem import Problem

MOST_MODES = 1_000_000
"""With more ways to do the tasks no jobs are listed."""
MOST_CELLS = 200_000_000
"""With more cells in all programmes an evaluation takes a second and more, and tasks are short: little to gain."""
_CELLS_AT_ONCE = 20_000_000
"""Between two looks at the clock."""
_MOST_PASSES = 2_000
_SHARE_OF_CLOCK = 0.95
"""So that the last prices are proved in time."""
_CHECKS = 12
_FIRST_STEP, _LAST_STEP = 0.2, 0.002  # of the rent that a planned task pays on average
_MEMORY = 0.95

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]


def prove_by_programmes(incumbent: Incumbent, A: Arrays, limits: Limits, passes: int | None = None) -> None:
    """Lowers the incumbent's bound by ever better prices of tasks, in at most so many passes over all agents.

    With a clock the steps shrink so that they are at their smallest when it runs out.
    """
    problem, asked = incumbent.problem, incumbent.prices
    if asked is None or limits.exhausted() or count_modes(A) > MOST_MODES:
        return
    if np.any(problem.free & (problem.fixed_agent >= 0)):
        return  # what must be done (E1) could have a price below 0, which no certificate writes down
    rent = rent_in_all(problem, asked.edges, asked.price) / 2.0**UNIT_BITS
    auction = _Auction.of(problem, asked, limits.seed) if rent > 0 else None
    if auction is None or not auction.certify(incumbent):
        return
    pace = _Pace(limits, max(1, min(_MOST_PASSES, passes or _MOST_PASSES)))
    step = rent / max(1, int(((incumbent.plan.agent >= 0) & problem.free).sum()))
    for check in range(1, _CHECKS + 1):
        while pace.progress() < check / _CHECKS:
            if limits.exhausted():
                break
            auction.bid(step * _FIRST_STEP * (_LAST_STEP / _FIRST_STEP) ** pace.progress(), limits)
            pace.done += 1
        if incumbent.limits.exhausted():
            return
        auction.certify(incumbent)
        if limits.exhausted():
            return


@dataclass
class _Pace:
    """How far the passes have come: by the clock, where there is one that counts, or by their number."""

    limits: Limits
    passes: int
    done: int = 0

    def __post_init__(self) -> None:
        self._began = time.monotonic()

    def progress(self) -> float:
        """From 0 to 1, when there is nothing left to do."""
        share = self.done / self.passes
        if self.limits.deadline is not None and self.limits.effort is None:
            there_is = _SHARE_OF_CLOCK * (self.limits.deadline - self._began)
            share = max(share, (time.monotonic() - self._began) / max(there_is, 1e-9))
        return min(1.0, share)


@dataclass
class _Auction:
    """Prices of tasks on their way down to a better bound, in hundredths.

    ``worth`` is the gain of each job after its agent's fee, ``share`` the part of a task's step that each of its jobs
    takes.
    """

    problem: Problem
    asked: Prices
    jobs: Jobs
    worth: Float64
    share: Float64
    price: Float64
    average: Float64
    random: np.random.Generator

    @classmethod
    def of(cls, problem: Problem, asked: Prices, seed: int) -> "_Auction | None":
        """Starts at what tasks keep at the agents' prices; ``None`` where the programmes would take too long."""
        jobs = jobs_of(problem)
        kept = task_surplus(problem, asked) / 2.0**UNIT_BITS
        worth = jobs.gain - asked.fee[jobs.agent] / 2.0**UNIT_BITS
        if int(jobs.due[worth > kept[jobs.task]].sum()) > MOST_CELLS:
            return None
        share = 1.0 / np.maximum(1, np.bincount(jobs.task, minlength=problem.n_tasks))
        return cls(problem, asked, jobs, worth, share, kept, kept.copy(), np.random.default_rng(seed))

    def bid(self, step: float, limits: Limits) -> None:
        """One pass over all agents, in any order, unless the limits are exhausted before its end."""
        first, task, _, grains, due, _ = self.jobs
        order = self.random.permutation(len(first) - 1)
        cells = np.diff(np.append(0, np.cumsum(due))[first])[order]
        batch = np.cumsum(cells) // _CELLS_AT_ONCE
        for agents in np.split(order, np.flatnonzero(np.diff(batch)) + 1):
            if limits.exhausted():
                return
            _bid(first, task, grains, due, self.worth, agents, self.share, step, self.price)
        self.average = _MEMORY * self.average + (1 - _MEMORY) * self.price

    def certify(self, incumbent: Incumbent) -> bool:
        """Hands the average of the prices to the certificate; whether that could add it up."""
        whole = np.rint(self.average * 2.0**UNIT_BITS).astype(np.int64)
        prices = replace(self.asked, task=whole)
        bound = certified_by_task_prices(self.problem, prices, self.jobs)
        incumbent.prove(bound, BoundSource.TASK_PRICES, prices)
        return bound is not None


@compiled
def _bid(first, task, grains, due, worth, order, share, step, price):  # type: ignore[no-untyped-def]
    """Changes the prices agent by agent: what one has chosen becomes dearer, what it could have chosen cheaper."""
    most, cells = 0, 0
    for a in order:
        most = max(most, first[a + 1] - first[a])
        cells = max(cells, due[first[a] : first[a + 1]].sum())
    # f_j is as long as the next job's deadline, see `add_job`: all of them are no longer than deadlines in all
    rows, begin, table = np.zeros(most, np.int64), np.zeros(most + 2, np.int64), np.empty(2 * cells + 2 * most + 2)
    for a in order:
        low, high = first[a], first[a + 1]
        n = 0
        for k in range(low, high):
            if worth[k] > price[task[k]]:
                rows[n] = k
                n += 1
        if n > 0:
            _choose(rows[:n], grains, due, task, worth, price, begin, table)
        for k in range(low, high):
            price[task[k]] = max(0.0, price[task[k]] - step * share[task[k]])
        for k in rows[:n]:
            if k >= 0:
                price[task[k]] += step


@compiled
def _choose(rows, grains, due, task, worth, price, begin, table):  # type: ignore[no-untyped-def]
    """Puts -1 for the rows of one agent's jobs that are not in its best set; ``begin[j]`` is where f_j lies."""
    n, reach = len(rows), 0
    begin[0], begin[1] = 0, due[rows[0]] + 1
    table[0] = 0.0
    for j in range(n):
        k = rows[j]
        begin[j + 2] = begin[j + 1] + due[rows[min(j + 1, n - 1)]] + 1
        old, new = table[begin[j] : begin[j + 1]], table[begin[j + 1] : begin[j + 2]]
        reach = add_job(old, new, reach, grains[k], due[k], worth[k] - price[task[k]])
    w = reach
    for j in range(n - 1, -1, -1):
        k = rows[j]
        w = min(w, due[k])
        if table[begin[j + 1] + w] != table[begin[j] + w]:
            w -= grains[k]
        else:
            rows[j] = -1
