"""Finds prices of agents' time that prove a good bound: the Lagrangean dual of the capacity rows, smoothed.

With agent a's price pi_a(b) of a grain promised by deadline bucket b, never rising with b, and fee tau_a per task
where a may take only so many, the dual

    sum_i max(0, max over possible (a, s) of g - p pi_a(b(s)) - tau_a)
  + sum_a sum_b (C_a(b) - C_a(b-1)) pi_a(b) + sum_a M_a tau_a

is convex but has kinks; the inner maximum is smoothed to h log(1 + sum exp(. / h)), h being the temperature times
the task's shortest duration. The bound is never taken from here: the prices are handed to
:func:`models.bounds.certificate.certified_bound`.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.compiled import compiled
from models.engines.pricing.smoothing import Unit, falling_prices, typical_price
from models.plans.limits import Limits
from models.problem.arrays import Arrays
from models.problem.modes import Modes

Float64 = NDArray[np.float64]


def bucket_edges(A: Arrays, horizon: int, most: int) -> NDArray[np.int64]:
    """Up to ``most`` grains, from 0, between which deadlines share a price; a bucket's work is about the same.

    The last bucket is for what is only promised by the horizon's end, often most of the work.
    """
    wanted = (A.deadline > 0) & (A.deadline < horizon) & (A.gain > 0) & A.free[:, None]
    deadlines = A.deadline[wanted]
    if not len(deadlines):
        return np.unique(np.array([0, horizon], np.int64))
    work = np.broadcast_to(A.work[:, None], A.deadline.shape)[wanted]
    order = np.argsort(deadlines, kind="stable")
    done = np.cumsum(work[order]) / work.sum()
    at = np.minimum(np.searchsorted(done, np.arange(1, most) / (most - 1)), len(order) - 1)
    return np.unique(np.concatenate([[0], deadlines[order][at] + 1, [horizon]]))


@compiled
def _smoothed(modes, slot, price, fee, scale, tau, slope, fee_slope):  # type: ignore[no-untyped-def]
    """The smoothed first sum of the dual and, added into the slopes, its derivative by each price and fee.

    ``slot[k]`` is the (agent, bucket) whose price option k pays per grain.
    """
    total = 0.0
    for i in range(len(modes.first) - 1):
        low, high = modes.first[i], modes.first[i + 1]
        if low == high:
            continue
        heat = tau * scale[i]
        top = 0.0
        for k in range(low, high):
            top = max(top, modes.gain[k] - modes.grains[k] * price[slot[k]] - fee[modes.agent[k]])
        if top == 0.0 and heat == 0.0:
            continue
        mass = np.exp(-top / heat)
        for k in range(low, high):
            z = (modes.gain[k] - modes.grains[k] * price[slot[k]] - fee[modes.agent[k]] - top) / heat
            if z > -30.0:
                mass += np.exp(z)
        total += top + heat * np.log(mass)
        for k in range(low, high):
            z = (modes.gain[k] - modes.grains[k] * price[slot[k]] - fee[modes.agent[k]] - top) / heat
            if z > -30.0:
                slope[slot[k]] -= modes.grains[k] * np.exp(z) / mass
                fee_slope[modes.agent[k]] -= np.exp(z) / mass
    return total


def slices(A: Arrays, edges: NDArray[np.int64], capacities: Any, horizon: int) -> Float64:
    """The free capacity of each agent in each bucket, shape (agents, buckets)."""
    last = np.append(edges[1:] - 1, horizon)
    free = np.maximum(capacities(np.arange(len(A.base))[:, None], last[None, :]) - A.base[:, None], 0)
    supply: Float64 = np.diff(free, axis=1, prepend=0).astype(np.float64)
    return supply


def agent_prices(
    A: Arrays,
    modes: Modes,
    edges: NDArray[np.int64],
    supply: Float64,
    limits: Limits,
) -> Iterator[tuple[Float64, Float64]]:
    """Prices of each agent's grains, shape (agents, buckets), and fees, in hundredths; ever better ones."""
    has = np.flatnonzero(np.diff(modes.first))
    if not len(has):
        yield np.zeros(supply.shape), np.zeros(len(supply))
        return
    shortest, longest = np.ones(len(A.work)), np.ones(len(A.work))
    shortest[has] = np.minimum.reduceat(modes.grains, modes.first[has])
    longest[has] = np.maximum.reduceat(modes.grains, modes.first[has])
    best = np.maximum.reduceat(modes.gain, modes.first[has])
    density = typical_price(best, longest[has], float(supply.sum()))
    unit = Unit(density, density * float(shortest[has].mean()))
    deadline = A.deadline[modes.task, modes.step]
    slot = modes.agent.astype(np.int64) * len(edges) + np.searchsorted(edges, deadline, side="right") - 1
    limited = np.flatnonzero(A.spare < np.bincount(modes.agent, minlength=len(supply)))

    def smoothed(price: Float64, fees: Float64, temperature: float) -> tuple[float, Float64, Float64]:
        slope, fee_slope, fee = supply.copy(), np.zeros(len(supply)), np.zeros(len(supply))
        fee[limited], fee_slope[limited] = fees, A.spare[limited]
        rent = float((supply * price).sum()) + float((A.spare[limited] * fees).sum())
        flat, flat_slope = price.reshape(-1), slope.reshape(-1)
        surplus = _smoothed(modes, slot, flat, fee, shortest, temperature, flat_slope, fee_slope)
        return surplus + rent, slope, fee_slope[limited]

    for price, fees in falling_prices(smoothed, unit, supply.shape, len(limited), len(supply), limits):
        fee = np.zeros(len(supply))
        fee[limited] = fees
        yield price, fee
