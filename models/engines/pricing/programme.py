"""The one-agent programme: which jobs of an agent are worth most together.

For one agent with one step per task, choosing the work worth most is "weighted number of on-time jobs"
(1 || sum w U), which Lawler and Moore's dynamic programme solves exactly: with jobs in order of deadline D,
f_j(w) is the most that jobs 1..j can be worth when finished by w,

    f_j(w) = max(f_{j-1}(w), f_{j-1}(min(w, D_j) - p_j) + g_j).

Source: E. L. Lawler, J. M. Moore, A functional equation and its application to resource allocation and
sequencing problems, Management Science 16 (1969) 77-84.

f is kept in single precision, twice as many cells at a time: what two choices differ by less than in the seventh digit
may go either way. Nothing is proved by it: bounds are added up in :mod:`models.bounds.task_prices`.
"""

from typing import Any

import numpy as np

from models.compiled import compiled

MOST_CELLS = 1 << 23


def rows_of_memory(room: int, jobs: int) -> tuple[Any, Any]:
    """Memory for two rows of f and the flags of all rows, for so many jobs on a clock of so many grains."""
    return np.zeros((2, min(room, MOST_CELLS) + 2), np.float32), np.zeros(MOST_CELLS + jobs, np.bool_)


@compiled
def programme(B, order, room):  # type: ignore[no-untyped-def]
    """The jobs, as flags by their place in ``order``, that are worth most on one agent.

    ``order`` is by deadline. ``B`` has the columns ``job_grains``, ``job_due`` (grains, behind the agent's started
    work) and ``job_gain`` (hundredths), one row a job; ``best``, two rows of f; and ``taken``, the flags of all rows,
    as :func:`rows_of_memory` makes them.
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
