"""Decides exactly whether one agent can do all given tasks in time, and returns the starts.

Without releases only the order by deadline needs to be considered (Jackson's rule). With releases, dynamic programming
over sets of tasks is used: f(S), the earliest end of the set S, is the minimum over its last member j of
max(f(S - j), release of j) + grains of j, if that meets j's deadline. As there are many sets, for more than
:data:`MOST_RELEASED` tasks only Schrage's order is tried, which may miss an order that works.
"""

import numpy as np
from numpy.typing import NDArray

from models.problem.problem import Problem

MOST_RELEASED = 14

Int64 = NDArray[np.int64]


def starts_in_time(problem: Problem, agent: int, tasks: Int64, load: int | None = None) -> list[int] | None:
    """The start of each task on the agent's clock, in grains, so that all end in time; ``None`` if that is impossible.

    In time means by the last moment that the rules allow. Work begins at ``load``, by default where pinned work ends.
    """
    grains = problem.durations(tasks, np.full(len(tasks), agent)).tolist()
    earliest = problem.clocks.capacity(agent, problem.release[tasks]).tolist()
    last = problem.deadline[tasks].max(axis=1, initial=-1)
    due = np.where(last < 0, -1, problem.clocks.capacity(agent, np.maximum(last, 0))).tolist()
    base = int(problem.pinned_load[agent] if load is None else load)
    for order in (_by_deadline(due), _schrage(base, grains, earliest, due)):
        starts = _starts(base, order, grains, earliest, due)
        if starts is not None:
            return starts
    if len(tasks) > MOST_RELEASED or all(r <= base for r in earliest):
        return None
    found = _best_order(base, grains, earliest, due)
    return None if found is None else _starts(base, found, grains, earliest, due)


def _starts(base: int, order: list[int], grains: list[int], earliest: list[int], due: list[int]) -> list[int] | None:
    """The starts of the tasks in the given order; ``None`` if one is not in time."""
    starts, clock = [0] * len(order), base
    for j in order:
        starts[j] = max(clock, earliest[j])
        clock = starts[j] + grains[j]
        if clock > due[j]:
            return None
    return starts


def _by_deadline(due: list[int]) -> list[int]:
    return sorted(range(len(due)), key=due.__getitem__)


def _schrage(base: int, grains: list[int], earliest: list[int], due: list[int]) -> list[int]:
    """Schrage's order: whenever the agent is free, the released task with the earliest deadline."""
    left, order, clock = set(range(len(due))), [], base
    while left:
        clock = max(clock, min(earliest[j] for j in left))
        j = min((j for j in left if earliest[j] <= clock), key=lambda j: (due[j], j))
        clock += grains[j]
        left.remove(j)
        order.append(j)
    return order


def _best_order(base: int, grains: list[int], earliest: list[int], due: list[int]) -> list[int] | None:
    """An order in which all are in time, found by dynamic programming over sets; ``None`` if there is none."""
    n = len(due)
    end, last = {0: base}, {0: -1}
    for done in range(1, 1 << n):
        for j in range(n):
            before = end.get(done & ~(1 << j)) if done >> j & 1 else None
            if before is None:
                continue
            reached = max(before, earliest[j]) + grains[j]
            if reached <= due[j] and reached < end.get(done, reached + 1):
                end[done], last[done] = reached, j
    order, done = [], (1 << n) - 1
    if done not in end:
        return None
    while done:
        order.append(last[done])
        done &= ~(1 << last[done])
    return order[::-1]
