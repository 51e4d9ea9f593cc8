"""The problem as plain arrays for compiled loops, and the formulas that the loops share.

A gain is the payoff of a step less that of leaving the task undone, in hundredths. Gains are exact if no terms of an
agent (bonus, requested agent, cost) enter, and unrounded floats otherwise. Engines compare modes by them; the value of
a plan is always computed exactly by :func:`models.plans.plan.evaluate`.

Letters in all compiled loops: i a task, a an agent, r a requirement (a kind), t a grain, b a bucket of deadlines. An
*entry* is a row of the columns ``elig_*``, a *pair* a row of the columns ``pair_*``. In the comments on fields these
letters name the axes of an array: ``(i, step)`` has a row for each task and a column for each step.
"""

from typing import NamedTuple

import numpy as np

from models.compiled import Real, Whole, compiled, inner
from models.problem.payoff import STEPS, Worth
from models.problem.problem import DURATION_SLACK, LONGEST, Bool, Float64, Int32, Int64, Problem

N_STEPS = len(STEPS)


class Arrays(NamedTuple):
    """Columns of the problem; see :class:`models.problem.problem.Problem` for their meaning.

    Times are grains since ``as_of``, or where said so grains on the agent's capacity clock.
    """

    free: Bool  # (i) whether an engine may decide about the task
    requirement: Int32  # (i) r
    work: Float64  # (i) grains at efficiency 1
    release: Int64  # (i) the grain before which no work may begin
    deadline: Int64  # (i, step) the last grain by which the task ends in that step; -1: there is no such step
    gain: Float64  # (i, step) hundredths, whole numbers; before any agent's terms
    raw_gain: Float64  # (i, step) hundredths, before rounding; to add an agent's terms to
    requested: Int32  # (i) the requested agent; -1: none, or it adds nothing
    requested_gain: Float64  # (i) hundredths that the requested agent adds
    elig_first: Int64  # (r + 1) the entries of requirement r are elig_first[r]:elig_first[r + 1], agents ascending
    elig_agent: Int32  # (entry) an agent who has the skills
    elig_speed: Float64  # (entry) its efficiency for them: grains of work done in a grain
    pair_first: Int64  # (i + 1) the pairs of task i are pair_first[i]:pair_first[i + 1], agents ascending
    pair_agent: Int32  # (pair) the agent
    pair_allowed: Bool  # (pair) whether this agent may do the task (H8)
    pair_grains: Int64  # (pair) the duration, in grains; 0: as computed
    pair_bonus: Float64  # (pair) hundredths added to the gain
    clock_first: Int64  # (a + 1) the working windows of agent a are clock_first[a]:clock_first[a + 1]
    clock_start: Int64  # (window) first grain
    clock_end: Int64  # (window) the grain behind the last one
    clock_before: Int64  # (window) working grains of the agent before this window
    clock_num: Int64  # (a) the share of working time that may be planned, clock_num / clock_den
    clock_den: Int64  # (a)
    base: Int64  # (a) grains on the clock that started and frozen work takes; all other work comes behind it
    room: Int64  # (a) grains on the clock in all, with those of started work
    spare: Int64  # (a) how many tasks the agent may take in addition to its started work
    cost: Float64  # (a) hundredths that a grain of the agent costs


def arrays_of(problem: Problem) -> Arrays:
    """The problem's columns, contiguous and writable copies."""
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


class Links(NamedTuple):
    """The requirements that each agent meets: those of agent a are the rows ``first[a]:first[a + 1]``."""

    first: Int64  # (a + 1)
    requirement: Int64  # (row) r
    speed: Float64  # (row) the agent's efficiency for it


def links_of(arrays: Arrays) -> Links:
    """The columns ``elig_*`` by agents instead of by requirements."""
    count = np.bincount(arrays.elig_agent, minlength=len(arrays.base))
    first = np.append(0, np.cumsum(count)).astype(np.int64)
    requirement, speed = np.zeros(first[-1], np.int64), np.zeros(first[-1])
    _link(arrays.elig_first, arrays.elig_agent, arrays.elig_speed, first[:-1].copy(), requirement, speed)
    return Links(first, requirement, speed)


@compiled
def _link(
    elig_first: Int64, elig_agent: Int32, elig_speed: Float64, place: Int64, requirement: Int64, speed: Float64
) -> None:
    """Writes each entry to the next ``place`` of its agent, which moves on by one."""
    for r in range(len(elig_first) - 1):
        for entry in range(elig_first[r], elig_first[r + 1]):
            at = place[elig_agent[entry]]
            requirement[at], speed[at] = r, elig_speed[entry]
            place[elig_agent[entry]] += 1


@inner
def capacity(arrays: Arrays, a: Whole, t: Whole) -> Whole:
    """c_a(t): the grains of agent ``a`` that may be planned before grain ``t``."""
    low, high = arrays.clock_first[a], arrays.clock_first[a + 1]
    first = low
    while low < high:
        mid = (low + high) >> 1
        if arrays.clock_start[mid] < t:
            low = mid + 1
        else:
            high = mid
    if low == first:
        return np.int64(0)
    w = low - 1
    working = arrays.clock_before[w] + min(t, arrays.clock_end[w]) - arrays.clock_start[w]
    if arrays.clock_num[a] == arrays.clock_den[a]:  # to divide takes a third of the time of all this
        return working
    return arrays.clock_num[a] * working // arrays.clock_den[a]


@inner
def pair_row(arrays: Arrays, i: Whole, a: Whole) -> Whole:
    """The row of the special pair (i, a), -1 without one."""
    low, high = arrays.pair_first[i], arrays.pair_first[i + 1]
    while low < high:
        mid = (low + high) >> 1
        if arrays.pair_agent[mid] < a:
            low = mid + 1
        else:
            high = mid
    if low < arrays.pair_first[i + 1] and arrays.pair_agent[low] == a:
        return low
    return np.int64(-1)


@inner
def eligible_entry(arrays: Arrays, i: Whole, a: Whole) -> Whole:
    """The position of agent ``a`` among those eligible for task ``i`` (H2), -1 when it is not."""
    r = arrays.requirement[i]
    low, end = arrays.elig_first[r], arrays.elig_first[r + 1]
    high = end
    while low < high:
        mid = (low + high) >> 1
        if arrays.elig_agent[mid] < a:
            low = mid + 1
        else:
            high = mid
    if low < end and arrays.elig_agent[low] == a:
        return low
    return np.int64(-1)


@inner
def duration(arrays: Arrays, i: Whole, speed: Real, pair: Whole) -> Whole:
    """The grains of task ``i`` at an efficiency, or as its special ``pair`` says (-1: there is none)."""
    if pair >= 0 and arrays.pair_grains[pair] > 0:
        return arrays.pair_grains[pair]
    grains: Real = np.ceil(arrays.work[i] / speed * (1 - DURATION_SLACK))
    return np.int64(min(max(grains, 1.0), float(LONGEST)))


@inner
def gain(arrays: Arrays, i: Whole, step: Whole, a: Whole, grains: Whole, pair: Whole) -> Real:
    """The gain of agent ``a`` finishing task ``i`` in ``step``, in hundredths; ``pair`` is their special pair or -1."""
    extra = -arrays.cost[a] * grains
    if arrays.requested[i] == a:
        extra += arrays.requested_gain[i]
    if pair >= 0:
        extra += arrays.pair_bonus[pair]
    if extra == 0.0:
        return arrays.gain[i, step]
    return arrays.raw_gain[i, step] + extra
