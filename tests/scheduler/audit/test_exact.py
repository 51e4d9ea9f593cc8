"""Exact decimals at the speed of floats."""

from fractions import Fraction
from math import inf

import numpy as np
import pytest

from scheduler.audit.exact import ceilings, half_even, nearest_float, over_one, share_within


@pytest.mark.parametrize("share", [0.1, 0.3, 1 / 3, 0.9375, 0.999999999, 1e-9, 0.7000000000000001])
def test_a_small_fraction_gives_the_same_clock(share):
    exact, small = Fraction(repr(share)), share_within(Fraction(repr(share)), 3000)
    assert small.denominator <= 3000
    assert [int(exact * w) for w in range(3001)] == [int(small * w) for w in range(3001)]


@pytest.mark.parametrize(
    ("minutes", "efficiency", "grain_s", "grains"),
    [
        (30, 1, 60, 30),
        (30, 1.2, 60, 25),
        (0.7, 0.1, 60, 7),  # 7.000000000000001 in floats
        (1.1, 1.1, 60, 1),
        (33.000000001, 1.1, 60, 31),
        (0.001, 5, 60, 1),
        (4.35, 1, 1, 261),  # 260.99999999999994 in floats
        (0.3, 0.1, 180, 1),
        (1e7, 1e-6, 60, 1 << 30),
    ],
)
def test_durations_are_exact_decimals(minutes, efficiency, grain_s, grains):
    assert ceilings(np.array([minutes], float), np.array([efficiency], float), grain_s).tolist() == [grains]


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(1, 2, 0), (3, 2, 2), (-1, 2, 0), (-3, 2, -2), (7, 4, 2), (10**30, 10**28, 100)],
)
def test_ties_go_to_the_even_number(numerator, denominator, rounded):
    assert half_even(np.array([numerator], object), denominator).tolist() == [rounded]


def test_numbers_mean_their_shortest_text_over_one_denominator():
    numerators, common = over_one(np.array([0.1, 0.25, 0.1, 3.0]))
    assert [Fraction(n, common) for n in numerators] == [Fraction(1, 10), Fraction(1, 4), Fraction(1, 10), 3]
    none, one = over_one(np.array([]))
    assert (none.tolist(), one) == ([], 1)


def test_what_no_float_can_hold_is_infinite():
    huge = Fraction(9) / Fraction("5e-324")
    assert [nearest_float(number) for number in (Fraction(1, 3), huge, -huge)] == [1 / 3, inf, -inf]
