"""A problem in which the choice for one task is fixed: who may do it, or that nobody does.

All other agents are excluded (H8). If the task must be done, the fine for leaving it undone exceeds the difference of
the values of any two plans. A plan that does the task keeps its value, so a bound for this problem bounds all plans
with the choice, and an engine that solves the problem finds the best of them. Tasks that must be done anyway (E1) are
treated in the same way.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.problem.problem import Problem
from models.variants.fixing import exclude, more_than_everything, obliging

Int64 = NDArray[np.int64]


def done_by(problem: Problem, task: int, agents: Int64) -> Problem:
    """The problem, for engines, in which one of these agents must do an open task; at least one must be able to."""
    chosen = _only(obliging(problem), task, agents)
    undone = chosen.undone.copy()
    undone[task] -= more_than_everything(problem)
    return replace(chosen, undone=undone)


def done_by_nobody(problem: Problem, task: int) -> Problem:
    """The problem, for engines, in which a task is left undone."""
    return _only(obliging(problem), task, np.zeros(0, np.int64))


def _only(problem: Problem, task: int, agents: Int64) -> Problem:
    others = np.setdiff1d(problem.allowed_agents(task), agents)
    return exclude(problem, np.full(len(others), task), others)
