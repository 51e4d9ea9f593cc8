"""All modes, the possible ways to do a task with a gain; one row per task, agent and step."""

from typing import NamedTuple

import numpy as np

from models.compiled import compiled
from models.problem.arrays import Arrays, capacity, duration, gain, pair_row
from models.problem.problem import Float64, Int32, Int64


class Modes(NamedTuple):
    """Parallel columns, sorted by task, agent and step."""

    first: Int64  # (i + 1) task i's modes are the rows first[i]:first[i + 1]
    agent: Int32  # (row) a
    step: Int32  # (row)
    grains: Int32  # (row) the duration
    earliest: Int32  # (row) the earliest start, in grains on the agent's clock
    due: Int32  # (row) the deadline, in grains on the agent's clock
    gain: Float64  # (row) hundredths, as in `models.problem.arrays`

    @property
    def task(self) -> np.ndarray:
        """The task of every row."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))


def count_modes(arrays: Arrays) -> int:
    """The number of rows that :func:`list_modes` examines, an upper limit on the number of modes."""
    able = np.diff(arrays.elig_first)[arrays.requirement]
    return int((able * (arrays.deadline >= 0).sum(axis=1))[arrays.free].sum())


def list_modes(arrays: Arrays) -> Modes:
    """All modes: eligible (H2), not excluded (H8), possible by the deadline, and with a gain."""
    n = len(arrays.work)
    first = np.zeros(n + 1, np.int64)
    _list(arrays, first, _columns(first, 0), False)
    first = np.cumsum(first)
    modes = _columns(first, int(first[-1]))
    _list(arrays, first, modes, True)
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
def _list(arrays: Arrays, first: Int64, modes: Modes, write: bool) -> None:
    """Counts each task's modes in ``first[i + 1]``, or writes them from row ``first[i]`` on."""
    for i in range(len(arrays.work)):
        n = np.int64(0)
        if arrays.free[i]:
            r = arrays.requirement[i]
            for entry in range(arrays.elig_first[r], arrays.elig_first[r + 1]):
                a = arrays.elig_agent[entry]
                pair = pair_row(arrays, i, a)
                if pair >= 0 and not arrays.pair_allowed[pair]:
                    continue
                grains = duration(arrays, i, arrays.elig_speed[entry], pair)
                earliest = max(arrays.base[a], capacity(arrays, a, arrays.release[i]))
                for step in range(arrays.deadline.shape[1]):
                    if arrays.deadline[i, step] < 0:
                        continue
                    due = capacity(arrays, a, arrays.deadline[i, step])
                    worth = gain(arrays, i, step, a, grains, pair)
                    if earliest + grains > due or worth <= 0:
                        continue
                    if write:
                        k = first[i] + n
                        modes.agent[k], modes.step[k], modes.grains[k] = a, step, grains
                        modes.earliest[k], modes.due[k], modes.gain[k] = earliest, due, worth
                    n += 1
        if not write:
            first[i + 1] = n
