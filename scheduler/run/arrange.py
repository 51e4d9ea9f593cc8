"""Arranges a finished plan: among plans of equal value, the one that a planner would choose."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from data import Build
from models import Outcome, Stop, check, evaluate


def arrange(build: Build, outcome: Outcome, movable: NDArray[np.bool_] | None = None) -> Outcome:
    """The outcome with its plan arranged, of the same or a higher value; only ``movable`` tasks (default: all) move.

    A plan that breaks a rule, or has another value than the engine says, stays unchanged; the check that
    follows reports it.
    """
    from models.engines import arranged

    if not check(build.problem, outcome.plan, outcome.objective).ok:
        return outcome
    team = build.agents["team"].rank("dense").fill_null(0).cast(int).to_numpy()
    plan = arranged(build.problem, outcome.plan, team, movable)
    objective = evaluate(build.problem, plan).objective
    stop = Stop.OPTIMAL if objective == outcome.bound else outcome.stop
    return replace(outcome, plan=plan, objective=objective, stop=stop)
