"""Durations in exact decimals: max(1, ceil(60 x minutes / (efficiency x grain seconds))).

Everywhere else a duration is ceil(work / efficiency * (1 - 1e-14)) with work = 60 x minutes / grain in float64.
That is exact when no quotient that is not whole can come that close to a whole number. With minutes of at most
a decimals the quotient is a multiple of 1 / (10^a E G), E being the efficiency's digits as an integer and G the
grain's seconds, so it is enough that the largest quotient times 2e-14 stays below that (`is_safe`).
Otherwise the few pairs with a wrong result have their exact duration stored (`exceptions`).
"""

from collections.abc import Iterator
from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import NDArray

from models.problem.eligibility import Eligibility
from models.problem.payoff import exact
from models.problem.problem import DURATION_SLACK, LONGEST

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]

_MOST_DECIMALS = 15
_NEAR = 1e-13
_HUGE = 1e200  # keeps products of absurdly large numbers within floats


@lru_cache(maxsize=1 << 16)
def exact_grains(minutes: float, efficiency: float, grain_s: int) -> int:
    """The grains a task takes, computed with fractions."""
    return max(1, ceil(60 * exact(minutes) / (exact(efficiency) * grain_s)))


def grains_of_minutes(minutes: Float64, grain_s: int) -> Int64:
    """The grains of each number of minutes at efficiency 1; 0 where it is NaN."""
    known = ~np.isnan(minutes)
    distinct, inverse = np.unique(minutes[known], return_inverse=True)
    quotient = 60 * np.minimum(distinct, _HUGE) / grain_s
    grains = np.clip(np.ceil(quotient), 1, LONGEST).astype(np.int64)
    for k in np.flatnonzero(np.abs(quotient - np.rint(quotient)) <= _NEAR * np.maximum(quotient, 1)):
        grains[k] = min(LONGEST, exact_grains(float(distinct[k]), 1.0, grain_s))
    result = np.zeros(len(minutes), np.int64)
    result[known] = grains[inverse]
    return result


def decimals(numbers: Float64) -> int:
    """The most decimals any of the numbers has in its shortest text, capped at 16."""
    for places in range(_MOST_DECIMALS + 1):
        scale = 10.0**places
        scaled = np.rint(np.minimum(numbers, _HUGE) * scale)
        if np.all(np.abs(scaled) < 2**53) and np.all(scaled / scale == numbers):
            return places
    return _MOST_DECIMALS + 1


def is_safe(minutes: Float64, eligibility: Eligibility, grain_s: int) -> bool:
    """Whether the float formula gives the exact duration of every pair."""
    if not len(minutes) or not len(eligibility.efficiency):
        return True
    speeds = np.unique(eligibility.efficiency)
    largest = 60 * min(float(minutes.max()), _HUGE) / (grain_s * speeds[0])
    digits = 10.0 ** decimals(speeds) * speeds[-1]
    return bool(largest * 2 * DURATION_SLACK * 10.0 ** decimals(minutes) * digits * grain_s < 1)


def exceptions(
    minutes: Float64, requirement: NDArray[np.int32], eligibility: Eligibility, grain_s: int
) -> Iterator[tuple[int, int, int]]:
    """The (task, agent, exact grains) of every pair for which the float formula is wrong."""
    if is_safe(minutes, eligibility, grain_s):
        return
    known: dict[tuple[float, float], int] = {}
    order = np.argsort(requirement, kind="stable")
    cuts = np.searchsorted(requirement[order], np.arange(eligibility.n_requirements + 1))
    for r in range(eligibility.n_requirements):
        agents = slice(eligibility.first[r], eligibility.first[r + 1])
        speeds = np.unique(eligibility.efficiency[agents])
        tasks = order[cuts[r] : cuts[r + 1]]
        for some in np.array_split(tasks, 1 + len(tasks) * len(speeds) // 10_000_000):
            quotient = (60 * minutes[some] / grain_s)[:, None] / speeds[None, :]
            whole = np.rint(quotient)
            for k, e in np.argwhere(np.abs(quotient - whole) <= _NEAR * np.maximum(quotient, 1)):
                i, speed = int(some[k]), float(speeds[e])
                case = (float(minutes[i]), speed)
                if case not in known:
                    known[case] = min(LONGEST, exact_grains(*case, grain_s))
                if known[case] != max(1, ceil(quotient[k, e] * (1 - DURATION_SLACK))):
                    for a in eligibility.agent[agents][eligibility.efficiency[agents] == speed]:
                        yield i, int(a), known[case]
