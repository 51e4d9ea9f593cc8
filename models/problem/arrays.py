"""The problem as plain arrays for compiled loops, and the formulas that the loops share.

A gain is the payoff of a step less that of leaving the task undone, in hundredths. Gains are exact if no terms of an
agent (bonus, requested agent, cost) enter, and unrounded floats otherwise. Engines compare modes by them; the value of
a plan is always computed exactly by :func:`models.plans.plan.evaluate`.
"""

from typing import Any, NamedTuple

import numpy as np

from models.compiled import compiled, inner
from models.problem.payoff import STEPS, Worth
from models.problem.problem import DURATION_SLACK, LONGEST, Problem

N_STEPS = len(STEPS)


class Arrays(NamedTuple):
    """Columns of the problem; see :class:`models.problem.problem.Problem` for their meaning and units."""

    free: Any
    requirement: Any
    work: Any
    release: Any
    deadline: Any
    gain: Any
    raw_gain: Any
    requested: Any
    requested_gain: Any
    elig_first: Any
    elig_agent: Any
    elig_speed: Any
    pair_first: Any
    pair_agent: Any
    pair_allowed: Any
    pair_grains: Any
    pair_bonus: Any
    clock_first: Any
    clock_start: Any
    clock_end: Any
    clock_before: Any
    clock_num: Any
    clock_den: Any
    base: Any
    room: Any
    spare: Any
    cost: Any


def arrays_of(problem: Problem) -> Arrays:
    """The problem's columns; ``spare`` is how many tasks each agent may take in addition to its started work."""
    worth: Worth = problem.worth
    clocks, pairs, eligibility = problem.clocks, problem.pairs, problem.eligibility
    share = 100 * float(worth.terms.requested_agent_share)
    cost = 100 * float(worth.terms.cost_weight) * problem.grain_s / 3600
    columns = (
        problem.free,
        problem.requirement,
        problem.work,
        problem.release,
        problem.deadline,
        (problem.payoff - problem.undone[:, None]).astype(np.float64),
        problem.worth_of_steps - problem.undone[:, None],
        problem.requested if share > 0 else np.full(problem.n_tasks, -1, np.int32),
        share * worth.weighted(),
        eligibility.first,
        eligibility.agent,
        eligibility.efficiency,
        pairs.first,
        pairs.agent,
        pairs.allowed,
        pairs.grains,
        100 * pairs.bonus,
        clocks.first,
        clocks.start,
        clocks.end,
        clocks.before,
        clocks.num,
        clocks.den,
        problem.pinned_load,
        clocks.total(),
        np.maximum(0, problem.max_tasks - problem.pinned_count),
        cost * problem.cost_per_hour,
    )
    # always the same array type for numba: contiguous and writable
    return Arrays(*(np.array(column, order="C") for column in columns))


def links_of(A: Arrays) -> tuple[Any, Any, Any]:
    """Each agent's requirements and efficiencies: rows ``first[a]:first[a + 1]`` of the two columns."""
    count = np.bincount(A.elig_agent, minlength=len(A.base))
    first = np.append(0, np.cumsum(count)).astype(np.int64)
    requirement, speed = np.zeros(first[-1], np.int64), np.zeros(first[-1])
    _link(A.elig_first, A.elig_agent, A.elig_speed, first[:-1].copy(), requirement, speed)
    return first, requirement, speed


@compiled
def _link(elig_first, elig_agent, elig_speed, place, requirement, speed):  # type: ignore[no-untyped-def]
    """Writes each eligible entry to its agent's next free position."""
    for r in range(len(elig_first) - 1):
        for entry in range(elig_first[r], elig_first[r + 1]):
            at = place[elig_agent[entry]]
            requirement[at], speed[at] = r, elig_speed[entry]
            place[elig_agent[entry]] += 1


@inner
def capacity(A, a, t):  # type: ignore[no-untyped-def]
    """c_a(t): the grains of agent ``a`` that may be planned before grain ``t``."""
    low, high = A.clock_first[a], A.clock_first[a + 1]
    first = low
    while low < high:
        mid = (low + high) >> 1
        if A.clock_start[mid] < t:
            low = mid + 1
        else:
            high = mid
    if low == first:
        return np.int64(0)
    w = low - 1
    return A.clock_num[a] * (A.clock_before[w] + min(t, A.clock_end[w]) - A.clock_start[w]) // A.clock_den[a]


@inner
def pair_row(A, i, a):  # type: ignore[no-untyped-def]
    """The row of the special pair (i, a), -1 without one."""
    low, high = A.pair_first[i], A.pair_first[i + 1]
    while low < high:
        mid = (low + high) >> 1
        if A.pair_agent[mid] < a:
            low = mid + 1
        else:
            high = mid
    if low < A.pair_first[i + 1] and A.pair_agent[low] == a:
        return low
    return np.int64(-1)


@inner
def eligible_entry(A, i, a):  # type: ignore[no-untyped-def]
    """The position of agent ``a`` among those eligible for task ``i`` (H2), -1 when it is not."""
    r = A.requirement[i]
    low, end = A.elig_first[r], A.elig_first[r + 1]
    high = end
    while low < high:
        mid = (low + high) >> 1
        if A.elig_agent[mid] < a:
            low = mid + 1
        else:
            high = mid
    if low < end and A.elig_agent[low] == a:
        return low
    return np.int64(-1)


@inner
def duration(A, i, speed, row):  # type: ignore[no-untyped-def]
    """The grains of task ``i`` at an efficiency, or as the special pair in ``row`` says."""
    if row >= 0 and A.pair_grains[row] > 0:
        return A.pair_grains[row]
    grains = np.ceil(A.work[i] / speed * (1 - DURATION_SLACK))
    return np.int64(min(max(grains, 1.0), float(LONGEST)))


@inner
def gain(A, i, step, a, grains, row):  # type: ignore[no-untyped-def]
    """The gain of agent ``a`` finishing task ``i`` in ``step``, in hundredths."""
    extra = -A.cost[a] * grains
    if A.requested[i] == a:
        extra += A.requested_gain[i]
    if row >= 0:
        extra += A.pair_bonus[row]
    if extra == 0.0:
        return A.gain[i, step]
    return A.raw_gain[i, step] + extra
