"""What one more hour of work is worth, by the prices that prove a bound.

Letters as in :mod:`models.bounds.certificate`. At the prices pi every open task i has the surplus

    u(i) = max(0, max over possible (a, s) of g(i,s,a) - p(i,a) pi_a(d(i,s)) - tau_a),

its term of the bound's first sum. For an additional grain of time it would pay up to its *bid*
b(i,s) = (g(i,s) - u(i)) / p(i), with its gain and duration for an agent of efficiency 1 without bonus or cost:
planned work bids what its time costs now, work that is left out what it would earn.

Add to the problem one more agent, who costs nothing, has h grains of capacity, all of them at or after a moment t and
before h later, and may do the work of one requirement. At a price x >= 0 for all that time the same proof gives a
bound that is higher by the rent h x and by the increase of the surpluses, at most

    h x + sum over tasks i of that requirement of p(i) max(0, max over s of b(i,s) - x),     d(i,s) > t, r(i) < t + h.

This holds for every x; the minimum over x is what the best-paying work that fills h grains adds, the last task in part
(the fractional knapsack and its dual). So no plan of the problem with the hour is worth more than the bound plus this
figure, and with k such hours no more than the bound plus k times the figure.
"""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.bounds.certificate import UNIT_BITS, task_surplus
from models.compiled import Real, compiled
from models.plans.outcome import Prices
from models.problem.arrays import N_STEPS, Arrays, arrays_of
from models.problem.problem import DURATION_SLACK, Problem

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

_MOST_WINDOWS = 24
_ABOUT_THE_SAME = 0.95
"""Figures that differ by less than this share are shown as one."""


def hour_values(problem: Problem, prices: Prices) -> pl.DataFrame:
    """What an hour of work is worth, by requirement and by the window of grains in which the hour begins.

    ``requirement`` is the problem's number; an hour begun in ``from_grain .. until_grain`` pays ``points_per_hour`` at
    most, before what the person costs. ``agents`` are eligible today, ``minutes_asked`` is the work at efficiency 1
    that would pay for the hour. Neighbouring windows of about the same worth are merged, with the largest figures.
    """
    arrays = arrays_of(problem)
    hour = 3600 / problem.grain_s
    start = window_starts(problem)
    end = np.append(start[1:], problem.horizon)
    items, bid, grains = _bids(arrays, problem.fixed_agent < 0, task_surplus(problem, prices) / 2.0**UNIT_BITS)
    first = np.searchsorted(arrays.requirement[items // N_STEPS], np.arange(len(arrays.elig_first)))
    worth, asked = (np.zeros((len(first) - 1, len(start))) for _ in range(2))
    _fill_hours(arrays, first, items, bid, grains, start, end - 1 + hour, hour, worth, asked)
    joined = [
        (r, k, m) for r in np.unique(arrays.requirement[arrays.free]).tolist() for k, m in _stretches(worth[r].tolist())
    ]
    kind, low, high = np.array(joined, np.int64).reshape(-1, 3).T
    return pl.DataFrame(
        {
            "requirement": kind,
            "from_grain": start[low],
            "until_grain": end[high - 1],
            "points_per_hour": [round(float(worth[r, k:m].max()) / 100, 2) for r, k, m in joined],
            "agents": np.diff(arrays.elig_first)[kind],
            "minutes_asked": [float(asked[r, k:m].max()) * problem.grain_s / 60 for r, k, m in joined],
        },
        schema_overrides={"points_per_hour": pl.Float64, "minutes_asked": pl.Float64},
    )


def window_starts(problem: Problem) -> Int64:
    """The grains at which windows begin; their length (1, 2, 3, 6, 12, 24 hours or more) keeps their number small."""
    horizon, hour = problem.horizon, 3600 / problem.grain_s
    lengths = (round(h * hour) for h in (1, 2, 3, 6, 12, 24))
    length = next((n for n in lengths if n * _MOST_WINDOWS >= horizon), -(-horizon // _MOST_WINDOWS))
    return np.arange(0, horizon, max(length, 1))


def _stretches(worth: list[float]) -> Iterator[tuple[int, int]]:
    """The half-open ranges of neighbouring windows with about the same figures."""
    begin = 0
    for k in range(1, len(worth) + 1):
        if k == len(worth) or min(worth[begin : k + 1]) < _ABOUT_THE_SAME * max(worth[begin : k + 1]):
            yield begin, k
            begin = k


def _bids(arrays: Arrays, anybody: NDArray[np.bool_], kept: Float64) -> tuple[Int64, Float64, Int64]:
    """The items that would pay for time, as task * N_STEPS + step, with their bids and grains.

    They are sorted by requirement, the best bid first. Left out are items that even an agent free from their release on
    could not finish, and tasks that nobody may do (``anybody`` is false).
    """
    grains = np.array(np.maximum(np.ceil(arrays.work * (1 - DURATION_SLACK)), 1.0))
    bid = (arrays.gain - kept[:, None]) / grains[:, None]
    possible = (
        (arrays.free & anybody)[:, None] & (arrays.release[:, None] + grains[:, None] <= arrays.deadline) & (bid > 0)
    )
    items = np.flatnonzero(possible.reshape(-1))
    items = items[np.lexsort((-bid.reshape(-1)[items], arrays.requirement[items // N_STEPS]))]
    return items, bid.reshape(-1)[items], grains[items // N_STEPS]


@compiled
def _fill_hours(
    arrays: Arrays, first: Int64, items: Int64, bid: Float64, grains: Int64, start: Int64, end: Float64, hour: Real,
    worth: Float64, asked: Float64,
) -> None:  # fmt: skip
    """For each window, computes what the best-paying work that fills an hour adds, and how much such work there is.

    Items of requirement r are ``first[r]:first[r + 1]``; a task counts once, with its better step.
    """
    counted = np.full(len(arrays.work), -1, np.int64)
    for r in range(len(first) - 1):
        for w in range(len(start)):
            room = hour
            for k in range(first[r], first[r + 1]):
                i, step = items[k] // N_STEPS, items[k] % N_STEPS
                if counted[i] == w or arrays.deadline[i, step] <= start[w] or arrays.release[i] >= end[w]:
                    continue
                counted[i] = w
                worth[r, w] += bid[k] * min(room, grains[k])
                asked[r, w] += arrays.work[i]
                room -= min(room, grains[k])
