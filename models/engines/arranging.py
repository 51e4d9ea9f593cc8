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

import numpy as np
from numpy.typing import NDArray

from models.arrays import arrays_of, capacity, duration, eligible_entry, gain, pair_row
from models.compiled import compiled, inner
from models.engines.roster import (
    DUE,
    EARLIEST,
    GRAINS,
    LATEST,
    N_FIELDS,
    START,
    STEP,
    TASK,
    fits,
    longer,
    plan_of,
    put,
    retime,
    roster_of,
)
from models.payoff import ON_TIME
from models.plan import Plan, evaluate
from models.problem import Problem

_ROUNDS = 10
"""Rounds of all moves; plans of a desk come to rest in two to four."""
_TRIES = 32
"""People asked for each task, those next in the list of who may do it."""
_LOOKS = 256
"""People looked at to find so many who have time."""
_WORK_PER_TASK, _LEAST_WORK, _TRY = 20, 1_000_000, 8
"""Places in days that are looked at, on average and at least, and what asking somebody counts as: bounds the work. The
insurer's day, 60,000 tasks and 5,000 people, takes a second; what is looked at first is the most urgent."""

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]


def arranged(problem: Problem, plan: Plan, team: Int64, movable: Bool | None = None) -> Plan:
    """The plan with its work arranged as above, worth as much or more; deterministic.

    ``team`` numbers each agent's team. Only ``movable`` tasks (default: all) change their place or time; started,
    frozen and pinned work stays in any case.
    """
    movable = problem.free if movable is None else problem.free & movable
    if not (movable & (plan.agent >= 0)).any():
        return plan
    A = arrays_of(problem)
    roster = longer(roster_of(problem, A, plan))
    # one array type for numba whatever came in, as in `arrays_of`: another one is compiled again
    team, movable, start = np.array(team, np.int64), np.array(movable), np.array(plan.start)
    _hold(A, roster, movable, start)
    rank = _ranks(problem)
    urgent = np.argsort(rank)
    urgent = urgent[movable[urgent] & (plan.agent[urgent] >= 0)]
    leisurely = urgent[::-1].copy()
    budget = np.array([max(_LEAST_WORK, _WORK_PER_TASK * len(urgent))])
    for _ in range(_ROUNDS):
        changed = _swap(A, roster, rank)
        changed += _hand_over(A, roster, urgent, rank, team, True, budget)
        changed += _hand_over(A, roster, leisurely, rank, team, False, budget)
        if not changed:
            break
    found = plan_of(problem, roster)
    return found if evaluate(problem, found).objective >= evaluate(problem, plan).objective else plan


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
        again = True
        while again:
            again = False
            for k in range(1, X.count[a]):
                at = k
                while at > 0 and _swap_with_former(A, X, a, at, rank):
                    swaps += 1
                    at -= 1
                    again = True
    return swaps


@inner
def _swap_with_former(A, X, a, k, rank):  # type: ignore[no-untyped-def]
    """Swaps job ``k`` with the one before it, if that is due later and nothing loses its outcome; whether it did."""
    row, count = X.job[a], X.count[a]
    if rank[row[k, TASK]] >= rank[row[k - 1, TASK]]:
        return False
    behind = A.base[a] if k == 1 else np.int64(row[k - 2, START] + row[k - 2, GRAINS])
    end = max(behind, np.int64(row[k, EARLIEST])) + row[k, GRAINS]
    if end >= row[k, START] + row[k, GRAINS]:
        return False
    other = max(end, np.int64(row[k - 1, EARLIEST])) + row[k - 1, GRAINS]
    if other > row[k - 1, DUE] or (k + 1 < count and other > row[k + 1, LATEST]):
        return False
    for field in range(N_FIELDS):
        row[k, field], row[k - 1, field] = row[k - 1, field], row[k, field]
    retime(A, X, a, k - 1, k)
    return True


@compiled
def _hand_over(A, X, tasks, rank, team, sooner, budget):  # type: ignore[no-untyped-def]
    """Hands tasks over, one after the other; how many moved.

    ``sooner``: to people with free time who finish them sooner; else to those of the same team with a lower load.
    """
    moved = 0
    for i in tasks:
        if budget[0] <= 0:
            break
        a = X.agent_of[i]
        k = _place_of(X, a, i)
        if not (sooner and k == 0 and X.job[a, k, START] == A.base[a]):  # else it cannot begin sooner
            moved += _move(A, X, i, a, k, rank, team, sooner, budget)
    return moved


@inner
def _place_of(X, a, i):  # type: ignore[no-untyped-def]
    """The place of task ``i`` in agent ``a``'s day."""
    for k in range(X.count[a]):
        if X.job[a, k, TASK] == i:
            return k
    return -1


@inner
def _move(A, X, i, a, k, rank, team, sooner, budget):  # type: ignore[no-untyped-def]
    """Gives task ``i``, job ``k`` of agent ``a``, to whoever finishes it first, of equals the least loaded.

    ``sooner``: it must end sooner than now; else no later, with somebody of the same team whose load stays lower.
    Whether it moved.
    """
    job = X.job[a, k]
    step_now, r = job[STEP], A.requirement[i]
    now = gain(A, i, step_now, a, np.int64(job[GRAINS]), pair_row(A, i, a))
    end_now, load_now = _clock_end(A, a, job[START] + job[GRAINS]), _load(A, X, a, 0)
    best, best_place, best_step = np.int64(-1), 0, 0
    best_end, best_load = end_now, load_now
    first, many = A.elig_first[r], A.elig_first[r + 1] - A.elig_first[r]
    tries = 0
    for look in range(min(many, _LOOKS)):
        if tries >= _TRIES or budget[0] <= 0:
            break
        entry = first + (i + look) % many
        b = A.elig_agent[entry]
        if b == a or X.count[b] >= A.spare[b] or X.count[b] >= X.job.shape[1] or A.base[b] + X.load[b] >= A.room[b]:
            continue
        if not sooner and team[b] != team[a]:
            continue
        pair = pair_row(A, i, b)
        if pair >= 0 and not A.pair_allowed[pair]:
            continue
        grains = duration(A, i, A.elig_speed[entry], pair)
        load = _load(A, X, b, grains)
        if A.base[b] + X.load[b] + grains > A.room[b] or (not sooner and load >= load_now):
            continue
        tries += 1
        budget[0] -= _TRY
        earliest = max(A.base[b], capacity(A, b, A.release[i]))
        for step in range(ON_TIME, step_now + 1):
            if A.deadline[i, step] < 0 or gain(A, i, step, b, grains, pair) < now:
                continue
            place = _place_for(A, X, b, rank, i, grains, earliest, capacity(A, b, A.deadline[i, step]), sooner, budget)
            if place < 0:
                continue
            behind = A.base[b] if place == 0 else np.int64(X.job[b, place - 1, START] + X.job[b, place - 1, GRAINS])
            end = _clock_end(A, b, max(behind, earliest) + grains)
            better = end < best_end or (end == best_end and (best >= 0 or not sooner) and load < best_load)
            if better:
                best, best_place, best_step, best_end, best_load = np.int64(b), place, step, end, load
            break
    if best < 0:
        return False
    _remove(A, X, a, k)
    put(A, X, best, best_place, i, best_step)
    return True


@inner
def _load(A, X, a, more):  # type: ignore[no-untyped-def]
    """The share of agent ``a``'s time that is planned, with ``more`` grains."""
    return (A.base[a] + X.load[a] + more) / max(A.room[a], 1)


@inner
def _place_for(A, X, b, rank, i, grains, earliest, due, push, budget):  # type: ignore[no-untyped-def]
    """The first place in agent ``b``'s day where a job fits behind all that is more urgent; -1 without any.

    Unless it may ``push``, nothing behind it may start later for it.
    """
    row, count = X.job[b], X.count[b]
    first = 0
    if push:
        for k in range(count - 1, -1, -1):
            if rank[row[k, TASK]] < rank[i]:
                first = k + 1
                break
    budget[0] -= count - first + 1
    for k in range(first, count + 1):
        if fits(A, row, count, b, k, grains, earliest, due) < 0:
            continue
        behind = A.base[b] if k == 0 else np.int64(row[k - 1, START] + row[k - 1, GRAINS])
        if push or k == count or max(behind, earliest) + grains <= row[k, START]:
            return k
    return -1


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
        retime(A, X, a, min(k, X.count[a] - 1), X.count[a] - 1)


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
