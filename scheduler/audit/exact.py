"""Exact decimals at the speed of floats.

Floats are used wherever they are safely away from a rounding boundary; values near one are computed with whole
numbers over a common denominator. A number means its shortest decimal text (0.1 is one tenth).
"""

from fractions import Fraction
from functools import lru_cache
from math import inf, lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Wholes = NDArray[Any]
"""Python's own integers in an array: as large as they need to be."""

HUGE = 1 << 30
"""Longer than any horizon in grains: lengths are cut off here."""
_NO_NUMBER = 1e300
"""Nothing of a run is so large: JSON readers take NaN, Infinity and 1e400 for numbers."""


def is_number(value: Any) -> bool:
    """Whether a value of a file is a number to count with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _NO_NUMBER


@lru_cache(maxsize=1 << 18)
def decimal(number: float) -> Fraction:
    """The exact value of a number's shortest decimal text."""
    return Fraction(repr(number))


def nearest_float(number: Fraction) -> float:
    """The number as a float: infinite if it is too large for one."""
    try:
        return float(number)
    except OverflowError:
        return inf if number > 0 else -inf


def over_one(numbers: Floats) -> tuple[Wholes, int]:
    """The exact numbers as numerators over one common denominator."""
    distinct, which = np.unique(numbers, return_inverse=True)
    return fractions_over_one([decimal(number) for number in distinct.tolist()], which)


def fractions_over_one(fractions: list[Fraction], which: Ints) -> tuple[Wholes, int]:
    """The same of some of the fractions: one for each entry of ``which``."""
    common = lcm(*(f.denominator for f in fractions))
    numerators = np.empty(len(fractions), object)
    numerators[:] = [f.numerator * (common // f.denominator) for f in fractions]
    return numerators[which], common


def half_even(numerators: Wholes, denominator: int) -> Ints:
    """Fractions rounded to the nearest integer, ties to the even one."""
    whole = numerators // denominator
    twice = 2 * (numerators - whole * denominator)
    up = (twice > denominator) | ((twice == denominator) & (whole % 2 == 1))
    rounded: Ints = (whole + up).astype(np.int64)
    return rounded


def ceilings(minutes: Floats, efficiency: Floats, grain_s: int) -> Ints:
    """Grains of a task: max(1, ceil(60 x minutes / (efficiency x grain))), contract section 3."""
    with np.errstate(over="ignore"):
        quotient = np.minimum(60.0 * minutes / (efficiency * grain_s), HUGE)
    near = np.flatnonzero(np.abs(quotient - np.rint(quotient)) <= 1e-9 * (1.0 + quotient))
    grains = np.ceil(quotient).astype(np.int64)
    minutes_n, minutes_d = over_one(minutes[near])
    efficiency_n, efficiency_d = over_one(efficiency[near])
    exact = -(-60 * minutes_n * efficiency_d // (efficiency_n * (minutes_d * grain_s)))
    grains[near] = np.minimum(exact, HUGE)
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
