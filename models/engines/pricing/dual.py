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

from models.compiled import Real, compiled
from models.engines.pricing.elementary import exp, log
from models.engines.pricing.lbfgs import dot
from models.engines.pricing.smoothing import NEGLIGIBLE, Unit, falling_prices, typical_price
from models.plans.limits import Limits
from models.problem.arrays import Arrays
from models.problem.modes import Modes
from models.problem.problem import Float64, Int64


def bucket_edges(arrays: Arrays, horizon: int, most: int) -> NDArray[np.int64]:
    """Up to ``most`` grains, from 0, between which deadlines share a price; a bucket's work is about the same.

    The last bucket is for what is only promised by the horizon's end, often most of the work.
    """
    wanted = (arrays.deadline > 0) & (arrays.deadline < horizon) & (arrays.gain > 0) & arrays.free[:, None]
    deadlines = arrays.deadline[wanted]
    if not len(deadlines):
        return np.unique(np.array([0, horizon], np.int64))
    work = np.broadcast_to(arrays.work[:, None], arrays.deadline.shape)[wanted]
    order = np.argsort(deadlines, kind="stable")
    done = np.cumsum(work[order]) / work.sum()
    at = np.minimum(np.searchsorted(done, np.arange(1, most) / (most - 1)), len(order) - 1)
    return np.unique(np.concatenate([[0], deadlines[order][at] + 1, [horizon]]))


@compiled
def _smoothed(
    modes: Modes,
    slot: Int64,
    price: Float64,
    fee: Float64,
    scale: Float64,
    tau: Real,
    slope: Float64,
    fee_slope: Float64,
) -> Real:
    """The smoothed first sum of the dual, in hundredths; its derivatives are added to the slopes.

    ``slot`` (mode): the place of (agent, bucket) in ``price``, which the mode pays for a grain. ``price`` (agents *
    buckets): hundredths a grain; ``fee`` (a): hundredths a task; ``slope`` and ``fee_slope`` have the shapes of these.
    ``scale`` (i): the task's shortest duration in grains; ``tau``: the temperature, in hundredths a grain.
    """
    total, most = 0.0, np.int64(0)
    for i in range(len(modes.first) - 1):
        most = max(most, modes.first[i + 1] - modes.first[i])
    z = np.empty(most)
    for i in range(len(modes.first) - 1):
        low, high = modes.first[i], modes.first[i + 1]
        if low == high:
            continue
        heat = tau * scale[i]
        top = 0.0
        for k in range(low, high):
            z[k - low] = modes.gain[k] - modes.grains[k] * price[slot[k]] - fee[modes.agent[k]]
            top = max(top, z[k - low])
        if top == 0.0 and heat == 0.0:
            continue
        mass = exp(-top / heat)
        for k in range(high - low):
            above = (z[k] - top) / heat
            z[k] = exp(above) if above > NEGLIGIBLE else 0.0
            mass += z[k]
        total += top + heat * log(mass)
        for k in range(low, high):
            if z[k - low] > 0.0:
                share = z[k - low] / mass
                slope[slot[k]] -= modes.grains[k] * share
                fee_slope[modes.agent[k]] -= share
    return total


def slices(arrays: Arrays, edges: NDArray[np.int64], capacities: Any, horizon: int) -> Float64:
    """The free capacity of each agent in each bucket, shape (agents, buckets)."""
    last = np.append(edges[1:] - 1, horizon)
    free = np.maximum(capacities(np.arange(len(arrays.base))[:, None], last[None, :]) - arrays.base[:, None], 0)
    supply: Float64 = np.diff(free, axis=1, prepend=0).astype(np.float64)
    return supply


def agent_prices(
    arrays: Arrays,
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
    shortest, longest = np.ones(len(arrays.work)), np.ones(len(arrays.work))
    shortest[has] = np.minimum.reduceat(modes.grains, modes.first[has])
    longest[has] = np.maximum.reduceat(modes.grains, modes.first[has])
    best = np.maximum.reduceat(modes.gain, modes.first[has])
    density = typical_price(best, longest[has], float(supply.sum()))
    unit = Unit(density, density * float(shortest[has].mean()))
    deadline = arrays.deadline[modes.task, modes.step]
    slot = modes.agent.astype(np.int64) * len(edges) + np.searchsorted(edges, deadline, side="right") - 1
    limited = np.flatnonzero(arrays.spare < np.bincount(modes.agent, minlength=len(supply)))
    places = arrays.spare[limited].astype(np.float64)

    def smoothed(price: Float64, fees: Float64, temperature: float) -> tuple[float, Float64, Float64]:
        slope, fee_slope, fee = supply.copy(), np.zeros(len(supply)), np.zeros(len(supply))
        fee[limited], fee_slope[limited] = fees, places
        flat, flat_slope = price.reshape(-1), slope.reshape(-1)
        rent = float(dot(supply.reshape(-1), flat) + dot(places, fees))
        surplus = _smoothed(modes, slot, flat, fee, shortest, temperature, flat_slope, fee_slope)
        return surplus + rent, slope, fee_slope[limited]

    for price, fees in falling_prices(smoothed, unit, supply.shape, len(limited), len(supply), limits):
        fee = np.zeros(len(supply))
        fee[limited] = fees
        yield price, fee
