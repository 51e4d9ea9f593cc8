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

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.compiled import Whole, inner
from models.problem.problem import Bool, Float64, Int64

MOST_CELLS = 1 << 23
"""Cells of the table of one programme; beyond it the clock is made coarser. Bounds the memory (8 MB of flags) and the
time; not tuned beyond that."""


class Memory(NamedTuple):
    """What :func:`programme` works in; nothing in it counts from one call to the next."""

    best: NDArray[np.float32]  # (2, w) hundredths: f_{j-1}(w) and f_j(w), in turn
    taken: Bool  # (j * w) whether job j is in the best set that is finished by w; not written where it never is


def memory_for(room: int, jobs: int) -> Memory:
    """Memory for programmes of up to ``jobs`` jobs on clocks of up to ``room`` grains."""
    return Memory(np.zeros((2, min(room, MOST_CELLS) + 2), np.float32), np.zeros(MOST_CELLS + jobs, np.bool_))


@inner
def programme(
    memory: Memory, grains: NDArray[Any], due: NDArray[Any], gain: Float64, order: Int64, jobs: Whole, room: Whole
) -> Whole:
    """Chooses the jobs worth most together on one agent; how many they are.

    ``order`` begins with the ``jobs`` to choose from, as indices of the other columns, by their deadlines; those chosen
    stand there in their order afterwards. A job takes ``grains``, ends by ``due`` (in grains behind the agent's started
    work) and gains ``gain`` hundredths; ``room`` is how many grains the agent has behind its started work.
    """
    # coarser clock when the table would not fit: grains up and deadlines down keep it feasible; to divide takes time
    scale = 1 + jobs * (room + 1) // MOST_CELLS
    width = room // scale + 1
    old, new, taken = memory.best[0], memory.best[1], memory.taken
    old[0] = 0.0
    reach = np.int64(0)  # f_{j-1} is known up to here, and the same beyond
    for j in range(jobs):
        k = order[j]
        by = min(due[k] if scale == 1 else due[k] // scale, width - 1)
        cells = grains[k] if scale == 1 else (grains[k] + scale - 1) // scale
        row, worth = j * width, np.float32(gain[k])
        for w in range(reach + 1, by + 1):
            old[w] = old[reach]
        reach = max(reach, by)
        if cells > by:
            continue
        for w in range(cells):
            new[w] = old[w]
        # slices of one length, and two rows in turn: this loop then takes several cells at a time
        without, behind = old[cells : by + 1], old[: by + 1 - cells]
        best, flags = new[cells : by + 1], taken[row + cells : row + by + 1]
        for w in range(len(best)):
            flags[w] = behind[w] + worth > without[w]
            best[w] = max(behind[w] + worth, without[w])
        old, new = new, old
    free, at = jobs, reach
    for j in range(jobs - 1, -1, -1):
        k = order[j]
        at = min(at, due[k] if scale == 1 else due[k] // scale)
        cells = grains[k] if scale == 1 else (grains[k] + scale - 1) // scale
        if at >= cells and taken[j * width + at]:
            free -= 1
            order[free] = k
            at -= cells
    for j in range(free, jobs):
        order[j - free] = order[j]
    return jobs - free
