"""A settled plan put in the order that a planner would choose among plans of the same value."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from data import Build
from models import Outcome, Stop, check, evaluate


def arrange(build: Build, outcome: Outcome, movable: NDArray[np.bool_] | None = None) -> Outcome:
    """The outcome with its plan arranged, worth as much or more; only ``movable`` tasks (default: all) move.

    A plan that breaks a rule, or is not worth what the engine says, is left as it is: the check that follows tells.
    """
    from models.engines import arranged

    if not check(build.problem, outcome.plan, outcome.objective).ok:
        return outcome
    team = build.agents["team"].rank("dense").fill_null(0).cast(int).to_numpy()
    plan = arranged(build.problem, outcome.plan, team, movable)
    objective = evaluate(build.problem, plan).objective
    stop = Stop.OPTIMAL if objective == outcome.bound else outcome.stop
    return replace(outcome, plan=plan, objective=objective, stop=stop)
