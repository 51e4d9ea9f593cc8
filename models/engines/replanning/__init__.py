"""Planning again: a plan for a changed problem, near the plan there was.

:mod:`repair` keeps what can stay, :mod:`again` goes on from there at the earlier prices, :mod:`tidy` deals out anew
what people exchange, :mod:`budget`, :mod:`recombine` and :mod:`lagrange` keep to a number of changes, :mod:`curve` says
what each number costs.
Belongs here: plans near a plan. Not here: applying edits (`scheduler/edits`) and reading the earlier run.
"""

from models.engines.replanning.again import go_on, solve_again
from models.engines.replanning.curve import CurvePoint, cost_of_stability
from models.engines.replanning.repair import Earlier, UnkeepableError, earlier_of, repaired
from models.engines.replanning.replan import Replanned, kept_as_it_is, replan

__all__ = [
    "CurvePoint",
    "Earlier",
    "Replanned",
    "UnkeepableError",
    "cost_of_stability",
    "earlier_of",
    "go_on",
    "kept_as_it_is",
    "repaired",
    "replan",
    "solve_again",
]
