"""Exponentials and logarithms of our own, beside the standard library's decimal numbers."""

from decimal import Decimal, localcontext

import numpy as np
import pytest

from models.engines.pricing.elementary import exp, geometric, log


def ulps(found: float, true: Decimal) -> float:
    return float(abs(Decimal(found) - true) / Decimal(float(np.spacing(float(true)))))


def test_exponentials_are_within_a_unit_of_the_last_place() -> None:
    random = np.random.default_rng(0)
    points = [0.0, -1e-300, -1e-9, *(-30 * random.random(300)), *(-700 * random.random(100))]
    with localcontext(prec=40):
        assert max(ulps(exp(float(x)), Decimal(float(x)).exp()) for x in points) < 1.0


def test_logarithms_are_within_two_units_of_the_last_place() -> None:
    random = np.random.default_rng(0)
    points = [1 + 2.0**-52, 1.0000001, *(1 + random.random(300)), *(10 ** (9 * random.random(100)))]
    with localcontext(prec=40):
        assert max(ulps(log(float(x)), Decimal(float(x)).ln()) for x in points) < 2.0


@pytest.mark.parametrize("x", [-1e4, -np.inf, np.nan])
def test_what_is_far_below_0_or_no_number_has_no_exponential(x: float) -> None:
    assert exp(x) == 0.0


def test_ends_are_exact() -> None:
    assert (exp(0.0), log(1.0), log(2.0), log(np.inf) > 0) == (1.0, 0.0, np.log(2.0), False)


def test_steps_fall_by_the_same_factor() -> None:
    steps = [geometric(12.0, 0.05, share) for share in (0.0, 0.5, 1.0)]
    assert steps == pytest.approx([12.0, (12.0 * 0.05) ** 0.5, 0.05])
