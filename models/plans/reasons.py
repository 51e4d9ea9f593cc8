"""Why a task is not planned: the first reason of the contract, section 6, that applies."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.compiled import compiled
from models.plans.plan import Plan
from models.problem.arrays import N_STEPS, Arrays, arrays_of, capacity, duration, gain, pair_row
from models.problem.payoff import LATE, ON_TIME
from models.problem.problem import Problem
from models.runs.reason import Reason

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

_HALF = 0.5
_NEAR, _FLOAT_ERROR = 1e-6, 1e-9
"""A gain this close to half a hundredth, absolute or relative to its terms, is computed again exactly."""
_MANY_GRAINS = 1e8
"""Longer durations may be cut off, so they give no least cost."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Shortage:
    """Who could do the unplanned tasks, and what is missing; columns parallel to ``tasks``.

    ``skilled`` is the number of agents with the skills (H2), ``allowed`` the number of these who are not excluded (H8).
    ``gains`` is whether a step of one of them, possible or not, pays more than leaving the task. Among those steps,
    ``nearest`` is the agent who comes closest to finishing in time with started work alone (-1 without any), ``short``
    the grains that this agent lacks, 0 if none; ``places`` is whether an agent who lacks none may have more tasks.
    """

    tasks: Int64
    skilled: Int64
    allowed: Int64
    gains: Bool
    nearest: Int64
    short: Int64
    places: Bool


def shortage(problem: Problem, plan: Plan, count: Int64 | None = None) -> Shortage:
    """Who could do the unplanned tasks if there were no other work.

    ``count`` is how many tasks each agent has, where the plan is not the whole one.
    """
    tasks = np.flatnonzero(plan.agent < 0)
    if count is None:
        count = np.bincount(plan.agent[plan.agent >= 0], minlength=problem.n_agents)
    full, n = count >= problem.max_tasks, len(tasks)
    gains, places, doubtful = (np.zeros(n, np.bool_) for _ in range(3))
    nearest, short = np.full(n, -1, np.int64), np.zeros(n, np.int64)
    first = np.where(problem.worth.overdue_us[tasks] >= 0, LATE, ON_TIME)
    odd = problem.undone[tasks] % 2 == 1
    arrays = arrays_of(problem)
    some = np.flatnonzero(~_surely_vain(problem, arrays, tasks, first))
    found: list[Any] = [column[some] for column in (gains, nearest, short, places, doubtful)]
    people = _full_last(arrays, full)
    _look(people, tasks[some], problem.deadline[tasks[some]], first[some], odd[some], full, *found)
    for column, values in zip((gains, nearest, short, places, doubtful), found, strict=True):
        column[some] = values
    for k in np.flatnonzero(doubtful & ~places):
        gains[k], nearest[k], short[k], places[k] = _exactly(problem, int(tasks[k]), int(first[k]), full)
    skilled = np.diff(problem.eligibility.first)[problem.requirement[tasks]]
    return Shortage(
        tasks=tasks,
        skilled=skilled,
        allowed=skilled - _excluded(problem)[tasks],
        gains=gains,
        nearest=nearest,
        short=short,
        places=places,
    )


def _kinds(arrays: Arrays) -> Int64:
    """The requirement of each entry of the table of eligible agents."""
    return np.repeat(np.arange(len(arrays.elig_first) - 1), np.diff(arrays.elig_first))


def _full_last(arrays: Arrays, full: Bool) -> Arrays:
    """The arrays, with agents who are full sorted after the others in each requirement."""
    order = np.lexsort((full[arrays.elig_agent], _kinds(arrays)))
    return arrays._replace(elig_agent=arrays.elig_agent[order], elig_speed=arrays.elig_speed[order])


def _surely_vain(problem: Problem, arrays: Arrays, tasks: Int64, first: Int64) -> Bool:
    """The tasks that gain nothing, even with the highest bonus and the lowest cost that they could have."""
    gained = np.where(first == LATE, arrays.raw_gain[tasks, LATE], arrays.raw_gain[tasks].max(axis=1))
    owner = np.repeat(np.arange(problem.n_tasks), np.diff(arrays.pair_first))
    bonus, timed = np.zeros(problem.n_tasks), np.zeros(problem.n_tasks, np.bool_)
    np.maximum.at(bonus, owner, arrays.pair_bonus)
    timed[owner[arrays.pair_grains > 0]] = True
    extra = bonus[tasks] + np.where(arrays.requested[tasks] >= 0, arrays.requested_gain[tasks], 0.0)
    rate = np.full(len(arrays.elig_first) - 1, np.inf)
    np.minimum.at(rate, _kinds(arrays), arrays.cost[arrays.elig_agent] / arrays.elig_speed)
    of_task = rate[arrays.requirement[tasks]]
    costly = np.isfinite(of_task) & ~timed[tasks] & (arrays.work[tasks] < _MANY_GRAINS)
    least = np.where(costly, np.where(costly, of_task, 0.0) * arrays.work[tasks], 0.0)
    size = problem.worth.size()[tasks].max(axis=1, initial=0) + np.abs(problem.undone[tasks])
    vain: Bool = gained + extra - least < _HALF - _NEAR - _FLOAT_ERROR * (size + extra + least)
    return vain


def _exactly(problem: Problem, i: int, first: int, full: Bool) -> tuple[bool, int, int, bool]:
    """The result of :func:`_look` for one task, from exact payoffs."""
    agents = problem.allowed_agents(i)
    tasks = np.full(len(agents), i)
    last = np.full(len(agents), -1)
    for step in range(first, N_STEPS):
        pays = problem.payoffs(tasks, agents, np.full(len(agents), step)) > problem.undone[i]
        last = np.where(pays, np.maximum(last, max(int(problem.deadline[i, step]), 0)), last)
    agents, tasks, last = agents[last >= 0], tasks[last >= 0], last[last >= 0]
    if not len(agents):
        return False, -1, 0, False
    begin = np.maximum(problem.pinned_load[agents], problem.clocks.capacity(agents, problem.release[tasks]))
    lacking = np.maximum(0, begin + problem.durations(tasks, agents) - problem.clocks.capacity(agents, last))
    best = int(np.argmin(lacking))
    could = lacking == 0
    return True, int(agents[best]), int(lacking[best]), bool((could & ~full[agents]).any())


def on_time_possible(problem: Problem, tasks: Int64) -> Bool:
    """Whether some agent could finish each task by its due time (by its last moment if it has none).

    It considers the agents who may do it (H2, H8), with started work alone and without ``max_tasks``. Started work ends
    where H7 places it.
    """
    last, possible = problem.deadline[tasks, 0], np.zeros(len(tasks), np.bool_)
    pinned = np.flatnonzero((problem.pinned_agent[tasks] >= 0) & (last >= 0))
    end = (problem.pinned_start + problem.pinned_grains)[tasks[pinned]]
    possible[pinned] = end <= problem.clocks.capacity(problem.pinned_agent[tasks[pinned]], last[pinned])
    free = np.flatnonzero(problem.free[tasks] & (last >= 0))
    in_time = np.zeros(len(free), np.bool_)
    _in_time(arrays_of(problem), tasks[free], last[free], in_time)
    possible[free] = in_time
    return possible


def _excluded(problem: Problem) -> Int64:
    """The number of skilled agents who are excluded from each task (H8)."""
    rows = np.flatnonzero(~problem.pairs.allowed)
    tasks = np.searchsorted(problem.pairs.first, rows, side="right") - 1
    agents = problem.pairs.agent[rows].astype(np.int64)
    return np.bincount(tasks[problem.skilled(tasks, agents)], minlength=problem.n_tasks)


@compiled
def _look(
    arrays: Arrays, tasks: Int64, deadline: Int64, first: Int64, odd: Bool, full: Bool, gains: Bool, nearest: Int64,
    short: Int64, places: Bool, doubtful: Bool,
) -> None:  # fmt: skip
    """Fills in the columns of :class:`Shortage`, and which tasks have a gain too near to a rounding boundary.

    ``deadline`` has the deadlines of the tasks' steps, ``first`` the first step in which a task may be finished,
    ``odd`` whether leaving it pays an odd number of hundredths, ``full`` the agents who may have no more tasks. These
    are sorted last, so the first agent who could do a task decides.
    """
    for n in range(len(tasks)):
        i = tasks[n]
        r = arrays.requirement[i]
        for entry in range(arrays.elig_first[r], arrays.elig_first[r + 1]):
            a = arrays.elig_agent[entry]
            pair = pair_row(arrays, i, a)
            if pair >= 0 and not arrays.pair_allowed[pair]:
                continue
            grains = duration(arrays, i, arrays.elig_speed[entry], pair)
            last = np.int64(-1)
            for step in range(first[n], N_STEPS):
                more = gain(arrays, i, step, a, grains, pair)
                near = abs(more - _HALF) <= _NEAR + _FLOAT_ERROR * (
                    abs(arrays.raw_gain[i, step]) + arrays.cost[a] * grains
                )
                doubtful[n] |= near
                if more > _HALF or (more == _HALF and odd[n]):  # payoffs are rounded half to even
                    last = max(last, deadline[n, step], np.int64(0))
            if last < 0:
                continue
            gains[n] = True
            begin = max(arrays.base[a], capacity(arrays, a, arrays.release[i]))
            lacking = max(0, begin + grains - capacity(arrays, a, last))
            if nearest[n] < 0 or lacking < short[n]:
                nearest[n], short[n] = a, lacking
            if lacking == 0:
                places[n] = not full[a] and not doubtful[n]
                break


@compiled
def _in_time(arrays: Arrays, tasks: Int64, last: Int64, possible: Bool) -> None:
    """Sets ``possible`` for the tasks that some agent could finish by ``last``."""
    for n in range(len(tasks)):
        i = tasks[n]
        r = arrays.requirement[i]
        for entry in range(arrays.elig_first[r], arrays.elig_first[r + 1]):
            a = arrays.elig_agent[entry]
            pair = pair_row(arrays, i, a)
            if pair >= 0 and not arrays.pair_allowed[pair]:
                continue
            begin = max(arrays.base[a], capacity(arrays, a, arrays.release[i]))
            if begin + duration(arrays, i, arrays.elig_speed[entry], pair) <= capacity(arrays, a, last[n]):
                possible[n] = True
                break


def reasons(problem: Problem, found: Shortage) -> list[Reason]:
    """NO_SKILL, NO_GAIN, NO_TIME, NO_PLACES or OUTBID for each unplanned task; others do not depend on the plan."""
    stuck = problem.stuck[found.tasks]
    holds = (
        (found.allowed == 0) & ~stuck,
        ~found.gains & ~stuck,
        stuck | (found.short > 0),
        ~found.places,
        np.ones(len(stuck), np.bool_),
    )
    names = (Reason.NO_SKILL, Reason.NO_GAIN, Reason.NO_TIME, Reason.NO_PLACES, Reason.OUTBID)
    return [names[k] for k in np.argmax(np.stack(holds), axis=0)]
