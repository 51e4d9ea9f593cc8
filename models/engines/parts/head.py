"""Prices for a problem of which only a sample of tasks is here, with all agents.

A sampled task stands for so many others of its kind: the market of kinds has each of them as so many buyers. Prices
prove a bound whatever they are, so that of the whole is added up at them exactly, task by task.
"""

from models.bounds.certificate import make_prices
from models.engines.pricing.dual import bucket_edges, slices
from models.engines.pricing.market import market_prices
from models.engines.pricing.prove import Priced, how_many_buckets
from models.engines.search.construct import priced_plan
from models.engines.search.dive import MANY_MODES
from models.plans.limits import Limits
from models.plans.outcome import Prices
from models.plans.plan import Plan
from models.problem.arrays import arrays_of
from models.problem.modes import count_modes
from models.problem.problem import Int64, Problem


def head_prices(problem: Problem, stands_for: float, limits: Limits) -> tuple[Priced, Prices]:
    """The best prices found within the limits, at least the first; as the search and as proofs take them.

    Each open task of the problem stands for so many of the whole; pinned work is all there, and stands for itself.
    """
    arrays = arrays_of(problem)
    edges = bucket_edges(arrays, problem.horizon, how_many_buckets(arrays))
    supply = slices(arrays, edges, problem.clocks.capacity, problem.horizon)
    for price, fee in market_prices(arrays, edges, supply, limits, stands_for):
        found = Priced(edges, price, fee)
    return found, make_prices(problem, edges, found.price, found.fee)


def plan_at_prices(problem: Problem, priced: Priced, agents: Int64, limits: Limits) -> Plan:
    """A plan of a part that follows the common prices; ``agents`` are its agents in the whole."""
    own = Priced(priced.edges, priced.price[agents], priced.fee[agents])
    return priced_plan(problem, arrays_of(problem), own, limits)


def is_large(problem: Problem) -> bool:
    """Whether a part is so large that dives are made on all cores, or not at all."""
    return count_modes(arrays_of(problem)) > MANY_MODES
