"""Runs every compiled loop once on a toy problem, so that later processes load it from disk."""

import numpy as np

from models.engines.parts import Bidding, head_prices
from models.engines.pricing.prove import prices_proving_bounds
from models.engines.replanning.repair import earlier_of, repaired
from models.engines.scale import solve_scale
from models.engines.search.arrange import arranged
from models.plans.check import check
from models.plans.incumbent import Incumbent
from models.plans.limits import Limits
from models.plans.outcome import silent
from models.plans.plan import pinned_plan
from models.plans.reasons import on_time_possible, shortage
from models.problem.arrays import arrays_of
from models.problem.builder import ProblemBuilder
from models.worth.hour_value import hour_values


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
    next(prices_proving_bounds(incumbent, arrays_of(problem), most_modes=0))
    if incumbent.prices is not None:
        hour_values(problem, incumbent.prices)
    priced, _ = head_prices(problem, 2.0, limits)
    Bidding(problem, priced, np.zeros(problem.n_agents, np.int64), 0).groups_for(problem)
    check(problem, pinned_plan(problem))
    shortage(problem, pinned_plan(problem))
    on_time_possible(problem, np.arange(problem.n_tasks))
