"""Exact decimals at the speed of floats.

Floats decide wherever they are safely away from a rounding boundary; what lies near one is settled with
fractions, each distinct combination once. A number means its shortest decimal text (0.1 is one tenth).
"""

from collections.abc import Callable
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

HUGE = 1 << 30
"""Longer than any horizon in grains: lengths are cut off here."""


@lru_cache(maxsize=1 << 18)
def decimal(number: float) -> Fraction:
    """The exact value of a number's shortest decimal text."""
    return Fraction(repr(number))


def settle(result: Ints, doubtful: Bools, exact: Callable[..., int], *columns: NDArray[Any]) -> Ints:
    """The result with every doubtful entry replaced by ``exact`` of that row of the columns."""
    rows = np.flatnonzero(doubtful)
    if rows.size:
        known = cache(exact)
        result[rows] = [known(*row) for row in zip(*(c[rows].tolist() for c in columns), strict=True)]
    return result


def ceilings(minutes: Floats, efficiency: Floats, grain_s: int) -> Ints:
    """Grains of a task: max(1, ceil(60 x minutes / (efficiency x grain))), contract section 3."""
    with np.errstate(over="ignore", invalid="ignore"):
        quotient = np.minimum(60.0 * minutes / (efficiency * grain_s), HUGE)
    doubtful = np.abs(quotient - np.rint(quotient)) <= 1e-9 * (1.0 + quotient)
    doubtful &= quotient < HUGE

    def exact(minutes: float, efficiency: float) -> int:
        quotient = 60 * decimal(minutes) / (decimal(efficiency) * grain_s)
        return -(-quotient.numerator // quotient.denominator)

    grains = settle(np.ceil(quotient).astype(np.int64), doubtful, exact, minutes, efficiency)
    return np.maximum(grains, 1)


def share_within(share: Fraction, limit: int) -> Fraction:
    """The largest fraction <= share whose denominator is at most ``limit``.

    floor(share x w) is the same for both at every whole w <= limit: floor(share x w) >= k says k/w <= share,
    and k/w is itself such a fraction. The small one keeps clocks in 64-bit integers.
    """
    near = share.limit_denominator(limit)
    if near <= share:
        return near
    # the left neighbour of a/b in the Farey sequence of this order: c/d with a d - b c = 1, the largest such d
    a, b = near.numerator, near.denominator
    d = limit - (limit - pow(a, -1, b)) % b
    return Fraction((a * d - 1) // b, d)
