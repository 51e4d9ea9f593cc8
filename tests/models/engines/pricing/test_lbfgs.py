"""L-BFGS of our own: it finds known minima over variables that are at least 0, and stops when asked to."""

import numpy as np
import pytest
from numpy.typing import NDArray

from models.engines.pricing.lbfgs import dot, minimized

Float64 = NDArray[np.float64]


def never() -> bool:
    return False


def test_the_least_of_a_long_valley_is_found_at_the_border_and_inside() -> None:
    weight, middle = np.geomspace(1.0, 1e4, 30), np.linspace(-1.0, 2.0, 30)

    def valley(x: Float64) -> tuple[float, Float64]:
        return float((weight * (x - middle) ** 2).sum()), 2 * weight * (x - middle)

    found = minimized(valley, np.ones(30), 200, never)
    np.testing.assert_allclose(found, np.maximum(middle, 0.0), atol=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_no_variable_wants_to_move_where_it_ends(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows, aim = random.normal(size=(40, 25)), random.normal(size=40)

    def squares(x: Float64) -> tuple[float, Float64]:
        off = rows @ x - aim
        return float(off @ off), 2 * rows.T @ off

    found = minimized(squares, np.zeros(25), 300, never)
    slope = squares(found)[1]
    assert (found >= 0).all()
    assert np.abs(np.where(found > 0, slope, np.minimum(slope, 0.0))).max() < 1e-2


def test_it_never_ends_higher_and_asks_for_nothing_once_told_to_stop() -> None:
    asked: list[float] = []

    def steep(x: Float64) -> tuple[float, Float64]:
        asked.append(float(np.exp(x).sum() - 2 * x.sum()))
        return asked[-1], np.exp(x) - 2

    start = np.full(4, 3.0)
    assert steep(minimized(steep, start, 50, lambda: len(asked) >= 4))[0] <= asked[0]
    assert len(asked) == 5
    assert (minimized(steep, start, 50, lambda: True) == start).all()
    assert len(asked) == 5


@pytest.mark.parametrize("length", [0, 1, 4, 7])
def test_inner_products_have_every_term(length: int) -> None:
    one = np.arange(1.0, length + 1)
    assert dot(one, one) == (one**2).sum()
