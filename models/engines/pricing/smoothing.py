"""Minimizes a convex function with kinks over prices that never rise from bucket to bucket, and over fees.

The kinks are smoothed with a falling temperature and the result minimized with L-BFGS; variables are the drops
delta(b) >= 0 between buckets, price(b) being the sum of the drops from b on.

Source: Y. Nesterov, Smooth minimization of non-smooth functions, Math. Programming 103 (2005) 127-152.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.engines.pricing.lbfgs import minimized
from models.plans.limits import Limits

Float64 = NDArray[np.float64]
Smoothed = Callable[[Float64, Float64, float], tuple[float, Float64, Float64]]
"""(prices, fees, temperature) -> (value, slope by each price, by each fee); temperature in the unit of prices."""

TEMPERATURES = (0.1, 0.03, 0.01, 0.003, 0.001)
"""In typical prices. Each is a third of the one before, so that L-BFGS starts near its end; not tuned."""
_STEPS_EACH = 60
"""Steps of L-BFGS at each temperature at most. On a day of 1,500 short tasks and one of 400 long ones, half as many
leave bounds 0.15 to 0.2 % higher, twice as many lower them by 0.09 % or nothing."""
NEGLIGIBLE = -30.0
"""Exponents below this are taken as no part of a sum of exponentials whose largest term is 1: e^-30 is 1e-13."""


class Unit(NamedTuple):
    """What variables and temperatures are measured in: a typical price per grain and a typical fee per task."""

    price: float
    fee: float


def falling_prices(
    smoothed: Smoothed,
    unit: Unit,
    shape: tuple[int, int],
    fees: int,
    dear: int,
    limits: Limits,
    patience: int = 1,
) -> Iterator[tuple[Float64, Float64]]:
    """Ever better (prices, fees), one pair for each temperature, until the limits are exhausted.

    ``shape`` of the prices is (price lists, buckets); there are ``fees`` fees. ``dear`` of the lists begin with a
    price, the others with a fee. ``patience`` multiplies the steps that each temperature is given at most.
    """
    cells = shape[0] * shape[1]
    x = np.zeros(cells + fees)
    x[:cells].reshape(shape)[:dear, -1] = 1.0
    if dear < shape[0]:
        x[cells:] = 1.0

    def meaning(x: Float64) -> tuple[Float64, Float64]:
        drops = x[:cells].reshape(shape) * unit.price
        return np.ascontiguousarray(np.cumsum(drops[:, ::-1], axis=1)[:, ::-1]), x[cells:] * unit.fee

    def by_drops(x: Float64, temperature: float) -> tuple[float, Float64]:
        value, slope, fee_slope = smoothed(*meaning(x), temperature * unit.price)
        slope = np.cumsum(slope, axis=1).reshape(-1)
        return value / unit.price, np.concatenate([slope, fee_slope * (unit.fee / unit.price)])

    for temperature in TEMPERATURES:
        x = minimized(partial(by_drops, temperature=temperature), x, patience * _STEPS_EACH, limits.exhausted)
        yield meaning(x)
        if limits.exhausted():
            return


def typical_price(gain: Float64, work: Float64, room: float) -> float:
    """The gain per grain of the last task that would fit if all time were one (never 0)."""
    density = gain / np.maximum(work, 1e-9)
    order = np.argsort(-density, kind="stable")
    if not len(order):
        return 1e-3
    last = min(int(np.searchsorted(np.cumsum(work[order]), room)), len(order) - 1)
    return max(float(density[order[last]]), 1e-3)
