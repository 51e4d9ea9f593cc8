"""Improves a plan at hand until it gets no better, and no further: no prices, no bound, no start from elsewhere."""

from models.engines.search.ruin_recreate import Search
from models.plans.limits import Limits
from models.plans.plan import Plan, evaluate
from models.problem.arrays import arrays_of
from models.problem.problem import Problem

_ROUNDS_EACH = 20
"""Moves an agent in a sweep."""
_PATIENCE = 6
"""Sweeps without a gain, at each size of moves in turn, after which nothing more is expected."""


def polish(problem: Problem, plan: Plan, limits: Limits) -> Plan:
    """The plan after ruin and recreate, never worth less; the same every time unless the clock runs out."""
    if not problem.n_agents or not problem.free.any():
        return plan
    search, stalled = Search(problem, arrays_of(problem), plan, limits.seed), 0
    while stalled < _PATIENCE and not limits.exhausted():
        stalled = 0 if search.run(_ROUNDS_EACH * problem.n_agents) > 0 else stalled + 1
    found = search.plan()
    return found if evaluate(problem, found).objective > evaluate(problem, plan).objective else plan
