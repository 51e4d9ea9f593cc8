"""A problem in which the choice for one task is made: who may do it, or that nobody does.

Whoever does not may is excluded (H8). That the task must be done is a fine on leaving it undone, larger than all that
plans differ by: a plan that does the task is worth what it was, so a bound for this problem bounds all plans that keep
to the choice, and an engine that takes the problem as it is finds the best of them.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.arrays import arrays_of
from models.problem import Pairs, Problem

Int64 = NDArray[np.int64]


def done_by(problem: Problem, task: int, agents: Int64) -> Problem:
    """The problem in which an open task must be done, by one of these agents: one of them must be able to.

    It is only for plans that do the task; any other is worth next to nothing.
    """
    undone = problem.undone.copy()
    undone[task] -= _more_than_everything(problem)
    return replace(problem, undone=undone, pairs=_only(problem, task, agents))


def done_by_nobody(problem: Problem, task: int) -> Problem:
    """The problem in which a task is left undone."""
    return replace(problem, pairs=_only(problem, task, np.zeros(0, np.int64)))


def _more_than_everything(problem: Problem) -> int:
    """More hundredths than any two plans differ by."""
    A = arrays_of(problem)
    highest = np.abs(A.gain).max(axis=1, initial=0) + np.abs(A.raw_gain).max(axis=1, initial=0) + A.requested_gain
    wages = float((A.cost * A.room).sum())
    return 2 * int(highest.sum() + np.abs(A.pair_bonus).sum() + wages) + 1


def _only(problem: Problem, task: int, agents: Int64) -> Pairs:
    """The special pairs, with everybody but these agents excluded from the task."""
    kind, old = problem.requirement[task], problem.pairs
    able = problem.eligibility.agent[slice(*problem.eligibility.first[kind : kind + 2])]
    rows = np.arange(old.first[task], old.first[task + 1])
    people = np.union1d(able, old.agent[rows]).astype(np.int64)
    at = np.searchsorted(people, old.agent[rows])

    def put(column: Any, missing: Any, kept: Any = None) -> Any:
        """A column with a row for everybody in the place of the task's rows."""
        new = np.full(len(people), missing, column.dtype)
        new[at] = column[rows]
        new = new if kept is None else kept(new)
        return np.concatenate([column[: old.first[task]], new, column[old.first[task + 1] :]])

    first = old.first.copy()
    first[task + 1 :] += len(people) - len(rows)
    return Pairs(
        first=first,
        agent=np.concatenate([old.agent[: old.first[task]], people.astype(np.int32), old.agent[old.first[task + 1] :]]),
        allowed=put(old.allowed, True, lambda may: may & np.isin(people, agents)),
        grains=put(old.grains, 0),
        bonus=put(old.bonus, 0.0),
    )
