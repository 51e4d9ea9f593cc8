"""All modes, the possible ways to do a task with a gain; one row per task, agent and step."""

from typing import Any, NamedTuple

import numpy as np

from models.compiled import compiled
from models.problem.arrays import Arrays, capacity, duration, gain, pair_row


class Modes(NamedTuple):
    """Parallel columns, sorted by task, agent and step; task i's rows are ``first[i]:first[i + 1]``.

    ``grains``, ``earliest`` and ``due`` are on the agent's clock; ``gain`` is as in :mod:`models.problem.arrays`.
    """

    first: Any
    agent: Any
    step: Any
    grains: Any
    earliest: Any
    due: Any
    gain: Any

    @property
    def task(self) -> np.ndarray:
        """The task of every row."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))


def count_modes(A: Arrays) -> int:
    """The number of rows that :func:`list_modes` examines, an upper limit on the number of modes."""
    able = np.diff(A.elig_first)[A.requirement]
    return int((able * (A.deadline >= 0).sum(axis=1))[A.free].sum())


def list_modes(A: Arrays) -> Modes:
    """All modes: eligible (H2), not excluded (H8), possible by the deadline, and with a gain."""
    n = len(A.work)
    first = np.zeros(n + 1, np.int64)
    _list(A, first, _columns(first, 0), False)
    first = np.cumsum(first)
    modes = _columns(first, int(first[-1]))
    _list(A, first, modes, True)
    return modes


def _columns(first: np.ndarray, size: int) -> Modes:
    agent, step, grains, earliest, due = (np.zeros(size, np.int32) for _ in range(5))
    return Modes(first, agent, step, grains, earliest, due, np.zeros(size, np.float64))


def rows_by_agent(modes: Modes) -> list[np.ndarray]:
    """The row numbers of each agent who has any, ascending."""
    rows = np.argsort(modes.agent, kind="stable")
    cuts = np.flatnonzero(np.diff(modes.agent[rows])) + 1
    return np.split(rows, cuts) if len(rows) else []


@compiled
def _list(A, first, modes, write):  # type: ignore[no-untyped-def]
    """Counts each task's modes in ``first[i + 1]``, or writes them from row ``first[i]`` on."""
    for i in range(len(A.work)):
        n = np.int64(0)
        if A.free[i]:
            r = A.requirement[i]
            for entry in range(A.elig_first[r], A.elig_first[r + 1]):
                a = A.elig_agent[entry]
                pair = pair_row(A, i, a)
                if pair >= 0 and not A.pair_allowed[pair]:
                    continue
                grains = duration(A, i, A.elig_speed[entry], pair)
                earliest = max(A.base[a], capacity(A, a, A.release[i]))
                for step in range(A.deadline.shape[1]):
                    if A.deadline[i, step] < 0:
                        continue
                    due = capacity(A, a, A.deadline[i, step])
                    worth = gain(A, i, step, a, grains, pair)
                    if earliest + grains > due or worth <= 0:
                        continue
                    if write:
                        k = first[i] + n
                        modes.agent[k], modes.step[k], modes.grains[k] = a, step, grains
                        modes.earliest[k], modes.due[k], modes.gain[k] = earliest, due, worth
                    n += 1
        if not write:
            first[i + 1] = n
