"""Greedy: tasks by value density, each to the agent with the tightest fit. The start of every other engine."""

import numpy as np

from models.arrays import N_STEPS, Arrays, arrays_of, capacity, compiled, duration, gain, inner, pair_row
from models.engines.bounding import prove_by_prices
from models.engines.incumbent import Incumbent
from models.engines.roster import Roster, empty_roster, full, longer, plan_of, position, try_step
from models.limits import Limits
from models.outcome import Observer, Outcome
from models.plan import Plan
from models.problem import Problem

_TASKS_AT_ONCE = 20_000


def solve_greedy(problem: Problem, limits: Limits, observer: Observer, start: Plan | None = None) -> Outcome:
    """The greedy plan with a bound by prices."""
    incumbent = Incumbent(problem, limits, observer)
    if start is not None:
        incumbent.offer(start, "start")
    incumbent.offer(greedy_plan(problem), "greedy")
    prove_by_prices(incumbent, arrays_of(problem))
    return incumbent.outcome("greedy", complete=not limits.exhausted())


def greedy_plan(problem: Problem) -> Plan:
    """A legal plan in the order of value density; deterministic, milliseconds per thousand tasks."""
    A = arrays_of(problem)
    return plan_of(problem, greedy_roster(A))


def by_density(A: Arrays) -> np.ndarray:
    """The (task, step) pairs worth doing, as task * N_STEPS + step, densest gain per grain of work first."""
    best = A.raw_gain + np.maximum(A.requested_gain, 0)[:, None]
    possible = (A.deadline >= 0) & A.free[:, None] & (best + _largest_bonus(A)[:, None] > 0)
    items = np.flatnonzero(possible.reshape(-1))
    density = (A.gain / np.maximum(A.work, 1e-9)[:, None]).reshape(-1)[items]
    return items[np.lexsort((items, -density))]


def _largest_bonus(A: Arrays) -> np.ndarray:
    bonus = np.zeros(len(A.work))
    np.maximum.at(bonus, np.repeat(np.arange(len(A.work)), np.diff(A.pair_first)), A.pair_bonus)
    return bonus


def greedy_roster(A: Arrays, order: np.ndarray | None = None) -> Roster:
    """The roster that comes of placing items (default: :func:`by_density`) one after the other where they fit."""
    items = by_density(A) if order is None else order
    roster = empty_roster(A)
    done = 0
    while done < len(items):
        done += int(_place(A, roster, items[done : done + _TASKS_AT_ONCE]))
        if full(roster):
            roster = longer(roster)
    return roster


@compiled
def _place(A, X, items):  # type: ignore[no-untyped-def]
    """Places items in their order; returns how many were looked at before an agent's row was full."""
    for n in range(len(items)):
        i, step = items[n] // N_STEPS, items[n] % N_STEPS
        if X.agent_of[i] < 0:
            a = tightest(A, X, i, step)
            if a >= 0 and try_step(A, X, i, step, a) and X.count[a] >= X.job.shape[1]:
                return n + 1
    return len(items)


@inner
def tightest(A, X, i, step):  # type: ignore[no-untyped-def]
    """The agent who can finish task ``i`` in ``step`` at the best gain per grain, then with least time left."""
    best, best_density, best_room = -1, 0.0, np.int64(0)
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
        density = gain(A, i, step, a, grains, pair) / grains
        if density <= 0 or density < best_density or (density == best_density and room >= best_room):
            continue
        earliest = max(A.base[a], capacity(A, a, A.release[i]))
        if position(A, X, a, grains, earliest, capacity(A, a, A.deadline[i, step])) >= 0:
            best, best_density, best_room = a, density, room
    return best
