"""Proves bounds by prices: the agents' own dual while pairs can be listed, the market of kinds beyond that."""

import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.bounds.certificate import make_prices
from models.engines.pricing.dual import agent_prices, bucket_edges, slices
from models.engines.pricing.in_parts import bound_in_parts
from models.engines.pricing.market import market_prices
from models.plans.incumbent import Incumbent
from models.plans.limits import Limits
from models.plans.outcome import BoundSource, Move
from models.problem.arrays import Arrays
from models.problem.modes import count_modes, list_modes

MOST_PRICED_EACH = 4_000_000
"""Up to so many ways to do the tasks every agent is priced for itself; above, through kinds of tasks."""
_BUCKETS, _MARKET_BUCKETS, _FEWEST_BUCKETS = 24, 40, 4
"""Of deadlines: for each agent's own prices; in the market at most and at least. Half as many of the first leave bounds
0.28 % higher on a day of 1,500 short tasks, 0.04 % higher on one of 400 long ones; twice as many leave them 0.15 %
lower and 0.05 % higher. The others were not tuned."""
_MOST_CELLS = 20_000_000
"""Of kinds that people may do, by buckets: as many as are looked at in a quarter of a second."""


class Priced(NamedTuple):
    """What agents ask, in hundredths: by grain, shape (agents, buckets), and by task; ``edges`` begin the buckets."""

    edges: NDArray[np.int64]
    price: NDArray[np.float64]
    fee: NDArray[np.float64]


def prices_proving_bounds(
    incumbent: Incumbent, arrays: Arrays, most_modes: int = MOST_PRICED_EACH, limits: Limits | None = None
) -> Iterator[Priced]:
    """Ever better prices, at least once whatever the limits; each has lowered the incumbent's bound if it could.

    ``limits`` end the looking for better ones, by default the incumbent's; after those nothing is proved any more.
    """
    problem, limits = incumbent.problem, limits or incumbent.limits
    listed = count_modes(arrays) <= most_modes
    edges = bucket_edges(arrays, problem.horizon, _BUCKETS if listed else how_many_buckets(arrays))
    supply = slices(arrays, edges, problem.clocks.capacity, problem.horizon)
    found = agent_prices(arrays, list_modes(arrays), edges, supply, limits) if listed else None
    began = time.monotonic()
    for k, (price, fee) in enumerate(found or market_prices(arrays, edges, supply, limits)):
        if k > 0 and incumbent.limits.exhausted():
            return
        prices, before = make_prices(problem, edges, price, fee), incumbent.bound
        incumbent.prove(bound_in_parts(problem, prices, incumbent.limits), BoundSource.CERTIFICATE, prices)
        incumbent.spent(Move.PRICES, time.monotonic() - began, lowered(before, incumbent.bound))
        yield Priced(edges, price, fee)
        began = time.monotonic()


def how_many_buckets(arrays: Arrays) -> int:
    """In how many buckets of deadlines a market has prices."""
    return min(_MARKET_BUCKETS, max(_FEWEST_BUCKETS, _MOST_CELLS // max(1, len(arrays.elig_agent))))


def lowered(before: int | None, bound: int | None) -> int:
    """By how much a bound has come down, 0 for the first."""
    return 0 if before is None or bound is None else before - bound
