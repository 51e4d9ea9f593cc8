"""Everybody's planned work as sequences that can be changed quickly and stay feasible.

Agent a's jobs stand in a row in the order they are done. With R_j the earliest start of job j on the agent's
clock, D_j its promised deadline and p_j its grains, S_j = max(S_{j-1} + p_{j-1}, R_j) is when it starts and
LS_j = min(D_j, LS_{j+1}) - p_j how late it could start without anybody behind it missing a promise. A job fits
between two others exactly when it would end by its own deadline and by the LS of the one behind it. Without
release times, earliest deadline first is the only order that needs to be tried (Jackson's rule). With them, the
whole row is put in Schrage's order: whenever the agent is free, the earliest deadline of what may start by then.

Source: L. Schrage, Obtaining optimal solutions to resource constrained network scheduling problems (1971), as in
J. Carlier, The one-machine sequencing problem, Eur. J. Oper. Res. 11 (1982) 42-47.
"""

from typing import Any, NamedTuple

import numpy as np

from models.compiled import Whole, compiled, inner
from models.plans.plan import Plan
from models.problem.arrays import Arrays, capacity, duration, eligible_entry, gain, pair_row
from models.problem.payoff import LATE, ON_TIME
from models.problem.problem import Float64, Int32, Int64, Problem

TASK, STEP, GRAINS, EARLIEST, DUE, START, LATEST = range(7)
"""The fields of a job: i, the promised step, p_j, R_j, D_j, S_j and LS_j."""
N_FIELDS = 7
ANEW = 1 << 30
"""The place of a job that fits when its whole row is put in a new order."""
_FIRST_LENGTH = 32
"""Jobs that an agent has room for at first; the room is doubled when somebody needs more."""


class Sequences(NamedTuple):
    """The jobs of every agent, in the order in which they are done.

    Job k of agent a is ``job[a, k]``, for k below ``count[a]``. The place behind the last one, ``job[a, count[a]]``, is
    written by :func:`position`, and counts as no job.

    ``order`` and ``held`` are working memory. When :func:`position` returns :data:`ANEW`, ``order[0]`` is the order it
    stands for, and holds until the next call of :func:`position`; :func:`put` is the one to read it.
    """

    job: Int32  # (a, k, field) the fields TASK ... LATEST; times are grains on the agent's clock
    count: Any  # (a) int32, the number of jobs; `Any` as tuples have a method of this name
    load: Int64  # (a) grains that the jobs take
    value: Float64  # (a) hundredths that the jobs gain
    agent_of: Int32  # (i) a, -1: nobody
    order: Int32  # (4, k) places of jobs; [0] in a new order, [1:] lists on the way to it
    held: Int32  # (k, field) jobs on their way into a new order


def empty_sequences(arrays: Arrays, length: int = _FIRST_LENGTH) -> Sequences:
    """Sequences without any jobs, with room for ``length`` jobs an agent."""
    n, m = len(arrays.work), len(arrays.base)
    return Sequences(
        job=np.zeros((m, length, N_FIELDS), np.int32),
        count=np.zeros(m, np.int32),
        load=np.zeros(m, np.int64),
        value=np.zeros(m, np.float64),
        agent_of=np.full(n, -1, np.int32),
        order=np.zeros((4, length), np.int32),
        held=np.zeros((length, N_FIELDS), np.int32),
    )


def longer(sequences: Sequences) -> Sequences:
    """The same sequences with room for twice as many jobs an agent."""
    return sequences._replace(
        job=np.concatenate([sequences.job, np.zeros_like(sequences.job)], axis=1),
        order=np.concatenate([sequences.order, sequences.order], axis=1),
        held=np.concatenate([sequences.held, sequences.held]),
    )


def full(sequences: Sequences) -> bool:
    """Whether some agent has no room for one more job."""
    return bool(len(sequences.count)) and int(sequences.count.max()) >= sequences.job.shape[1]


def plan_of(problem: Problem, sequences: Sequences) -> Plan:
    """The jobs and the started work, as a plan."""
    agent, start = problem.pinned_agent.copy(), problem.pinned_start.copy()
    held = np.arange(sequences.job.shape[1])[None, :] < sequences.count[:, None]
    jobs = sequences.job[held]
    agent[jobs[:, TASK]] = np.nonzero(held)[0]
    start[jobs[:, TASK]] = jobs[:, START]
    return Plan(agent=agent, start=start)


def sequences_of(problem: Problem, arrays: Arrays, plan: Plan, more: int = 0) -> Sequences:
    """A legal plan's free work as sequences: each task promised the step it is finished in.

    There is room for ``more`` jobs than anybody has.
    """
    tasks = np.flatnonzero((plan.agent >= 0) & problem.free)
    agents = plan.agent[tasks].astype(np.int64)
    order = np.lexsort((plan.start[tasks], agents))
    tasks, agents = tasks[order], agents[order]
    end = plan.start[tasks] + problem.durations(tasks, agents)
    on_time = end <= problem.clocks.capacity(agents, problem.deadline[tasks, ON_TIME])
    most = int(np.bincount(agents, minlength=1).max()) if len(agents) else 0
    length = _FIRST_LENGTH
    while length <= most:
        length *= 2
    sequences = empty_sequences(arrays, most + more if more else length)
    steps = np.where(on_time & (problem.deadline[tasks, ON_TIME] >= 0), ON_TIME, LATE)
    _fill(arrays, sequences, tasks, agents, steps)
    return sequences


@compiled
def _fill(arrays: Arrays, sequences: Sequences, tasks: Int64, agents: Int64, steps: Int64) -> None:
    """Appends each task to its agent's row, promised its step; an agent's tasks come in their order."""
    for k in range(len(tasks)):
        _write(arrays, sequences, agents[k], sequences.count[agents[k]], tasks[k], steps[k])
    for a in range(len(sequences.count)):
        if sequences.count[a]:
            retime(arrays, sequences, a, 0, sequences.count[a] - 1)


@inner
def position(arrays: Arrays, sequences: Sequences, a: Whole, grains: Whole, earliest: Whole, due: Whole) -> Whole:
    """Where a job fits in agent ``a``'s row: a place, :data:`ANEW`, or -1 when it does not.

    ``earliest`` and ``due`` are grains on the agent's clock. Writes the job behind the end of the row, and with
    :data:`ANEW` the new order, which :func:`put` reads: nothing may come between the two.
    """
    count = sequences.count[a]
    if (
        arrays.base[a] + sequences.load[a] + grains > arrays.room[a]
        or count >= arrays.spare[a]
        or count >= sequences.job.shape[1]
    ):
        return -1
    row = sequences.job[a]
    compact = count == 0 or row[count - 1, START] + row[count - 1, GRAINS] == arrays.base[a] + sequences.load[a]
    if earliest > arrays.base[a] or not compact:
        row[count, GRAINS], row[count, EARLIEST], row[count, DUE] = grains, earliest, due
        if _keeps_promises_anew(arrays, sequences, a):
            return ANEW
        return _least_idle(arrays, row, count, a, grains, earliest, due)
    low, high = 0, count
    while low < high:
        mid = (low + high) >> 1
        if row[mid, DUE] <= due:
            low = mid + 1
        else:
            high = mid
    return low if fits(arrays, row, count, a, low, grains, earliest, due) >= 0 else -1


@inner
def _keeps_promises_anew(arrays: Arrays, sequences: Sequences, a: Whole) -> bool:
    """Writes Schrage's order of a row and the job behind its end to ``order[0]``; whether all are in time."""
    row, count = sequences.job[a], sequences.count[a]
    order, at_once, released, ready = sequences.order[0], sequences.order[1], sequences.order[2], sequences.order[3]
    n_at_once, n_released, n_ready = 0, 0, 0
    for k in range(count + 1):
        if row[k, EARLIEST] > arrays.base[a]:
            n_released = _insert(row, released, 0, n_released, k, EARLIEST)
        else:
            n_at_once = _insert(row, at_once, 0, n_at_once, k, DUE)
    u, r, first_ready, clock = 0, 0, 0, np.int64(arrays.base[a])
    for place in range(count + 1):
        while r < n_released and row[released[r], EARLIEST] <= clock:
            n_ready = _insert(row, ready, first_ready, n_ready, released[r], DUE)
            r += 1
        if first_ready < n_ready and (u == n_at_once or row[ready[first_ready], DUE] <= row[at_once[u], DUE]):
            k = ready[first_ready]
            first_ready += 1
        elif u < n_at_once:
            k = at_once[u]
            u += 1
        else:
            k = released[r]
            r += 1
        clock = max(clock, row[k, EARLIEST]) + row[k, GRAINS]
        if clock > row[k, DUE]:
            return False
        order[place] = k
    return True


@inner
def _insert(row: Int32, places: Int32, first: Whole, count: Whole, k: Whole, field: Whole) -> Whole:
    """Adds place ``k`` to ``places[first:count]``, which are in the order of a field of the row; the new count."""
    at = count
    while at > first and row[places[at - 1], field] > row[k, field]:
        places[at] = places[at - 1]
        at -= 1
    places[at] = k
    return count + 1


@inner
def _least_idle(
    arrays: Arrays, row: Int32, count: Whole, a: Whole, grains: Whole, earliest: Whole, due: Whole
) -> Whole:
    """The place in a row as it stands that leaves least time idle, of equal ones the last; -1 without any."""
    best, least, behind = -1, np.int64(1) << 40, np.int64(0)
    for k in range(count, -1, -1):
        idle = fits(arrays, row, count, a, k, grains, earliest, due)
        # what is idle behind the place is used up when the jobs there move back
        if idle >= 0 and idle - min(behind, idle + grains) < least:
            best, least = k, idle - min(behind, idle + grains)
        if k > 0:
            end = np.int64(arrays.base[a]) if k == 1 else np.int64(row[k - 2, START] + row[k - 2, GRAINS])
            behind += row[k - 1, START] - end
    return best


@inner
def fits(
    arrays: Arrays, row: Int32, count: Whole, a: Whole, k: Whole, grains: Whole, earliest: Whole, due: Whole
) -> Whole:
    """The grains left idle before a job at place ``k`` of a row, -1 when it does not fit there."""
    behind = np.int64(arrays.base[a]) if k == 0 else np.int64(row[k - 1, START] + row[k - 1, GRAINS])
    end = max(behind, earliest) + grains
    if end > due or (k < count and end > row[k, LATEST]):
        return np.int64(-1)
    return end - grains - behind


@inner
def retime(arrays: Arrays, sequences: Sequences, a: Whole, first: Whole, last: Whole) -> None:
    """Works agent ``a``'s times out anew: starts from job ``first`` on, and latest starts from job ``last`` back."""
    retime_row(sequences.job[a, : sequences.count[a]], arrays.base[a], first, last)


@inner
def retime_row(row: Int32, base: Whole, first: Whole, last: Whole) -> None:
    """Recomputes starts from job ``first`` on, and latest starts from job ``last`` back.

    The jobs behind ``last`` have the right latest starts, and had the right starts for what stood before them.
    """
    count = len(row)
    behind = base if first == 0 else np.int64(row[first - 1, START] + row[first - 1, GRAINS])
    for j in range(first, count):
        start = max(behind, np.int64(row[j, EARLIEST]))
        if j > last and row[j, START] == start:
            break
        row[j, START] = start
        behind = start + row[j, GRAINS]
    for j in range(last, -1, -1):
        end = row[j, DUE] if j == count - 1 else min(row[j, DUE], row[j + 1, LATEST])
        latest = end - row[j, GRAINS]
        if j < first and row[j, LATEST] == latest:
            break
        row[j, LATEST] = latest


@inner
def put(arrays: Arrays, sequences: Sequences, a: Whole, k: Whole, i: Whole, step: Whole) -> None:
    """Puts task ``i``, promised ``step``, at place ``k`` of agent ``a``'s row, which :func:`position` has just found.

    The agent is eligible and has room for the job. Other callers find a place by :func:`fits`, never :data:`ANEW`.
    """
    row, count = sequences.job[a], sequences.count[a]
    _write(arrays, sequences, a, count if k == ANEW else k, i, step)
    if k == ANEW:
        _reorder(sequences, row, count + 1)
        retime(arrays, sequences, a, 0, count)
    else:
        retime(arrays, sequences, a, k, k)


@inner
def _write(arrays: Arrays, sequences: Sequences, a: Whole, at: Whole, i: Whole, step: Whole) -> None:
    """Writes task ``i`` into agent ``a``'s row, before what stands at place ``at``; times are not worked out."""
    entry, pair = eligible_entry(arrays, i, a), pair_row(arrays, i, a)
    grains = duration(arrays, i, arrays.elig_speed[entry], pair)
    row, count = sequences.job[a], sequences.count[a]
    for j in range(count, at, -1):
        for field in range(N_FIELDS):
            row[j, field] = row[j - 1, field]
    earliest = max(arrays.base[a], capacity(arrays, a, arrays.release[i]))
    row[at, TASK], row[at, STEP], row[at, GRAINS], row[at, EARLIEST] = i, step, grains, earliest
    row[at, DUE] = capacity(arrays, a, arrays.deadline[i, step])
    sequences.count[a] += 1
    sequences.load[a] += grains
    sequences.value[a] += gain(arrays, i, step, a, grains, pair)
    sequences.agent_of[i] = a


@inner
def _reorder(sequences: Sequences, row: Int32, count: Whole) -> None:
    """Puts the ``count`` jobs of a row in the order found for them."""
    for j in range(count):
        for field in range(N_FIELDS):
            sequences.held[j, field] = row[j, field]
    for j in range(count):
        for field in range(N_FIELDS):
            row[j, field] = sequences.held[sequences.order[0, j], field]


@inner
def clear(arrays: Arrays, sequences: Sequences, a: Whole) -> None:
    """Takes all jobs from agent ``a``."""
    for k in range(sequences.count[a]):
        sequences.agent_of[sequences.job[a, k, TASK]] = -1
    sequences.count[a], sequences.load[a], sequences.value[a] = 0, 0, 0.0


@inner
def try_step(arrays: Arrays, sequences: Sequences, i: Whole, step: Whole, a: Whole) -> bool:
    """Gives task ``i`` to agent ``a`` if it is allowed, gains something and fits; whether it did."""
    if arrays.deadline[i, step] < 0:
        return False
    entry = eligible_entry(arrays, i, a)
    if entry < 0:
        return False
    pair = pair_row(arrays, i, a)
    if pair >= 0 and not arrays.pair_allowed[pair]:
        return False
    grains = duration(arrays, i, arrays.elig_speed[entry], pair)
    if arrays.base[a] + sequences.load[a] + grains > arrays.room[a] or gain(arrays, i, step, a, grains, pair) <= 0:
        return False
    earliest = max(arrays.base[a], capacity(arrays, a, arrays.release[i]))
    k = position(arrays, sequences, a, grains, earliest, capacity(arrays, a, arrays.deadline[i, step]))
    if k >= 0:
        put(arrays, sequences, a, k, i, step)
    found: bool = k >= 0
    return found
