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
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.compiled import Real, Whole, compiled
from models.engines.pricing.elementary import exp, log
from models.engines.pricing.smoothing import NEGLIGIBLE, TEMPERATURES, Unit, falling_prices, typical_price
from models.executor import at_once
from models.plans.limits import Limits
from models.problem.arrays import Arrays, links_of
from models.problem.problem import Bool, Float64, Int32, Int64

_LONG = 0.9
"""The share of the work's lengths below what counts as a long task."""
_CLASSES = 4
"""Classes of agents by how much of their time ``max_tasks`` lets them sell; not tuned."""
_PATIENCE = 2
"""Times as many steps as in the agents' own dual: a step costs less here and there are more of them; not tuned."""
_PARTS = 4
"""In which buyers and sellers are added up beside each other: always as many, so that sums do not depend on cores."""
_SAMPLED = 100_000
"""So many buyers are enough until the last temperature: tasks of a kind differ little."""


class Buyers(NamedTuple):
    """Tasks, or every n-th of them; one row each."""

    kind: Int32  # (row) k, the task's requirement
    work: Float64  # (row) grains at efficiency 1
    gain: Float64  # (row, step) hundredths
    bucket: Int64  # (row, step) b, of its deadline; -1: there is no such step
    stands_for: float  # the n tasks that a row counts for


class Counters(NamedTuple):
    """Where agents sell: counter k is for kind k, ``c * kinds + k`` for its agents of the c-th class of few tasks.

    Prices have a row for each counter and a column for each bucket; fees begin with counter ``kinds``.
    """

    kinds: int
    first: Int64  # (a + 1) agent a sells at counter[first[a]:first[a + 1]]
    counter: Int64  # (row) the counter
    speed: Float64  # (row) the agent's efficiency for its kind
    staffed: Bool  # (counter) whether anybody sells there


def market_prices(
    arrays: Arrays, edges: NDArray[np.int64], supply: Float64, limits: Limits, stands_for: float = 1.0
) -> Iterator[tuple[Float64, Float64]]:
    """Ever better prices of agents' grains, shape (agents, buckets), and fees, in hundredths.

    Each task of the arrays ``stands_for`` so many like it, of which the others are not here.
    """
    bucket = np.searchsorted(edges, arrays.deadline, side="right") - 1
    bucket[(arrays.deadline <= 0) | (arrays.gain <= 0) | ~arrays.free[:, None]] = -1
    wanted = np.flatnonzero(bucket.max(axis=1, initial=-1) >= 0)
    everybody = Buyers(arrays.requirement[wanted], arrays.work[wanted], arrays.gain[wanted], bucket[wanted], stands_for)
    some = _every(max(1, len(wanted) // _SAMPLED), everybody)
    long = float(np.quantile(everybody.work, _LONG)) if len(wanted) else 1.0
    usable = arrays.spare * long / np.maximum(supply.sum(axis=1), 1.0)
    klass = np.where(usable < 1.0, 1 + (usable * _CLASSES).astype(np.int64), 0)
    counters = _counters(arrays, klass)
    best = np.where(everybody.bucket >= 0, everybody.gain, 0).max(axis=1, initial=0)
    density = typical_price(best, everybody.work, float(supply.sum()) / stands_for)
    unit = Unit(density, density * long)
    fees = _CLASSES * counters.kinds if klass.any() else 0
    spare = np.where(klass > 0, arrays.spare, 0)

    sellers = np.array_split(np.arange(len(arrays.base)), _PARTS)

    def smoothed(price: Float64, fee: Float64, temperature: float) -> tuple[float, Float64, Float64]:
        slope, fee_slope = np.zeros((_PARTS, *price.shape)), np.zeros((_PARTS, *fee.shape))
        buyers = some if temperature > TEMPERATURES[-1] * unit.price else everybody

        def part(k: int) -> float:
            low, high = (len(buyers.work) * part // _PARTS for part in (k, k + 1))
            surplus = _buyers(buyers, low, high, counters, price, fee, temperature, slope[k], fee_slope[k])
            return float(surplus + _sellers(arrays, sellers[k], counters, supply, price, temperature, slope[k]))

        total = sum(at_once([partial(part, k) for k in range(_PARTS)], limits.workers))
        total += _collectors(counters, spare, fee, temperature * long, fee_slope[0])
        return total, _in_all(slope), _in_all(fee_slope)

    shape = (counters.kinds + fees, len(edges))
    for price, fee in falling_prices(smoothed, unit, shape, fees, counters.kinds, limits, _PATIENCE):
        yield _best_price(arrays, counters, price), _best_fee(counters, spare, fee)


def _in_all(parts: Float64) -> Float64:
    """The sum of the parts, in one order on every machine."""
    whole: Float64 = (parts[0] + parts[1]) + (parts[2] + parts[3])
    return whole


def _every(n: int, buyers: Buyers) -> Buyers:
    """Every n-th buyer of those who are alike, in the place of all."""
    density = buyers.gain.max(axis=1, initial=0) / np.maximum(buyers.work, 1e-9)
    alike = np.lexsort((density, *buyers.bucket.T, buyers.kind))
    chosen = np.sort(alike[n // 2 :: n])
    kind, work, gain, bucket, many = buyers
    return Buyers(kind[chosen], work[chosen], gain[chosen], bucket[chosen], n * many)


def _counters(arrays: Arrays, klass: NDArray[np.int64]) -> Counters:
    """Every agent's counters."""
    kinds = len(arrays.elig_first) - 1
    first, kind, speed = links_of(arrays)
    counter = kind + kinds * np.repeat(klass, np.diff(first))
    staffed = np.bincount(counter, minlength=(1 + _CLASSES) * kinds) > 0
    return Counters(kinds, first, counter, speed, staffed)


@compiled
def _buyers(
    buyers: Buyers, low: Whole, high: Whole, counters: Counters, price: Float64, fee: Float64, tau: Real,
    slope: Float64, fee_slope: Float64,
) -> Real:  # fmt: skip
    """The smoothed surplus of the buyers low:high, in hundredths; its derivatives are added to the slopes.

    ``price`` and ``slope`` (counter, bucket) are by the grain, ``fee`` and ``fee_slope`` by the task; ``tau`` is the
    temperature, in hundredths a grain.
    """
    bucket, gain, kinds, staffed = buyers.bucket, buyers.gain, counters.kinds, counters.staffed
    total, steps, many = 0.0, bucket.shape[1], buyers.stands_for
    z = np.zeros(len(staffed) // max(1, kinds) * steps)
    at = np.zeros(len(z), np.int64)
    for i in range(low, high):
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
        mass = exp(-top)
        for j in range(n):
            z[j] = exp(z[j] - top) if z[j] - top > NEGLIGIBLE else 0.0
            mass += z[j]
        total += many * work * tau * (top + log(mass))
        for j in range(n):
            if z[j] > 0.0:
                c = at[j] // steps
                slope[c, bucket[i, at[j] % steps]] -= many * work * z[j] / mass
                if c >= kinds:
                    fee_slope[c - kinds] -= many * z[j] / mass
    return total


@compiled
def _sellers(
    arrays: Arrays, agents: Int64, counters: Counters, supply: Float64, price: Float64, tau: Real, slope: Float64
) -> Real:
    """The smoothed income of agents from their time, in hundredths; its derivative is added to ``slope``.

    ``supply`` (a, bucket): free grains.
    """
    first, counter, speed = counters.first, counters.counter, counters.speed
    total = 0.0
    z = np.zeros(max(1, (first[1:] - first[:-1]).max()))
    for a in agents:
        low, count = first[a], first[a + 1] - first[a]
        for b in range(supply.shape[1]):
            if supply[a, b] <= 0.0 or count == 0:
                continue
            top = 0.0
            for j in range(count):
                z[j] = (speed[low + j] * price[counter[low + j], b] - arrays.cost[a]) / tau
                top = max(top, z[j])
            mass = exp(-top)
            for j in range(count):
                z[j] = exp(z[j] - top) if z[j] - top > NEGLIGIBLE else 0.0
                mass += z[j]
            total += supply[a, b] * tau * (top + log(mass))
            for j in range(count):
                if z[j] > 0.0:
                    slope[counter[low + j], b] += supply[a, b] * speed[low + j] * z[j] / mass
    return total


@compiled
def _collectors(counters: Counters, spare: Int64, fee: Float64, tau: Real, fee_slope: Float64) -> Real:
    """The smoothed income of all agents from fees, in hundredths; its derivative is added to ``fee_slope``.

    ``spare`` (a): how many tasks the agent may take, 0 for those who sell their time without fees.
    """
    first, total = counters.first, 0.0
    for a in np.flatnonzero(spare):
        top = 0.0
        for j in range(first[a], first[a + 1]):
            top = max(top, fee[counters.counter[j] - counters.kinds] / tau)
        mass = exp(-top)
        for j in range(first[a], first[a + 1]):
            mass += exp(fee[counters.counter[j] - counters.kinds] / tau - top)
        total += spare[a] * tau * (top + log(mass))
        for j in range(first[a], first[a + 1]):
            k = counters.counter[j] - counters.kinds
            fee_slope[k] += spare[a] * exp(fee[k] / tau - top) / mass
    return total


@compiled
def _best_price(arrays: Arrays, counters: Counters, price: Float64) -> Float64:
    """What each agent's time is worth in each bucket, (a, bucket): the best that any kind pays which it can do."""
    first, counter, speed = counters.first, counters.counter, counters.speed
    best = np.zeros((len(arrays.base), price.shape[1]))
    for a in range(len(arrays.base)):
        for j in range(first[a], first[a + 1]):
            for b in range(price.shape[1]):
                best[a, b] = max(best[a, b], speed[j] * price[counter[j], b] - arrays.cost[a])
    return best


@compiled
def _best_fee(counters: Counters, spare: Int64, fee: Float64) -> Float64:
    """What a task of each agent is worth (a), 0 for agents who sell without fees."""
    best = np.zeros(len(spare))
    for a in np.flatnonzero(spare):
        for j in range(counters.first[a], counters.first[a + 1]):
            best[a] = max(best[a], fee[counters.counter[j] - counters.kinds])
    return best
