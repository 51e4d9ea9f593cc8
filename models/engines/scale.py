"""The scale engine's course: the foundation of every other engine, for as long as the limits allow."""

from models.engines.search.price_and_search import lay_foundation
from models.plans.incumbent import Incumbent
from models.plans.limits import Limits
from models.plans.outcome import Observer, Outcome
from models.plans.plan import Plan
from models.problem.arrays import arrays_of
from models.problem.problem import Problem


def solve_scale(problem: Problem, limits: Limits, observer: Observer, start: Plan | None = None) -> Outcome:
    """A plan and a bound for problems of any size."""
    incumbent = Incumbent(problem, limits, observer)
    complete = lay_foundation(incumbent, arrays_of(problem), start, share=1.0)
    return incumbent.outcome("scale", complete=complete)
