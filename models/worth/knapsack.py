"""The fractional knapsack: the most valuable filling if the last piece may be taken in part."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]


def filled(value: Any, grains: Any, room: int) -> Float64:
    """The share of each piece that is taken, most value per grain first; among equal ones, the first."""
    order = np.argsort(-value / grains, kind="stable")
    before = np.cumsum(grains[order]) - grains[order]
    taken = np.zeros(len(order))
    taken[order] = np.clip(room - before, 0, grains[order]) / grains[order]
    return taken
