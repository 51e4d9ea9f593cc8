"""Among plans of the same value, the one a planner would choose.

The order of aims: overdue and earlier-due work sooner, idle people before busy ones, then an even load within a team;
never at the cost of value. Three moves reach it from any legal plan. None of them lowers a payoff:

- *swap*: of two neighbours in a person's day the earlier due goes first, if both keep their outcome and so does all
  work behind them;
- *take over*: somebody with free time takes a task that they can finish sooner, for a payoff no lower; it may push
  back what is due later there, within its outcome;
- *share*: somebody of the same team with a lower load takes a task that they finish no later, pushing nothing back.

Swaps and take-overs bring tasks forward in the order of their urgency, sharing leaves every end as it is or earlier, so
no plan comes back. The work is counted, not timed: the result is the same every time.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.compiled import compiled, inner
from models.engines.search.sequences import (
    DUE,
    EARLIEST,
    GRAINS,
    LATEST,
    N_FIELDS,
    START,
    STEP,
    TASK,
    Sequences,
    plan_of,
    put,
    retime,
    retime_row,
    sequences_of,
)
from models.plans.plan import Plan, evaluate
from models.problem.arrays import Arrays, arrays_of, capacity, duration, eligible_entry, gain, pair_row
from models.problem.payoff import ON_TIME
from models.problem.problem import Problem

_ROUNDS = 100
"""Rounds of all moves; a plan of 3,000 tasks comes to rest in about forty, a small one in two to four."""
_TRIES = 8
"""People with time who are asked for each task at a time, those next in the list of who may do it."""
_WORK_PER_TASK, _LEAST_WORK, _TRY = 250, 60_000_000, 8
"""Places in days that are looked at, on average and at least, and what asking somebody counts as: bounds the work. A
hundred million take a second; what is looked at first is the most urgent."""
_SPARE = 64
"""So many more tasks may come to whoever has most."""

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]


class Standing(NamedTuple):
    """What the moves go by.

    ``rank`` is each task's place in the order of urgency, ``first[a, k]`` the lowest one of agent a's job k and all
    behind it. Entries ``taker_first[r]:taker_first[r + 1]`` of ``taker`` are those people of requirement r, team by
    team, who had time when this round of moves began. ``budget`` is the work that is left.
    """

    team: Any
    rank: Any
    first: Any
    taker: Any
    taker_first: Any
    budget: Any


def arranged(problem: Problem, plan: Plan, team: Int64, movable: Bool | None = None) -> Plan:
    """The plan with its work arranged as above, worth as much or more; deterministic.

    ``team`` numbers each agent's team. Only ``movable`` tasks (default: all) change their place or time; started,
    frozen and pinned work stays in any case.
    """
    movable = problem.free if movable is None else problem.free & movable
    if not (movable & (plan.agent >= 0)).any():
        return plan
    A = arrays_of(problem)
    sequences = sequences_of(problem, A, plan, more=_SPARE)
    # one array type for numba whatever came in, as in `arrays_of`: another one is compiled again
    team, movable, start = np.array(team, np.int64), np.array(movable), np.array(plan.start)
    _hold(A, sequences, movable, start)
    rank = _ranks(problem)
    urgent = np.argsort(rank)
    urgent = urgent[movable[urgent] & (plan.agent[urgent] >= 0)]
    leisurely = urgent[::-1].copy()
    budget = np.array([max(_LEAST_WORK, _WORK_PER_TASK * len(urgent))])
    first = np.empty(sequences.job.shape[:2], np.int32)
    entries = _by_team(A, team)
    for _ in range(_ROUNDS):
        changed = _swap(A, sequences, rank)
        for tasks, sooner in ((urgent, True), (leisurely, False)):
            U = Standing(team, rank, first, *_takers(A, sequences, entries), budget)
            changed += _hand_over(A, sequences, U, tasks, sooner)
        if not changed:
            break
    found = plan_of(problem, sequences)
    return found if evaluate(problem, found).objective >= evaluate(problem, plan).objective else plan


def _by_team(A: Arrays, team: Int64) -> tuple[Int64, Int64]:
    """The entries of eligible people by requirement, those of a team together; and the requirement of each."""
    owner = np.repeat(np.arange(len(A.elig_first) - 1), np.diff(A.elig_first))
    return np.lexsort((team[A.elig_agent], owner)), owner


def _takers(A: Arrays, sequences: Sequences, entries: tuple[Int64, Int64]) -> tuple[Int64, Int64]:
    """The entries of people who have time for one more task, and where those of each requirement begin."""
    free = (A.base + sequences.load < A.room) & (sequences.count < A.spare) & (sequences.count < sequences.job.shape[1])
    order, owner = entries
    able = free[A.elig_agent[order]]
    first: Int64 = np.searchsorted(owner[able], np.arange(len(A.elig_first)))
    return order[able], first


def _ranks(problem: Problem) -> Int64:
    """Each task's place in the order of urgency: the earliest due first, then the most valuable."""
    order = np.lexsort((-problem.worth.weighted(), _due(problem)))
    rank = np.empty(problem.n_tasks, np.int64)
    rank[order] = np.arange(problem.n_tasks)
    return rank


def _due(problem: Problem) -> Int64:
    """When tasks are due, in microseconds since ``as_of``, as far as the problem knows: overdue ones are negative."""
    overdue = problem.worth.overdue_us
    due: Int64 = np.where(overdue >= 0, -1 - overdue, problem.due * problem.grain_s * 1_000_000)
    return due


@compiled
def _hold(A, X, movable, start):  # type: ignore[no-untyped-def]
    """Keeps the jobs of tasks that may not move where they are."""
    for a in range(len(X.count)):
        for k in range(X.count[a]):
            job = X.job[a, k]
            if not movable[job[TASK]]:
                job[EARLIEST] = start[job[TASK]]
                job[DUE] = job[EARLIEST] + job[GRAINS]
        if X.count[a]:
            retime(A, X, a, 0, X.count[a] - 1)


@compiled
def _swap(A, X, rank):  # type: ignore[no-untyped-def]
    """Brings earlier-due work forward in everybody's day; how many neighbours changed places."""
    swaps = 0
    for a in range(len(X.count)):
        row, base, again = X.job[a, : X.count[a]], A.base[a], True
        while again:
            again = False
            for k in range(1, len(row)):
                at = k
                while at > 0 and rank[row[at, TASK]] < rank[row[at - 1, TASK]] and _swap_with_former(row, base, at):
                    swaps += 1
                    at -= 1
                    again = True
    return swaps


@inner
def _swap_with_former(row, base, k):  # type: ignore[no-untyped-def]
    """Swaps job ``k`` with the one before it, if it ends sooner and nothing loses its outcome; whether it did."""
    behind = base if k == 1 else np.int64(row[k - 2, START] + row[k - 2, GRAINS])
    end = max(behind, np.int64(row[k, EARLIEST])) + row[k, GRAINS]
    if end >= row[k, START] + row[k, GRAINS]:
        return False
    other = max(end, np.int64(row[k - 1, EARLIEST])) + row[k - 1, GRAINS]
    if other > row[k - 1, DUE] or (k + 1 < len(row) and other > row[k + 1, LATEST]):
        return False
    for field in range(N_FIELDS):
        row[k, field], row[k - 1, field] = row[k - 1, field], row[k, field]
    retime_row(row, base, k - 1, k)
    return True


@inner
def _note(X, U, a):  # type: ignore[no-untyped-def]
    """Notes the most urgent task of agent ``a`` from each place on."""
    least = np.int64(1) << 30
    for k in range(X.count[a] - 1, -1, -1):
        least = min(least, U.rank[X.job[a, k, TASK]])
        U.first[a, k] = least


@compiled
def _hand_over(A, X, U, tasks, sooner):  # type: ignore[no-untyped-def]
    """Hands tasks over, one after the other; how many moved.

    ``sooner``: to people with free time who finish them sooner; else to those of the same team with a lower load.
    """
    moved = 0
    for a in range(len(X.count)):
        _note(X, U, a)
    for i in tasks:
        if U.budget[0] <= 0:
            break
        a, r = X.agent_of[i], A.requirement[i]
        low, high = U.taker_first[r], U.taker_first[r + 1]
        if not sooner:
            low, high = _of_team(A, U, low, high, U.team[a]), _of_team(A, U, low, high, U.team[a] + 1)
        if low == high:
            continue
        k = _place_of(X, a, i)
        if not (sooner and k == 0 and X.job[a, k, START] == A.base[a]):  # else it cannot begin sooner
            moved += _move(A, X, U, i, a, k, low, high, sooner)
    return moved


@inner
def _of_team(A, U, low, high, team):  # type: ignore[no-untyped-def]
    """The first of these takers whose team is ``team`` or a later one."""
    while low < high:
        mid = (low + high) >> 1
        if U.team[A.elig_agent[U.taker[mid]]] < team:
            low = mid + 1
        else:
            high = mid
    return low


@inner
def _place_of(X, a, i):  # type: ignore[no-untyped-def]
    """The place of task ``i`` in agent ``a``'s day."""
    for k in range(X.count[a]):
        if X.job[a, k, TASK] == i:
            return k
    return -1


@inner
def _move(A, X, U, i, a, k, low, high, sooner):  # type: ignore[no-untyped-def]
    """Gives task ``i``, job ``k`` of agent ``a``, to the taker who finishes it first, of equals the least loaded.

    ``sooner``: it must end sooner than now; else no later, with somebody whose load stays lower. Whether it moved.
    """
    job = X.job[a, k]
    step_now = job[STEP]
    now = gain(A, i, step_now, a, np.int64(job[GRAINS]), pair_row(A, i, a))
    load_now = _load(A, X, a, 0)
    best, best_place, best_step = np.int64(-1), 0, 0
    best_end, best_load = _clock_end(A, a, job[START] + job[GRAINS]), load_now
    tries, at = 0, low + i % (high - low)
    for _ in range(high - low):
        if tries >= _TRIES or U.budget[0] <= 0:
            break
        U.budget[0] -= 1
        entry = U.taker[at]
        at = at + 1 if at + 1 < high else low
        b = A.elig_agent[entry]
        if b == a or X.count[b] >= A.spare[b] or X.count[b] >= X.job.shape[1]:
            continue
        pair = pair_row(A, i, b)
        if pair >= 0 and not A.pair_allowed[pair]:
            continue
        grains = duration(A, i, A.elig_speed[entry], pair)
        load = _load(A, X, b, grains)
        if A.base[b] + X.load[b] + grains > A.room[b] or (not sooner and load >= load_now):
            continue
        tries += 1
        U.budget[0] -= _TRY
        earliest = max(A.base[b], capacity(A, b, A.release[i]))
        limit = capacity(A, b, best_end - 1 if sooner and best < 0 else best_end)
        if earliest + grains > limit:
            continue
        for step in range(ON_TIME, step_now + 1):
            if A.deadline[i, step] < 0 or gain(A, i, step, b, grains, pair) < now:
                continue
            place = _place_for(A, X, U, b, i, grains, earliest, min(limit, capacity(A, b, A.deadline[i, step])), sooner)
            if place < 0:
                continue
            behind = A.base[b] if place == 0 else np.int64(X.job[b, place - 1, START] + X.job[b, place - 1, GRAINS])
            end = _clock_end(A, b, max(behind, earliest) + grains)
            if end < best_end or load < best_load or (sooner and best < 0):
                best, best_place, best_step, best_end, best_load = np.int64(b), place, step, end, load
            break
    if best < 0:
        return False
    _remove(A, X, a, k)
    put(A, X, best, best_place, i, best_step)
    _note(X, U, a)
    _note(X, U, best)
    return True


@inner
def _load(A, X, a, more):  # type: ignore[no-untyped-def]
    """The share of agent ``a``'s time that is planned, with ``more`` grains."""
    return (A.base[a] + X.load[a] + more) / max(A.room[a], 1)


@inner
def _place_for(A, X, U, b, i, grains, earliest, limit, push):  # type: ignore[no-untyped-def]
    """The first place in agent ``b``'s day where a job ends by a limit; -1 without any.

    It makes nothing behind it start later, or where it may ``push`` nothing more urgent.
    """
    row, count = X.job[b], X.count[b]
    first = _behind_more_urgent(U, b, count, U.rank[i]) if push else count
    compact = count == 0 or row[count - 1, START] + row[count - 1, GRAINS] == A.base[b] + X.load[b]
    for k in range(first if compact else 0, count + 1):
        U.budget[0] -= 1
        end = max(A.base[b] if k == 0 else np.int64(row[k - 1, START] + row[k - 1, GRAINS]), earliest) + grains
        if end > limit:
            return -1
        if k == count or end <= row[k, START] or (k >= first and end <= row[k, LATEST]):
            return k
    return -1


@inner
def _behind_more_urgent(U, b, count, rank):  # type: ignore[no-untyped-def]
    """The first place in agent ``b``'s day from which on nothing is more urgent."""
    low, high = 0, count
    while low < high:
        mid = (low + high) >> 1
        if U.first[b, mid] < rank:
            low = mid + 1
        else:
            high = mid
    return low


@inner
def _remove(A, X, a, k):  # type: ignore[no-untyped-def]
    """Takes job ``k`` from agent ``a``'s day."""
    row, i = X.job[a], X.job[a, k, TASK]
    entry, pair = eligible_entry(A, i, a), pair_row(A, i, a)
    X.load[a] -= row[k, GRAINS]
    X.value[a] -= gain(A, i, row[k, STEP], a, duration(A, i, A.elig_speed[entry], pair), pair)
    for j in range(k, X.count[a] - 1):
        for field in range(N_FIELDS):
            row[j, field] = row[j + 1, field]
    X.count[a] -= 1
    X.agent_of[i] = -1
    if X.count[a]:
        retime(A, X, a, k, k - 1)


@inner
def _clock_end(A, a, end):  # type: ignore[no-untyped-def]
    """The grain in which work that ends at ``end`` on agent ``a``'s clock is done: the first t with c(t) >= end."""
    worked = -(-end * A.clock_den[a] // A.clock_num[a])
    low, high = A.clock_first[a], A.clock_first[a + 1]
    while high - low > 1:
        mid = (low + high) >> 1
        if A.clock_before[mid] < worked:
            low = mid
        else:
            high = mid
    return A.clock_start[low] + worked - A.clock_before[low]
