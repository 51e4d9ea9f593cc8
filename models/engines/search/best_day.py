"""The best day of one agent: its jobs as the programme wants them, and how those it takes get into the agent's row.

The programme is that of :mod:`models.engines.pricing.programme`. A task that could be promised on time or late enters
it in one of the two steps; release times are left out of it and kept by
:func:`models.engines.search.sequences.position`, through which every job goes into the plan.
"""

from typing import NamedTuple

import numpy as np

from models.compiled import Real, Whole, inner
from models.engines.pricing.programme import Memory, memory_for
from models.engines.search.order import put_in_order
from models.engines.search.sequences import Sequences, position, put
from models.problem.arrays import N_STEPS, Arrays, capacity, duration, gain, pair_row
from models.problem.problem import Float64, Int64


class Day(NamedTuple):
    """The jobs that one agent could do on its day, one row each, and the memory of their programme.

    The first so many rows count; every function that fills or reads them is told how many.
    """

    task: Int64  # (job) i
    step: Int64  # (job) the step that the job ends in
    grains: Int64  # (job) its duration
    due: Int64  # (job) its deadline on the agent's clock, in grains behind the started work
    gain: Float64  # (job) hundredths; callers may shift it to steer the choice
    order: Int64  # (job) those to choose from, by their deadlines, then those chosen
    memory: Memory


def make_day(jobs: int, room: int) -> Day:
    """Room for so many jobs on ``room`` grains."""
    task, step, grains, due, order = (np.zeros(jobs, np.int64) for _ in range(5))
    return Day(task, step, grains, due, np.zeros(jobs), order, memory_for(room, jobs))


@inner
def enter(arrays: Arrays, day: Day, jobs: Whole, i: Whole, a: Whole, speed: Real) -> Whole:
    """Adds task ``i`` to the ``jobs`` jobs of agent ``a``, in the first step that it can keep and gains by.

    Returns how many jobs there are then. The agent is eligible, with efficiency ``speed``; nothing is added when it is
    excluded, or no step is possible.
    """
    pair = pair_row(arrays, i, a)
    if pair >= 0 and not arrays.pair_allowed[pair]:
        return jobs
    grains = duration(arrays, i, speed, pair)
    base = arrays.base[a]
    earliest = max(base, capacity(arrays, a, arrays.release[i]))
    if earliest + grains > arrays.room[a]:
        return jobs
    for step in range(N_STEPS):
        if arrays.deadline[i, step] < 0:
            continue
        due = capacity(arrays, a, arrays.deadline[i, step])
        if earliest + grains > due:
            continue
        worth = gain(arrays, i, step, a, grains, pair)
        if worth > 0:
            day.task[jobs], day.step[jobs] = i, step
            day.grains[jobs], day.due[jobs], day.gain[jobs] = grains, due - base, worth
            return jobs + 1
    return jobs


@inner
def take(arrays: Arrays, sequences: Sequences, day: Day, a: Whole, order: Int64, count: Whole) -> None:
    """Puts the first ``count`` jobs of ``order`` into agent ``a``'s sequence, as far as they fit.

    They come in their order; when the agent may not have so many tasks, those that gain most come first.
    """
    if count > arrays.spare[a]:
        put_in_order(order, count, day.gain, falling=True)
    for n in range(count):
        k = order[n]
        earliest = max(arrays.base[a], capacity(arrays, a, arrays.release[day.task[k]]))
        place = position(arrays, sequences, a, day.grains[k], earliest, day.due[k] + arrays.base[a])
        if place >= 0:
            put(arrays, sequences, a, place, day.task[k], day.step[k])
