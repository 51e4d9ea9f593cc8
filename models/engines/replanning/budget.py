"""The best plan with no more than so many changes, exactly: the whole model with one row more."""

from math import floor

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from models.engines.cp_sat import WHOLE, new_solver, run_solver
from models.engines.exact import AssignmentModel
from models.plans.limits import Limits
from models.plans.plan import Plan, evaluate, pinned_plan
from models.problem.arrays import arrays_of
from models.problem.problem import Problem

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


def best_within(
    problem: Problem, kept: Plan, stays: Int32, most: int, stability: int, limits: Limits
) -> tuple[Plan, int | None]:
    """The best plan with at most so many changes that CP-SAT finds, and the bound it proves for all of those.

    Of plans worth the same the one with fewest changes is best. ``stability`` hundredths are what a change must earn;
    the bound is without them.
    """
    model = AssignmentModel.of(problem, arrays_of(problem))
    modes = model.modes
    model.hint(kept)
    stay = np.flatnonzero(modes.agent == stays[modes.task])
    could, scale = int((stays >= 0).sum()), len(stays) + 1
    # a task that may stay has an option for each step on its agent
    staying = cp_model.LinearExpr.sum([model.chosen[k] for k in stay])
    model.model.add(staying >= could - most)
    gains = problem.payoffs(modes.task, modes.agent, modes.step) - problem.undone[modes.task]
    weights = scale * gains
    weights[stay] += scale * stability + 1
    model.model.maximize(cp_model.LinearExpr.weighted_sum(model.chosen, weights.tolist()))
    solver = new_solver(limits)
    status = run_solver(solver, model.model, None, limits)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return kept, None
    # what stays adds at least (could - most) times the stability to what the model is worth
    proved = (solver.best_objective_bound + WHOLE) / scale - stability * max(0, could - most)
    return model.plan(solver), floor(proved) + evaluate(problem, pinned_plan(problem)).objective
