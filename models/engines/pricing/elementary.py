"""Exponentials and logarithms that are the same on every processor.

Those of the C library are made in several ways, of which each processor takes the one that suits it, and they differ in
the last digit; prices and so plans would too. These are sums and products in a fixed order, which no processor rounds
differently. Tables come from the standard library's decimal numbers, which are computed in whole numbers.
"""

from decimal import Decimal

import numpy as np

from models.compiled import Real, compiled

_CELLS = 32
"""Cells of a power of two: :func:`exp` looks one up and has a 64th of log 2 left for its series."""
_LOG_2 = Decimal(2).ln()
_POWERS = np.array([float((-_LOG_2 * k / _CELLS).exp()) for k in range(_CELLS)])
_HALVES = np.array([0.5**k for k in range(1075)])
_LOWEST = -745.0
"""The exponential of less is 0."""
_COARSE = float(round(_LOG_2 / _CELLS * 2**38)) / 2**38
"""The length of a cell with so few digits that a product with a number of cells is not rounded."""
_FINE = float(_LOG_2 / _CELLS - Decimal(_COARSE))
_LOG_2_COARSE = float(round(_LOG_2 * 2**38)) / 2**38
_LOG_2_FINE = float(_LOG_2 - Decimal(_LOG_2_COARSE))


@compiled
def exp(x: Real) -> Real:
    """e to the power of ``x``, which is at most 0; within one unit in the last place down to e^-700."""
    if not x >= _LOWEST:
        return 0.0
    cells = np.int64(0.5 - x / _COARSE)
    r = (x + cells * _COARSE) + cells * _FINE
    series = r * (1.0 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r / 720)))))
    power = _POWERS[cells % _CELLS]
    return (power + power * series) * _HALVES[cells // _CELLS]


@compiled
def log(x: Real) -> Real:
    """The natural logarithm of ``x``, which is at least 1; within two units in the last place."""
    halved, twos = x, 0
    while halved > 1.4142135623730951 and twos < 1024:
        halved *= 0.5
        twos += 1
    s = (halved - 1.0) / (halved + 1.0)
    q = s * s
    series = 0.0
    for k in range(21, 1, -2):
        series = q * (series + 1.0 / k)
    return twos * _LOG_2_COARSE + (twos * _LOG_2_FINE + (2.0 * s * series + 2.0 * s))


def geometric(first: float, last: float, progress: float) -> float:
    """What falls from ``first`` to ``last`` by the same factor each time, after a share of the way."""
    return float(first * exp(-progress * log(first / last)))
