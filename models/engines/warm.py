"""Runs every compiled loop once on a toy problem, so that later processes load it from disk."""

import numpy as np

from models.arrays import arrays_of
from models.builder import ProblemBuilder
from models.check import check
from models.engines.arranging import arranged
from models.engines.bounding import prices_proving_bounds
from models.engines.incumbent import Incumbent
from models.engines.replanning.repair import earlier_of, repaired
from models.engines.scale import solve_scale
from models.hour_value import hour_values
from models.limits import Limits
from models.outcome import silent
from models.plan import pinned_plan
from models.reasons import on_time_possible, shortage


def warm_up() -> None:
    """Compiles what is not compiled yet: about a minute at the first call, next to nothing later."""
    builder = ProblemBuilder(100).agent("a", ["x"]).agent("b", ["x"], max_tasks=1)
    for k in range(8):
        builder.task(str(k), "x", minutes=30.0, due=40 + k)
    problem, limits = builder.build(), Limits(effort=1)
    plan = solve_scale(problem, limits, silent).plan
    repaired(problem, earlier_of(problem, plan))
    arranged(problem, plan, np.zeros(problem.n_agents, np.int64))
    incumbent = Incumbent(problem, limits, silent)
    next(prices_proving_bounds(incumbent, arrays_of(problem), most_options=0))
    if incumbent.prices is not None:
        hour_values(problem, incumbent.prices)
    check(problem, pinned_plan(problem))
    shortage(problem, pinned_plan(problem))
    on_time_possible(problem, np.arange(problem.n_tasks))
