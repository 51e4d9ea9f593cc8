"""The best day of one agent: which jobs are worth most together, and how they get into the agent's row.

For one agent with one step per task, choosing the work worth most is "weighted number of on-time jobs"
(1 || sum w U), which Lawler and Moore's dynamic programme solves exactly: with jobs in order of deadline D,
f_j(w) is the most that jobs 1..j can be worth when finished by w,

    f_j(w) = max(f_{j-1}(w), f_{j-1}(min(w, D_j) - p_j) + g_j).

Source: E. L. Lawler, J. M. Moore, A functional equation and its application to resource allocation and
sequencing problems, Management Science 16 (1969) 77-84.

A task that could be promised on time or late enters the programme in one of the two steps; release times are
left out of it and kept by :func:`models.engines.search.sequences.position`, through which every job goes into the plan.

The loops take working memory ``B`` with the columns ``job_task``, ``job_step``, ``job_grains``, ``job_due`` (grains,
behind the agent's started work) and ``job_gain`` (hundredths), one row a job; ``best``, two rows of f; and ``taken``,
the flags of all rows, as :func:`rows_of_memory` makes them. f is kept in single precision, twice as many cells at a
time: what two choices differ by less than in the seventh digit may go either way, and what a day is worth is added up
from its jobs.
"""

from typing import Any

import numpy as np

from models.compiled import compiled, inner
from models.engines.search.sequences import position, put
from models.problem.arrays import N_STEPS, capacity, duration, gain, pair_row

MOST_CELLS = 1 << 23


def rows_of_memory(room: int, jobs: int) -> tuple[Any, Any]:
    """Memory for ``best`` and ``taken``, for so many jobs on a clock of so many grains."""
    return np.zeros((2, min(room, MOST_CELLS) + 2), np.float32), np.zeros(MOST_CELLS + jobs, np.bool_)


@inner
def enter(A, B, jobs, i, a, speed):  # type: ignore[no-untyped-def]
    """Writes task ``i`` as agent ``a``'s job ``jobs``, in the first step it can keep and gains by; how many there are.

    The agent is eligible, with efficiency ``speed``.
    """
    pair = pair_row(A, i, a)
    if pair >= 0 and not A.pair_allowed[pair]:
        return jobs
    grains = duration(A, i, speed, pair)
    base = A.base[a]
    earliest = max(base, capacity(A, a, A.release[i]))
    if earliest + grains > A.room[a]:
        return jobs
    for step in range(N_STEPS):
        if A.deadline[i, step] < 0:
            continue
        due = capacity(A, a, A.deadline[i, step])
        if earliest + grains > due:
            continue
        worth = gain(A, i, step, a, grains, pair)
        if worth > 0:
            B.job_task[jobs], B.job_step[jobs] = i, step
            B.job_grains[jobs], B.job_due[jobs], B.job_gain[jobs] = grains, due - base, worth
            return jobs + 1
    return jobs


@compiled
def programme(B, order, room):  # type: ignore[no-untyped-def]
    """The jobs, as flags by their place in ``order``, that are worth most on one agent (Lawler and Moore).

    ``order`` is by deadline.
    """
    jobs = len(order)
    # coarser clock when the table would not fit: grains up and deadlines down keep it feasible
    scale = 1 + jobs * (room + 1) // MOST_CELLS
    width = room // scale + 1
    old, new, taken = B.best[0], B.best[1], B.taken
    old[0] = 0.0
    reach = 0
    for j in range(jobs):
        k = order[j]
        due = min(B.job_due[k] // scale, width - 1)
        grains = (B.job_grains[k] + scale - 1) // scale
        for w in range(reach + 1, due + 1):
            old[w] = old[reach]
        reach = max(reach, due)
        row, head, worth = j * width, min(grains, due + 1), np.float32(B.job_gain[k])
        new[:head] = old[:head]
        taken[row : row + head] = False
        # slices of one length, and two rows in turn: this loop then takes several cells at a time
        without, behind = old[head : due + 1], old[: due + 1 - head]
        best, flags = new[head : due + 1], taken[row + head : row + due + 1]
        for w in range(len(best)):
            flags[w] = behind[w] + worth > without[w]
            best[w] = max(behind[w] + worth, without[w])
        old, new = new, old
    chosen = np.zeros(jobs, np.bool_)
    w = reach
    for j in range(jobs - 1, -1, -1):
        k = order[j]
        w = min(w, B.job_due[k] // scale)
        if w >= 0 and taken[j * width + w]:
            chosen[j] = True
            w -= (B.job_grains[k] + scale - 1) // scale
    return chosen


@compiled
def take(A, X, B, a, order, chosen):  # type: ignore[no-untyped-def]
    """Puts the chosen jobs into agent ``a``'s row; the dearest first when it may not have so many."""
    picked = order[chosen]
    if len(picked) > A.spare[a]:
        picked = picked[np.argsort(-B.job_gain[picked])]
    for k in picked:
        earliest = max(A.base[a], capacity(A, a, A.release[B.job_task[k]]))
        place = position(A, X, a, B.job_grains[k], earliest, B.job_due[k] + A.base[a])
        if place >= 0:
            put(A, X, a, place, B.job_task[k], B.job_step[k])
