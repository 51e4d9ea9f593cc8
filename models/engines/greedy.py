"""Greedy: one task after the other, each to the agent whose time it pays best. The start of every other engine.

Every grain of an agent's time has a price. Without better knowledge it is the same for all, tasks come in the
order of value density, and each goes to the agent who needs least time for it. With the prices that prove a
bound, tasks come in the order of their margin over the prices, and each goes where its margin is largest; of
equal agents, the one with least time left takes it.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.arrays import N_STEPS, Arrays, arrays_of, capacity, compiled, duration, gain, inner, pair_row
from models.engines.bounding import Priced, prices_proving_bounds
from models.engines.incumbent import Incumbent
from models.engines.roster import Roster, empty_roster, full, longer, plan_of, position, try_step
from models.limits import Limits
from models.outcome import Observer, Outcome
from models.plan import Plan
from models.problem import Problem

_TASKS_AT_ONCE = 20_000

Int64 = NDArray[np.int64]


def solve_greedy(problem: Problem, limits: Limits, observer: Observer, start: Plan | None = None) -> Outcome:
    """The greedy plan, with a bound by prices."""
    incumbent = Incumbent(problem, limits, observer)
    if start is not None:
        incumbent.offer(start, "start")
    incumbent.offer(greedy_plan(problem), "greedy")
    for _ in prices_proving_bounds(incumbent, arrays_of(problem)):
        if incumbent.finished():
            break
    return incumbent.outcome("greedy", complete=not limits.exhausted())


def greedy_plan(problem: Problem) -> Plan:
    """A legal plan in the order of value density; deterministic, milliseconds per thousand tasks."""
    A = arrays_of(problem)
    return plan_of(problem, greedy_roster(A, by_density(A)))


def priced_plan(problem: Problem, A: Arrays, priced: Priced) -> Plan:
    """A legal plan that follows prices: in the order of margin, each task where its margin is largest."""
    bucket = np.searchsorted(priced.edges, A.deadline, side="right") - 1
    margin = np.full(A.deadline.shape, -np.inf)
    _margins(A, priced.price, bucket, margin)
    items = np.flatnonzero(np.isfinite(margin.reshape(-1)))
    order = items[np.lexsort((items, -margin.reshape(-1)[items]))]
    return plan_of(problem, greedy_roster(A, order, priced.price, bucket))


def by_density(A: Arrays) -> Int64:
    """The (task, step) items worth doing, as task * N_STEPS + step, densest gain per grain of work first."""
    best = A.raw_gain + np.maximum(A.requested_gain, 0)[:, None] + _largest_bonus(A)[:, None]
    possible = (A.deadline >= 0) & A.free[:, None] & (best > 0)
    items = np.flatnonzero(possible.reshape(-1))
    density = (A.gain / np.maximum(A.work, 1e-9)[:, None]).reshape(-1)[items]
    return items[np.lexsort((items, -density))]


def _largest_bonus(A: Arrays) -> NDArray[np.float64]:
    bonus = np.zeros(len(A.work))
    np.maximum.at(bonus, np.repeat(np.arange(len(A.work)), np.diff(A.pair_first)), A.pair_bonus)
    return bonus


def greedy_roster(A: Arrays, items: Int64, price: Any = None, bucket: Any = None) -> Roster:
    """The roster that comes of placing items (task * N_STEPS + step) one after the other where they fit.

    ``price`` has the shape (agents, buckets) in hundredths per grain, ``bucket`` is each task's and step's; without
    them all time has the same small price, which favours the quickest.
    """
    if price is None or bucket is None:
        price, bucket = np.full((len(A.base), 1), 1e-6), np.zeros(A.deadline.shape, np.int64)
    roster = empty_roster(A)
    done = 0
    while done < len(items):
        done += int(_place(A, roster, items[done : done + _TASKS_AT_ONCE], price, bucket))
        if full(roster):
            roster = longer(roster)
    return roster


@compiled
def _place(A, X, items, price, bucket):  # type: ignore[no-untyped-def]
    """Places items in their order; returns how many were looked at before an agent's row was full."""
    for n in range(len(items)):
        i, step = items[n] // N_STEPS, items[n] % N_STEPS
        if X.agent_of[i] < 0:
            a = _best_paid(A, X, i, step, price, bucket)
            if a >= 0 and try_step(A, X, i, step, a) and X.count[a] >= X.job.shape[1]:
                return n + 1
    return len(items)


@inner
def _best_paid(A, X, i, step, price, bucket):  # type: ignore[no-untyped-def]
    """The agent who can finish task ``i`` in ``step`` at the largest margin, then with least time left; or -1."""
    best, best_margin, best_room = -1, -np.inf, np.int64(0)
    r = A.requirement[i]
    has_pairs = A.pair_first[i + 1] > A.pair_first[i]
    for entry in range(A.elig_first[r], A.elig_first[r + 1]):
        a = A.elig_agent[entry]
        room = A.room[a] - A.base[a] - X.load[a]
        if room <= 0:
            continue
        pair = pair_row(A, i, a) if has_pairs else np.int64(-1)
        if pair >= 0 and not A.pair_allowed[pair]:
            continue
        grains = duration(A, i, A.elig_speed[entry], pair)
        if grains > room:
            continue
        worth = gain(A, i, step, a, grains, pair)
        margin = worth - grains * price[a, bucket[i, step]]
        if worth <= 0 or margin < best_margin or (margin == best_margin and room >= best_room):
            continue
        earliest = max(A.base[a], capacity(A, a, A.release[i]))
        if position(A, X, a, grains, earliest, capacity(A, a, A.deadline[i, step])) >= 0:
            best, best_margin, best_room = a, margin, room
    return best


@compiled
def _margins(A, price, bucket, margin):  # type: ignore[no-untyped-def]
    """The largest margin of each task and step over all its agents; -inf where nobody gains."""
    for i in range(len(A.work)):
        if not A.free[i]:
            continue
        r = A.requirement[i]
        has_pairs = A.pair_first[i + 1] > A.pair_first[i]
        for entry in range(A.elig_first[r], A.elig_first[r + 1]):
            a = A.elig_agent[entry]
            pair = pair_row(A, i, a) if has_pairs else np.int64(-1)
            if pair >= 0 and not A.pair_allowed[pair]:
                continue
            grains = duration(A, i, A.elig_speed[entry], pair)
            for step in range(N_STEPS):
                if A.deadline[i, step] >= 0:
                    worth = gain(A, i, step, a, grains, pair)
                    if worth > 0:
                        margin[i, step] = max(margin[i, step], worth - grains * price[a, bucket[i, step]])
