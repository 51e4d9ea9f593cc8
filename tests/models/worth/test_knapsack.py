"""The fractional knapsack."""

import numpy as np
import pytest

from models.worth.knapsack import filled


@pytest.mark.parametrize(
    ("room", "shares"), [(0, [0, 0, 0]), (2, [0, 1, 0]), (5, [0.75, 1, 0]), (9, [1, 1, 0.6]), (99, [1, 1, 1])]
)
def test_the_densest_come_first_and_the_last_in_part(room: int, shares: list[float]) -> None:
    assert filled(np.array([8.0, 6.0, 5.0]), np.array([4, 2, 5]), room).tolist() == shares


def test_nothing_fills_nothing():
    assert filled(np.zeros(0), np.zeros(0, np.int64), 5).tolist() == []
