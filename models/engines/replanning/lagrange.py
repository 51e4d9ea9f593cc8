"""Prices of a change: which to try, and what is proved by them of plans with few changes.

For a price s of a change, whatever proves B for the problem in which staying is worth s proves more: a plan with at
most N changes keeps at least K - N of the K tasks that could stay, so it is worth no more than B - s (K - N).
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from models.plans.plan import Plan, evaluate
from models.problem.problem import Problem
from models.variants.fixing import STABILITY_STEP

Int32 = NDArray[np.int32]

_PRICES, _DEARER = 4, 4
"""So many prices are tried, each so many times the next: from what a task pays to a 64th of it; not tuned."""


def prices_of_change(problem: Problem, kept: Plan) -> list[int]:
    """Prices to try, in hundredths, the dearest first: what a task that was kept pays on average, and parts of it."""
    paid = evaluate(problem, kept).payoff[kept.agent >= 0]
    typical = int(paid.mean()) if len(paid) else 0
    return list(
        dict.fromkeys(STABILITY_STEP * max(1, typical // (STABILITY_STEP * _DEARER**n)) for n in range(_PRICES))
    )


def bounds_within(budget: int, stays: Int32, proved: Iterable[tuple[int, int]]) -> list[int]:
    """What (price, bound) pairs prove of all plans with so few changes; ``stays`` tells who could keep each task."""
    could = int((stays >= 0).sum())
    return [bound - price * max(0, could - budget) for price, bound in proved]
