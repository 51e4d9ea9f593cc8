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

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.bounds.certificate import UNIT_BITS, task_surplus
from models.compiled import Real, compiled
from models.plans.outcome import Prices
from models.problem.arrays import N_STEPS, arrays_of
from models.problem.problem import DURATION_SLACK, Problem

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

_MOST_WINDOWS = 24
_ABOUT_THE_SAME = 0.95
"""Figures that differ by less than this share are shown as one."""


class Bids(NamedTuple):
    """What would pay for time, a row for each step of a task, by requirement, the best bid first."""

    requirement: Int64
    task: Int64
    bid: Float64  # hundredths for a grain
    grains: Int64
    work: Float64  # grains at efficiency 1
    release: Int64
    deadline: Int64


@dataclass(frozen=True, eq=False, kw_only=True)
class HourWork:
    """What some tasks would pay for an hour: ``bids`` has those that fill one, ``asked`` (k, w) counts all their work.

    ``requirements`` (k) are the numbers of those that the tasks have, ``agents`` (k) how many are eligible today.
    """

    requirements: Int64
    agents: Int64
    asked: Float64
    bids: Bids


def hour_values(problem: Problem, prices: Prices) -> pl.DataFrame:
    """What an hour of work is worth, by requirement and by the window of grains in which the hour begins.

    ``requirement`` is the problem's number; an hour begun in ``from_grain .. until_grain`` pays ``points_per_hour`` at
    most, before what the person costs. ``agents`` are eligible today, ``minutes_asked`` is the work at efficiency 1
    that would pay for the hour. Neighbouring windows of about the same worth are merged, with the largest figures.
    """
    return hours_of(problem, hour_work(problem, task_surplus(problem, prices)))


def hour_work(problem: Problem, surplus: Int64) -> HourWork:
    """What the tasks of a problem would pay for an hour at prices at which they have this surplus."""
    arrays = arrays_of(problem)
    bids = _bids(problem, surplus / 2.0**UNIT_BITS)
    asked, _, taken = _filled(problem, bids, len(arrays.elig_first) - 1)
    requirements = np.unique(arrays.requirement[arrays.free]).astype(np.int64)
    return HourWork(
        requirements=requirements,
        agents=np.diff(arrays.elig_first)[requirements],
        asked=asked[requirements],
        bids=Bids._make(column[taken] for column in bids),
    )


def work_together(parts: Sequence[HourWork]) -> HourWork:
    """What tasks of many problems would pay for an hour, whose requirements and tasks have common numbers.

    What fills an hour is among what fills one of any part.
    """
    requirements, place = np.unique(np.concatenate([part.requirements for part in parts]), return_inverse=True)
    agents = np.zeros(len(requirements), np.int64)
    agents[place] = np.concatenate([part.agents for part in parts])
    asked = np.zeros((len(requirements), parts[0].asked.shape[1]))
    np.add.at(asked, place, np.concatenate([part.asked for part in parts]))
    bids = Bids._make(np.concatenate(columns) for columns in zip(*(part.bids for part in parts), strict=True))
    order = np.lexsort((bids.task, -bids.bid, bids.requirement))
    bids = Bids._make(column[order] for column in bids)
    tasks = np.unique(bids.task, return_inverse=True)[1]
    return HourWork(requirements=requirements, agents=agents, asked=asked, bids=bids._replace(task=tasks))


def hours_of(problem: Problem, work: HourWork) -> pl.DataFrame:
    """The table of :func:`hour_values` of this work, in the horizon of a problem."""
    start = window_starts(problem)
    end = np.append(start[1:], problem.horizon)
    _, filled, _ = _filled(problem, work.bids, int(work.requirements.max(initial=-1)) + 1)
    worth = filled[work.requirements]
    joined = [(k, low, high) for k in range(len(worth)) for low, high in _stretches(worth[k].tolist())]
    kind, low, high = np.array(joined, np.int64).reshape(-1, 3).T
    return pl.DataFrame(
        {
            "requirement": work.requirements[kind],
            "from_grain": start[low],
            "until_grain": end[high - 1],
            "points_per_hour": [round(float(worth[k, a:b].max()) / 100, 2) for k, a, b in joined],
            "agents": work.agents[kind],
            "minutes_asked": [float(work.asked[k, a:b].max()) * problem.grain_s / 60 for k, a, b in joined],
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


def _bids(problem: Problem, kept: Float64) -> Bids:
    """What tasks that keep so much would pay for time.

    Left out is what even an agent free from its release on could not finish, and tasks that nobody may do.
    """
    arrays = arrays_of(problem)
    grains = np.array(np.maximum(np.ceil(arrays.work * (1 - DURATION_SLACK)), 1.0))
    bid = (arrays.gain - kept[:, None]) / grains[:, None]
    open_ = arrays.free & (problem.fixed_agent < 0)
    possible = open_[:, None] & (arrays.release[:, None] + grains[:, None] <= arrays.deadline) & (bid > 0)
    items = np.flatnonzero(possible.reshape(-1))
    items = items[np.lexsort((-bid.reshape(-1)[items], arrays.requirement[items // N_STEPS]))]
    tasks = items // N_STEPS
    return Bids(
        requirement=arrays.requirement[tasks].astype(np.int64),
        task=tasks,
        bid=bid.reshape(-1)[items],
        grains=grains[tasks].astype(np.int64),
        work=arrays.work[tasks].astype(np.float64),
        release=arrays.release[tasks].astype(np.int64),
        deadline=arrays.deadline.reshape(-1)[items].astype(np.int64),
    )


def _filled(problem: Problem, bids: Bids, number: int) -> tuple[Float64, Float64, NDArray[np.bool_]]:
    """How much work would pay for an hour of each of so many requirements and windows, what the best of it adds.

    And which bids are among that.
    """
    hour, start = 3600 / problem.grain_s, window_starts(problem)
    end = np.append(start[1:], problem.horizon) - 1 + hour
    first = np.searchsorted(bids.requirement, np.arange(number + 1))
    asked, worth = (np.zeros((number, len(start))) for _ in range(2))
    counted, taken = np.full(int(bids.task.max(initial=-1)) + 1, -1), np.zeros(len(bids.task), np.bool_)
    _fill_hours(first, bids, start, end, hour, counted, worth, asked, taken)
    return asked, worth, taken


@compiled
def _fill_hours(
    first: Int64, bids: Bids, start: Int64, end: Float64, hour: Real, counted: Int64,
    worth: Float64, asked: Float64, taken: NDArray[np.bool_],
) -> None:  # fmt: skip
    """For each window, computes what the best-paying work that fills an hour adds, and how much such work there is.

    Bids of requirement r are ``first[r]:first[r + 1]``; a task counts once, with its better step.
    """
    for r in range(len(first) - 1):
        for w in range(len(start)):
            room = hour
            for k in range(first[r], first[r + 1]):
                i = bids.task[k]
                if counted[i] == w or bids.deadline[k] <= start[w] or bids.release[k] >= end[w]:
                    continue
                counted[i] = w
                worth[r, w] += bids.bid[k] * min(room, bids.grains[k])
                asked[r, w] += bids.work[k]
                taken[k] |= room > 0
                room -= min(room, bids.grains[k])
