"""The best day of one agent: its jobs as the programme wants them, and how those it takes get into the agent's row.

The programme is that of :mod:`models.engines.pricing.programme`. A task that could be promised on time or late enters
it in one of the two steps; release times are left out of it and kept by
:func:`models.engines.search.sequences.position`, through which every job goes into the plan.

The loops take working memory ``B`` with the columns ``job_task`` and ``job_step`` beside those of the programme.
"""

import numpy as np

from models.compiled import compiled, inner
from models.engines.search.sequences import position, put
from models.problem.arrays import N_STEPS, capacity, duration, gain, pair_row


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
