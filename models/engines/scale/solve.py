"""The scale engine's course: the foundation of every other engine, for as long as the limits allow."""

from models.arrays import arrays_of
from models.engines.foundation import lay_foundation
from models.engines.incumbent import Incumbent
from models.limits import Limits
from models.outcome import Observer, Outcome
from models.plan import Plan
from models.problem import Problem


def solve_scale(problem: Problem, limits: Limits, observer: Observer, start: Plan | None = None) -> Outcome:
    """A plan and a bound for problems of any size."""
    incumbent = Incumbent(problem, limits, observer)
    complete = lay_foundation(incumbent, arrays_of(problem), start, share=1.0)
    return incumbent.outcome("scale", complete=complete)
