"""A market of kinds: prices for problems with too many pairs to look at one by one.

Tasks with the same requirement are one kind k, with the same eligible agents and efficiencies e(a,k). With the
price m[k,b] of a grain of work of kind k promised by deadline bucket b,

    sum_i max(0, max_s g(i,s) - w_i m[k(i),b(s)])
  + sum_a sum_b (C_a(b) - C_a(b-1)) max(0, max over eligible k of e(a,k) m[k,b] - cost_a)

bounds every plan that rounds nothing up; w_i is work at efficiency 1. An agent's price is the best a kind pays for
its time, pi_a(b) = max_k e(a,k) m[k,b] - cost_a, and only those are certified, at full resolution.

Agents whose time max_tasks leaves idle sell at counters of their own, with others of whose time it leaves about as
much, where a kind pays m'[k,b] a grain and n[k] a task: what is scarce there are the M_a tasks, and long ones are
worth most. Their fee is tau_a = max_k n[k].
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.compiled import compiled
from models.engines.pricing.smoothing import TEMPERATURES, Unit, falling_prices, typical_price
from models.plans.limits import Limits
from models.problem.arrays import Arrays, links_of

_LONG = 0.9
"""The share of the work's lengths below what counts as a long task."""
_CLASSES = 4
_PATIENCE = 2
_SAMPLED = 100_000
"""So many buyers are enough until the last temperature: tasks of a kind differ little."""

Float64 = NDArray[np.float64]


class Buyers(NamedTuple):
    """Tasks, or every n-th of them standing for n: kind, work, gain and deadline bucket (-1: none) of each step."""

    kind: Any
    work: Any
    gain: Any
    bucket: Any
    stands_for: float


class Counters(NamedTuple):
    """Where agents sell: counter k is for kind k, ``c * kinds + k`` for its agents of the c-th class of few tasks.

    Agent a's are ``counter[first[a]:first[a + 1]]``, with its efficiencies; ``staffed`` tells which have anybody.
    """

    kinds: int
    first: Any
    counter: Any
    speed: Any
    staffed: Any


def market_prices(
    A: Arrays, edges: NDArray[np.int64], supply: Float64, limits: Limits
) -> Iterator[tuple[Float64, Float64]]:
    """Ever better prices of agents' grains, shape (agents, buckets), and fees, in hundredths."""
    bucket = np.searchsorted(edges, A.deadline, side="right") - 1
    bucket[(A.deadline <= 0) | (A.gain <= 0) | ~A.free[:, None]] = -1
    wanted = np.flatnonzero(bucket.max(axis=1, initial=-1) >= 0)
    everybody = Buyers(A.requirement[wanted], A.work[wanted], A.gain[wanted], bucket[wanted], 1.0)
    some = _every(max(1, len(wanted) // _SAMPLED), everybody)
    long = float(np.quantile(everybody.work, _LONG)) if len(wanted) else 1.0
    usable = A.spare * long / np.maximum(supply.sum(axis=1), 1.0)
    klass = np.where(usable < 1.0, 1 + (usable * _CLASSES).astype(np.int64), 0)
    counters = _counters(A, klass)
    best = np.where(everybody.bucket >= 0, everybody.gain, 0).max(axis=1, initial=0)
    density = typical_price(best, everybody.work, float(supply.sum()))
    unit = Unit(density, density * long)
    fees = _CLASSES * counters.kinds if klass.any() else 0
    spare = np.where(klass > 0, A.spare, 0)

    def smoothed(price: Float64, fee: Float64, temperature: float) -> tuple[float, Float64, Float64]:
        slope, fee_slope = np.zeros_like(price), np.zeros_like(fee)
        buyers = some if temperature > TEMPERATURES[-1] * unit.price else everybody
        surplus = _buyers(buyers, counters, price, fee, temperature, slope, fee_slope)
        income = _sellers(A, counters, supply, price, temperature, slope)
        return surplus + income + _collectors(counters, spare, fee, temperature * long, fee_slope), slope, fee_slope

    shape = (counters.kinds + fees, len(edges))
    for price, fee in falling_prices(smoothed, unit, shape, fees, counters.kinds, limits, _PATIENCE):
        yield _best_price(A, counters, price), _best_fee(counters, spare, fee)


def _every(n: int, buyers: Buyers) -> Buyers:
    """Every n-th buyer of those who are alike, in the place of all."""
    density = buyers.gain.max(axis=1, initial=0) / np.maximum(buyers.work, 1e-9)
    alike = np.lexsort((density, *buyers.bucket.T, buyers.kind))
    chosen = np.sort(alike[n // 2 :: n])
    kind, work, gain, bucket = (column[chosen] for column in buyers[:-1])
    return Buyers(kind, work, gain, bucket, float(n))


def _counters(A: Arrays, klass: NDArray[np.int64]) -> Counters:
    """Every agent's counters."""
    kinds = len(A.elig_first) - 1
    first, kind, speed = links_of(A)
    counter = kind + kinds * np.repeat(klass, np.diff(first))
    staffed = np.bincount(counter, minlength=(1 + _CLASSES) * kinds) > 0
    return Counters(kinds, first, counter, speed, staffed)


@compiled
def _buyers(buyers, counters, price, fee, tau, slope, fee_slope):  # type: ignore[no-untyped-def]
    """The smoothed surplus of all buyers, its derivative added to the slopes."""
    bucket, gain, kinds, staffed = buyers.bucket, buyers.gain, counters.kinds, counters.staffed
    total, steps, many = 0.0, bucket.shape[1], buyers.stands_for
    z = np.zeros(len(staffed) // max(1, kinds) * steps)
    at = np.zeros(len(z), np.int64)
    for i in range(len(buyers.work)):
        work = buyers.work[i]
        top, n = 0.0, 0
        for c in range(buyers.kind[i], len(price), kinds):
            if not staffed[c]:
                continue
            asked = fee[c - kinds] / work if c >= kinds else 0.0
            for s in range(steps):
                if bucket[i, s] >= 0:
                    z[n] = (gain[i, s] / work - asked - price[c, bucket[i, s]]) / tau
                    at[n] = c * steps + s
                    top = max(top, z[n])
                    n += 1
        mass = np.exp(-top)
        for j in range(n):
            z[j] = np.exp(z[j] - top) if z[j] - top > -30.0 else 0.0
            mass += z[j]
        total += many * work * tau * (top + np.log(mass))
        for j in range(n):
            if z[j] > 0.0:
                c = at[j] // steps
                slope[c, bucket[i, at[j] % steps]] -= many * work * z[j] / mass
                if c >= kinds:
                    fee_slope[c - kinds] -= many * z[j] / mass
    return total


@compiled
def _sellers(A, counters, supply, price, tau, slope):  # type: ignore[no-untyped-def]
    """The smoothed income of all agents from their time, its derivative added to ``slope``."""
    first, counter, speed = counters.first, counters.counter, counters.speed
    total = 0.0
    z = np.zeros(max(1, (first[1:] - first[:-1]).max()))
    for a in range(len(A.base)):
        low, count = first[a], first[a + 1] - first[a]
        for b in range(supply.shape[1]):
            if supply[a, b] <= 0.0 or count == 0:
                continue
            top = 0.0
            for j in range(count):
                z[j] = (speed[low + j] * price[counter[low + j], b] - A.cost[a]) / tau
                top = max(top, z[j])
            mass = np.exp(-top)
            for j in range(count):
                z[j] = np.exp(z[j] - top) if z[j] - top > -30.0 else 0.0
                mass += z[j]
            total += supply[a, b] * tau * (top + np.log(mass))
            for j in range(count):
                if z[j] > 0.0:
                    slope[counter[low + j], b] += supply[a, b] * speed[low + j] * z[j] / mass
    return total


@compiled
def _collectors(counters, spare, fee, tau, fee_slope):  # type: ignore[no-untyped-def]
    """The smoothed income of all agents from fees, its derivative added to ``fee_slope``."""
    first, total = counters.first, 0.0
    for a in np.flatnonzero(spare):
        top = 0.0
        for j in range(first[a], first[a + 1]):
            top = max(top, fee[counters.counter[j] - counters.kinds] / tau)
        mass = np.exp(-top)
        for j in range(first[a], first[a + 1]):
            mass += np.exp(fee[counters.counter[j] - counters.kinds] / tau - top)
        total += spare[a] * tau * (top + np.log(mass))
        for j in range(first[a], first[a + 1]):
            k = counters.counter[j] - counters.kinds
            fee_slope[k] += spare[a] * np.exp(fee[k] / tau - top) / mass
    return total


@compiled
def _best_price(A, counters, price):  # type: ignore[no-untyped-def]
    """What each agent's time is worth in each bucket: the best any kind it can do pays."""
    first, counter, speed = counters.first, counters.counter, counters.speed
    best = np.zeros((len(A.base), price.shape[1]))
    for a in range(len(A.base)):
        for j in range(first[a], first[a + 1]):
            for b in range(price.shape[1]):
                best[a, b] = max(best[a, b], speed[j] * price[counter[j], b] - A.cost[a])
    return best


@compiled
def _best_fee(counters, spare, fee):  # type: ignore[no-untyped-def]
    """What each of an agent's tasks is worth where they are what is scarce."""
    best = np.zeros(len(spare))
    for a in np.flatnonzero(spare):
        for j in range(counters.first[a], counters.first[a + 1]):
            best[a] = max(best[a], fee[counters.counter[j] - counters.kinds])
    return best
