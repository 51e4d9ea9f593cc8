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

from typing import NamedTuple

import numpy as np

from models.compiled import Real, Whole, compiled, inner
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
from models.problem.problem import Bool, Int32, Int64, Problem

_ROUNDS = 100
"""Rounds of all moves; a plan of 3,000 tasks comes to rest in about forty, a small one in two to four."""
_TRIES = 8
"""People with time who are asked for each task at a time, those next in the list of who may do it."""
_WORK_PER_TASK, _LEAST_WORK, _TRY = 250, 60_000_000, 8
"""Places in days that are looked at, on average and at least, and what asking somebody counts as: bounds the work. A
hundred million take a second; what is looked at first is the most urgent."""
_SPARE = 64
"""So many more tasks may come to whoever has most."""


class Standing(NamedTuple):
    """What the moves go by in a round.

    ``first`` is filled by :func:`_hand_over` and kept up by :func:`_note`; ``budget`` goes down with every look.
    """

    team: Int64  # (a) the number of the agent's team
    rank: Int64  # (i) the task's place in the order of urgency
    first: Int32  # (a, k) the lowest rank of the agent's job k and all behind it
    taker: Int64  # (row) the entry of somebody who had time when the round began
    taker_first: Int64  # (r + 1) those of requirement r are taker[taker_first[r]:taker_first[r + 1]], team by team
    budget: Int64  # (1) places in days that may still be looked at


def arranged(problem: Problem, plan: Plan, team: Int64, movable: Bool | None = None) -> Plan:
    """The plan with its work arranged as above, worth as much or more; deterministic.

    ``team`` numbers each agent's team. Only ``movable`` tasks (default: all) change their place or time; started,
    frozen and pinned work stays in any case.
    """
    movable = problem.free if movable is None else problem.free & movable
    if not (movable & (plan.agent >= 0)).any():
        return plan
    arrays = arrays_of(problem)
    sequences = sequences_of(problem, arrays, plan, more=_SPARE)
    # one array type for numba whatever came in, as in `arrays_of`: another one is compiled again
    team, movable, start = np.array(team, np.int64), np.array(movable), np.array(plan.start)
    _hold(arrays, sequences, movable, start)
    rank = _ranks(problem)
    urgent = np.argsort(rank)
    urgent = urgent[movable[urgent] & (plan.agent[urgent] >= 0)]
    leisurely = urgent[::-1].copy()
    budget = np.array([max(_LEAST_WORK, _WORK_PER_TASK * len(urgent))])
    first = np.empty(sequences.job.shape[:2], np.int32)
    entries = _by_team(arrays, team)
    for _ in range(_ROUNDS):
        changed = _swap(arrays, sequences, rank)
        for tasks, sooner in ((urgent, True), (leisurely, False)):
            standing = Standing(team, rank, first, *_takers(arrays, sequences, entries), budget)
            changed += _hand_over(arrays, sequences, standing, tasks, sooner)
        if not changed:
            break
    found = plan_of(problem, sequences)
    return found if evaluate(problem, found).objective >= evaluate(problem, plan).objective else plan


def _by_team(arrays: Arrays, team: Int64) -> tuple[Int64, Int64]:
    """The entries of eligible people by requirement, those of a team together; and the requirement of each."""
    owner = np.repeat(np.arange(len(arrays.elig_first) - 1), np.diff(arrays.elig_first))
    return np.lexsort((team[arrays.elig_agent], owner)), owner


def _takers(arrays: Arrays, sequences: Sequences, entries: tuple[Int64, Int64]) -> tuple[Int64, Int64]:
    """The entries of people who have time for one more task, and where those of each requirement begin."""
    free = (
        (arrays.base + sequences.load < arrays.room)
        & (sequences.count < arrays.spare)
        & (sequences.count < sequences.job.shape[1])
    )
    order, owner = entries
    able = free[arrays.elig_agent[order]]
    first: Int64 = np.searchsorted(owner[able], np.arange(len(arrays.elig_first)))
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
def _hold(arrays: Arrays, sequences: Sequences, movable: Bool, start: Int64) -> None:
    """Keeps the jobs of tasks that may not move where they are."""
    for a in range(len(sequences.count)):
        for k in range(sequences.count[a]):
            job = sequences.job[a, k]
            if not movable[job[TASK]]:
                job[EARLIEST] = start[job[TASK]]
                job[DUE] = job[EARLIEST] + job[GRAINS]
        if sequences.count[a]:
            retime(arrays, sequences, a, 0, sequences.count[a] - 1)


@compiled
def _swap(arrays: Arrays, sequences: Sequences, rank: Int64) -> Whole:
    """Brings earlier-due work forward in everybody's day; how many neighbours changed places."""
    swaps = 0
    for a in range(len(sequences.count)):
        row, base, again = sequences.job[a, : sequences.count[a]], arrays.base[a], True
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
def _swap_with_former(row: Int32, base: Whole, k: Whole) -> bool:
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
def _note(sequences: Sequences, standing: Standing, a: Whole) -> None:
    """Notes the most urgent task of agent ``a`` from each place on."""
    least = np.int64(1) << 30
    for k in range(sequences.count[a] - 1, -1, -1):
        least = min(least, standing.rank[sequences.job[a, k, TASK]])
        standing.first[a, k] = least


@compiled
def _hand_over(arrays: Arrays, sequences: Sequences, standing: Standing, tasks: Int64, sooner: bool) -> Whole:
    """Hands tasks over, one after the other; how many moved.

    ``sooner``: to people with free time who finish them sooner; else to those of the same team with a lower load.
    """
    moved = 0
    for a in range(len(sequences.count)):
        _note(sequences, standing, a)
    for i in tasks:
        if standing.budget[0] <= 0:
            break
        a, r = sequences.agent_of[i], arrays.requirement[i]
        low, high = standing.taker_first[r], standing.taker_first[r + 1]
        if not sooner:
            low, high = (
                _of_team(arrays, standing, low, high, standing.team[a]),
                _of_team(arrays, standing, low, high, standing.team[a] + 1),
            )
        if low == high:
            continue
        k = _place_of(sequences, a, i)
        if not (sooner and k == 0 and sequences.job[a, k, START] == arrays.base[a]):  # else it cannot begin sooner
            moved += _move(arrays, sequences, standing, i, a, k, low, high, sooner)
    return moved


@inner
def _of_team(arrays: Arrays, standing: Standing, low: Whole, high: Whole, team: Whole) -> Whole:
    """The first of these takers whose team is ``team`` or a later one."""
    while low < high:
        mid = (low + high) >> 1
        if standing.team[arrays.elig_agent[standing.taker[mid]]] < team:
            low = mid + 1
        else:
            high = mid
    return low


@inner
def _place_of(sequences: Sequences, a: Whole, i: Whole) -> Whole:
    """The place of task ``i`` in agent ``a``'s day."""
    for k in range(sequences.count[a]):
        if sequences.job[a, k, TASK] == i:
            return k
    return -1


@inner
def _move(
    arrays: Arrays,
    sequences: Sequences,
    standing: Standing,
    i: Whole,
    a: Whole,
    k: Whole,
    low: Whole,
    high: Whole,
    sooner: bool,
) -> bool:
    """Gives task ``i``, job ``k`` of agent ``a``, to the taker who ends it first, of equals to the least loaded.

    Asked are the takers ``low:high``. ``sooner``: it must end sooner than now; else no later, with somebody whose load
    stays lower. Returns whether it moved.
    """
    job = sequences.job[a, k]
    step_now = job[STEP]
    now = gain(arrays, i, step_now, a, np.int64(job[GRAINS]), pair_row(arrays, i, a))
    load_now = _load(arrays, sequences, a, 0)
    best, best_place, best_step = np.int64(-1), 0, 0
    best_end, best_load = _clock_end(arrays, a, job[START] + job[GRAINS]), load_now
    tries, at = 0, low + i % (high - low)
    for _ in range(high - low):
        if tries >= _TRIES or standing.budget[0] <= 0:
            break
        standing.budget[0] -= 1
        entry = standing.taker[at]
        at = at + 1 if at + 1 < high else low
        b = arrays.elig_agent[entry]
        if b == a or sequences.count[b] >= arrays.spare[b] or sequences.count[b] >= sequences.job.shape[1]:
            continue
        pair = pair_row(arrays, i, b)
        if pair >= 0 and not arrays.pair_allowed[pair]:
            continue
        grains = duration(arrays, i, arrays.elig_speed[entry], pair)
        load = _load(arrays, sequences, b, grains)
        if arrays.base[b] + sequences.load[b] + grains > arrays.room[b] or (not sooner and load >= load_now):
            continue
        tries += 1
        standing.budget[0] -= _TRY
        earliest = max(arrays.base[b], capacity(arrays, b, arrays.release[i]))
        limit = capacity(arrays, b, best_end - 1 if sooner and best < 0 else best_end)
        if earliest + grains > limit:
            continue
        for step in range(ON_TIME, step_now + 1):
            if arrays.deadline[i, step] < 0 or gain(arrays, i, step, b, grains, pair) < now:
                continue
            place = _place_for(
                arrays,
                sequences,
                standing,
                b,
                i,
                grains,
                earliest,
                min(limit, capacity(arrays, b, arrays.deadline[i, step])),
                sooner,
            )
            if place < 0:
                continue
            behind = (
                arrays.base[b]
                if place == 0
                else np.int64(sequences.job[b, place - 1, START] + sequences.job[b, place - 1, GRAINS])
            )
            end = _clock_end(arrays, b, max(behind, earliest) + grains)
            if end < best_end or load < best_load or (sooner and best < 0):
                best, best_place, best_step, best_end, best_load = np.int64(b), place, step, end, load
            break
    if best < 0:
        return False
    _remove(arrays, sequences, a, k)
    put(arrays, sequences, best, best_place, i, best_step)
    _note(sequences, standing, a)
    _note(sequences, standing, best)
    return True


@inner
def _load(arrays: Arrays, sequences: Sequences, a: Whole, more: Whole) -> Real:
    """The share of agent ``a``'s time that is planned, with ``more`` grains."""
    share: float = (arrays.base[a] + sequences.load[a] + more) / max(arrays.room[a], 1)
    return share


@inner
def _place_for(
    arrays: Arrays,
    sequences: Sequences,
    standing: Standing,
    b: Whole,
    i: Whole,
    grains: Whole,
    earliest: Whole,
    limit: Whole,
    push: bool,
) -> Whole:
    """The first place in agent ``b``'s day where a job ends by a limit; -1 without any.

    It makes nothing behind it start later, or where it may ``push`` nothing more urgent.
    """
    row, count = sequences.job[b], sequences.count[b]
    first = _behind_more_urgent(standing, b, count, standing.rank[i]) if push else count
    compact = count == 0 or row[count - 1, START] + row[count - 1, GRAINS] == arrays.base[b] + sequences.load[b]
    for k in range(first if compact else 0, count + 1):
        standing.budget[0] -= 1
        end = max(arrays.base[b] if k == 0 else np.int64(row[k - 1, START] + row[k - 1, GRAINS]), earliest) + grains
        if end > limit:
            return -1
        if k == count or end <= row[k, START] or (k >= first and end <= row[k, LATEST]):
            return k
    return -1


@inner
def _behind_more_urgent(standing: Standing, b: Whole, count: Whole, rank: Whole) -> Whole:
    """The first place in agent ``b``'s day from which on nothing is more urgent."""
    low, high = 0, count
    while low < high:
        mid = (low + high) >> 1
        if standing.first[b, mid] < rank:
            low = mid + 1
        else:
            high = mid
    return low


@inner
def _remove(arrays: Arrays, sequences: Sequences, a: Whole, k: Whole) -> None:
    """Takes job ``k`` from agent ``a``'s day."""
    row, i = sequences.job[a], sequences.job[a, k, TASK]
    entry, pair = eligible_entry(arrays, i, a), pair_row(arrays, i, a)
    sequences.load[a] -= row[k, GRAINS]
    sequences.value[a] -= gain(arrays, i, row[k, STEP], a, duration(arrays, i, arrays.elig_speed[entry], pair), pair)
    for j in range(k, sequences.count[a] - 1):
        for field in range(N_FIELDS):
            row[j, field] = row[j + 1, field]
    sequences.count[a] -= 1
    sequences.agent_of[i] = -1
    if sequences.count[a]:
        retime(arrays, sequences, a, k, k - 1)


@inner
def _clock_end(arrays: Arrays, a: Whole, end: Whole) -> Whole:
    """The grain in which work that ends at ``end`` on agent ``a``'s clock is done: the first t with c(t) >= end."""
    worked = -(-end * arrays.clock_den[a] // arrays.clock_num[a])
    low, high = arrays.clock_first[a], arrays.clock_first[a + 1]
    while high - low > 1:
        mid = (low + high) >> 1
        if arrays.clock_before[mid] < worked:
            low = mid
        else:
            high = mid
    return arrays.clock_start[low] + worked - arrays.clock_before[low]
