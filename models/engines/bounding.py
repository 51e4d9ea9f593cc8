"""Proves bounds by prices: the agents' own dual while pairs can be listed, the market of kinds beyond that."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.arrays import Arrays
from models.certificate import certified_bound, make_prices
from models.engines.dual import agent_prices, bucket_edges, slices
from models.engines.incumbent import Incumbent
from models.engines.options import count_options, list_options
from models.engines.scale.market import market_prices
from models.limits import Limits

MOST_OPTIONS = 4_000_000
"""Up to so many ways to do the tasks every agent is priced for itself; above, through kinds of tasks."""
_BUCKETS, _MARKET_BUCKETS = 24, 20


class Priced(NamedTuple):
    """Prices of agents' grains in hundredths, shape (agents, buckets), and the grains where buckets begin."""

    edges: NDArray[np.int64]
    price: NDArray[np.float64]


def prices_proving_bounds(incumbent: Incumbent, A: Arrays, most_options: int = MOST_OPTIONS) -> Iterator[Priced]:
    """Ever better prices, at least once whatever the limits; each has lowered the incumbent's bound if it could."""
    problem = incumbent.problem
    listed = count_options(A) <= most_options
    edges = bucket_edges(A, problem.horizon, _BUCKETS if listed else _MARKET_BUCKETS)
    supply = slices(A, edges, problem.clocks.capacity, problem.horizon)
    for price in _prices(A, edges, supply, incumbent.limits, listed):
        prices = make_prices(problem, edges, price)
        incumbent.prove(certified_bound(problem, prices), "certificate", prices)
        yield Priced(edges, price)


def _prices(
    A: Arrays, edges: NDArray[np.int64], supply: NDArray[np.float64], limits: Limits, listed: bool
) -> Iterator[NDArray[np.float64]]:
    if listed:
        yield from agent_prices(A, list_options(A), edges, supply, limits)
    else:
        yield from (price for price, _ in market_prices(A, edges, supply, limits))
