"""Minimizing by prices that fall: it stops when it is asked to, and not at its own convenience."""

import numpy as np
from numpy.typing import NDArray

from models import Limits
from models.engines.pricing.smoothing import Unit, falling_prices

Float64 = NDArray[np.float64]


def test_no_value_is_worked_out_once_somebody_asked_to_stop() -> None:
    limits, asked = Limits(), []

    def smoothed(price: Float64, fee: Float64, temperature: float) -> tuple[float, Float64, Float64]:
        asked.append(temperature)
        if len(asked) == 3:
            limits.cancelled.set()
        return float(((price - 7.0) ** 2).sum()), 2 * (price - 7.0), np.zeros(0)

    found = list(falling_prices(smoothed, Unit(1.0, 1.0), (2, 3), 0, 2, limits))
    assert len(found) == 1
    assert len(asked) == 3
