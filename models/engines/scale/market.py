"""A market of kinds: prices for problems with too many pairs to look at one by one.

Tasks with the same requirement are one kind k, with the same eligible agents and efficiencies e(a,k). With the
price m[k,b] of a grain of work of kind k promised by deadline bucket b,

    sum_i max(0, max_s g(i,s) - w_i m[k(i),b(s)])
  + sum_a sum_b (C_a(b) - C_a(b-1)) max(0, max over eligible k of e(a,k) m[k,b] - cost_a)

bounds every plan that rounds nothing up; w_i is work at efficiency 1. An agent's price is the best a kind pays for
its time, pi_a(b) = max_k e(a,k) m[k,b] - cost_a, and only those are certified, at full resolution.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from models.arrays import Arrays
from models.compiled import compiled
from models.engines.smoothing import falling_prices
from models.limits import Limits

Float64 = NDArray[np.float64]


def market_prices(
    A: Arrays, edges: NDArray[np.int64], supply: Float64, limits: Limits
) -> Iterator[tuple[Float64, Float64]]:
    """Ever better (prices of agents, prices of kinds) in hundredths per grain, each with a column per bucket."""
    kinds = len(A.elig_first) - 1
    bucket = np.searchsorted(edges, A.deadline, side="right") - 1
    bucket[(A.deadline <= 0) | (A.gain <= 0) | ~A.free[:, None]] = -1
    links = _links(A)

    def smoothed(price: Float64, temperature: float) -> tuple[float, Float64]:
        slope = np.zeros_like(price)
        surplus = _buyers(A, bucket, price, temperature, slope)
        return surplus + _sellers(A, links, supply, price, temperature, slope), slope

    for price in falling_prices(smoothed, _level(A, bucket, supply), (kinds, len(edges)), limits):
        yield _best_price(A, links, price), price


def _links(A: Arrays) -> tuple[NDArray[np.int64], NDArray[np.int64], Float64]:
    """Each agent's kinds and efficiencies: rows ``first[a]:first[a + 1]`` of the two columns."""
    owner = np.repeat(np.arange(len(A.elig_first) - 1), np.diff(A.elig_first))
    order = np.argsort(A.elig_agent, kind="stable")
    first = np.searchsorted(A.elig_agent[order], np.arange(len(A.base) + 1)).astype(np.int64)
    return first, owner[order].astype(np.int64), A.elig_speed[order]


def _level(A: Arrays, bucket: NDArray[np.int64], supply: Float64) -> float:
    """The gain per grain of the last task that would fit if all time were one (never 0)."""
    density = np.where(bucket >= 0, A.gain, 0).max(axis=1, initial=0) / np.maximum(A.work, 1e-9)
    order = np.argsort(-density)
    k = min(int(np.searchsorted(np.cumsum(A.work[order]), supply.sum())), len(order) - 1)
    return max(float(density[order[k]]) if len(order) else 0.0, 1e-3)


@compiled
def _buyers(A, bucket, price, tau, slope):  # type: ignore[no-untyped-def]
    """The smoothed surplus of all tasks, its derivative added to ``slope``."""
    total = 0.0
    z = np.zeros(bucket.shape[1])
    for i in range(len(A.work)):
        k, work = A.requirement[i], A.work[i]
        top = 0.0
        for s in range(len(z)):
            z[s] = -1e300
            if bucket[i, s] >= 0:
                z[s] = (A.gain[i, s] / work - price[k, bucket[i, s]]) / tau
                top = max(top, z[s])
        mass = np.exp(-top)
        for s in range(len(z)):
            z[s] = np.exp(z[s] - top) if z[s] - top > -30.0 else 0.0
            mass += z[s]
        total += work * tau * (top + np.log(mass))
        for s in range(len(z)):
            if z[s] > 0.0:
                slope[k, bucket[i, s]] -= work * z[s] / mass
    return total


@compiled
def _sellers(A, links, supply, price, tau, slope):  # type: ignore[no-untyped-def]
    """The smoothed income of all agents, its derivative added to ``slope``."""
    first, kind, speed = links
    total = 0.0
    z = np.zeros(max(1, (first[1:] - first[:-1]).max()))
    for a in range(len(A.base)):
        low, count = first[a], first[a + 1] - first[a]
        for b in range(supply.shape[1]):
            if supply[a, b] <= 0.0 or count == 0:
                continue
            top = 0.0
            for j in range(count):
                z[j] = (speed[low + j] * price[kind[low + j], b] - A.cost[a]) / tau
                top = max(top, z[j])
            mass = np.exp(-top)
            for j in range(count):
                z[j] = np.exp(z[j] - top) if z[j] - top > -30.0 else 0.0
                mass += z[j]
            total += supply[a, b] * tau * (top + np.log(mass))
            for j in range(count):
                if z[j] > 0.0:
                    slope[kind[low + j], b] += supply[a, b] * speed[low + j] * z[j] / mass
    return total


@compiled
def _best_price(A, links, price):  # type: ignore[no-untyped-def]
    """What each agent's time is worth in each bucket: the best any kind it can do pays."""
    first, kind, speed = links
    best = np.zeros((len(A.base), price.shape[1]))
    for a in range(len(A.base)):
        for j in range(first[a], first[a + 1]):
            for b in range(price.shape[1]):
                best[a, b] = max(best[a, b], speed[j] * price[kind[j], b] - A.cost[a])
    return best
