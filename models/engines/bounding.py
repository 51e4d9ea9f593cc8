"""Proves a bound by prices: the agents' own dual while pairs can be listed, the market of kinds beyond that."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from models.arrays import Arrays
from models.certificate import certified_bound, make_prices
from models.engines.dual import agent_prices, bucket_edges, slices
from models.engines.incumbent import Incumbent
from models.engines.options import list_options, most_options
from models.engines.scale.market import market_prices
from models.limits import Limits

MOST_OPTIONS = 4_000_000
"""Up to so many ways to do the tasks every agent is priced for itself; above, through kinds of tasks."""
_BUCKETS, _MARKET_BUCKETS = 24, 20


def prove_by_prices(incumbent: Incumbent, A: Arrays) -> None:
    """Lowers the incumbent's bound step by step, until the limits or the method are exhausted."""
    problem = incumbent.problem
    listed = most_options(A) <= MOST_OPTIONS
    edges = bucket_edges(A, problem.horizon, _BUCKETS if listed else _MARKET_BUCKETS)
    supply = slices(A, edges, problem.clocks.capacity, problem.horizon)
    for price in _prices(A, edges, supply, incumbent.limits, listed):
        prices = make_prices(problem, edges, price)
        incumbent.prove(certified_bound(problem, prices), "certificate", prices)
        if incumbent.finished():
            return


def _prices(
    A: Arrays, edges: NDArray[np.int64], supply: NDArray[np.float64], limits: Limits, listed: bool
) -> Iterator[NDArray[np.float64]]:
    """Prices of agents' time, at least one whatever the limits."""
    if listed:
        yield from agent_prices(A, list_options(A), edges, supply, limits)
    else:
        yield from (price for price, _ in market_prices(A, edges, supply, limits))
