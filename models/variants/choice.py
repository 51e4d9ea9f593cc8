"""A problem in which the choice for one task is fixed: who may do it, or that nobody does.

All other agents are excluded (H8). If the task must be done, leaving it undone is fined by more than the values of two
plans can differ. A plan that does the task keeps its value, so a bound for this problem bounds all plans with the
choice, and an engine that solves the problem finds the best of them. The same is done for tasks that must be done
anyway (E1).
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.problem.problem import Problem
from models.variants.fixing import exclude, more_than_everything, obliging

Int64 = NDArray[np.int64]


def done_by(problem: Problem, task: int, agents: Int64) -> Problem:
    """The problem, for engines, in which an open task must be done by one of these agents: one must be able to."""
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
