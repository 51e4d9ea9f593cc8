"""Minimizes a convex function with kinks over prices that never rise from bucket to bucket.

The kinks are smoothed with a falling temperature and the result minimized with L-BFGS-B; variables are the drops
delta(b) >= 0 between buckets, price(b) being the sum of the drops from b on.

Source: Y. Nesterov, Smooth minimization of non-smooth functions, Math. Programming 103 (2005) 127-152.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from models.limits import Limits

Float64 = NDArray[np.float64]
Smoothed = Callable[[Float64, float], tuple[float, Float64]]
"""(prices, temperature) -> (value, slope by each price); temperature in the unit of prices."""

_TEMPERATURES = (0.1, 0.03, 0.01, 0.003, 0.001)
_STEPS_EACH = 60


def falling_prices(smoothed: Smoothed, level: float, shape: tuple[int, int], limits: Limits) -> Iterator[Float64]:
    """Ever better prices, one for each temperature, until the limits are exhausted.

    ``level`` is a typical price, the unit in which variables and temperatures are measured.
    ``shape`` is (price lists, buckets).
    """
    drops = np.zeros(shape)
    drops[:, -1] = 1.0

    def by_drops(x: Float64, temperature: float) -> tuple[float, Float64]:
        value, slope = smoothed(_prices(x.reshape(shape) * level), temperature * level)
        return value / level, np.cumsum(slope, axis=1).reshape(-1)

    def stop_if_exhausted(_: Float64) -> None:
        if limits.exhausted():
            raise StopIteration

    for temperature in _TEMPERATURES:
        with threadpool_limits(1, user_api="blas"):  # threads only wait for each other on matrices this small
            result = minimize(
                by_drops,
                drops.reshape(-1),
                args=(temperature,),
                jac=True,
                method="L-BFGS-B",
                bounds=[(0.0, None)] * drops.size,
                callback=stop_if_exhausted,
                options={"maxiter": _STEPS_EACH, "maxcor": 20},
            )
        drops = result.x.reshape(shape)
        yield _prices(drops * level)
        if limits.exhausted():
            return


def _prices(drops: Float64) -> Float64:
    return np.ascontiguousarray(np.cumsum(drops[:, ::-1], axis=1)[:, ::-1])
