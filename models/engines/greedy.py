"""The greedy engine: construction alone, with a bound by prices."""

from models.engines.pricing.prove import prices_proving_bounds
from models.engines.search.construct import greedy_plan
from models.plans.incumbent import Incumbent
from models.plans.limits import Limits
from models.plans.outcome import Observer, Outcome
from models.plans.plan import Plan
from models.problem.arrays import arrays_of
from models.problem.problem import Problem


def solve_greedy(problem: Problem, limits: Limits, observer: Observer, start: Plan | None = None) -> Outcome:
    """The greedy plan, with a bound by prices."""
    incumbent = Incumbent(problem, limits, observer)
    if start is not None:
        incumbent.offer(start, "start")
    incumbent.offer(greedy_plan(problem), "greedy")
    for _ in prices_proving_bounds(incumbent, arrays_of(problem)):
        if incumbent.finished():
            break
    return incumbent.outcome("greedy", complete=not limits.exhausted())
