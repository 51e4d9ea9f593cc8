"""Why a task is not in the plan: the first reason of the contract, section 6, that holds."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from models.arrays import arrays_of, capacity, duration, pair_row
from models.compiled import compiled
from models.plan import Plan
from models.problem import Problem

Int64 = NDArray[np.int64]


class Reason(Enum):
    """A reason; the order is the order in which they are tried."""

    HELD = "held"  # on hold
    FINAL = "final"  # completed, canceled or rejected
    EXPIRED = "expired"  # nothing is earned for it any more
    NOT_YET = "not_yet"  # may not be started before the horizon ends
    NO_SKILL = "no_skill"  # nobody is allowed to do it
    NO_TIME = "no_time"  # nobody allowed could finish it in time, even with started work alone
    OUTBID = "outbid"  # the time it needs earns more elsewhere


@dataclass(frozen=True, eq=False, kw_only=True)
class Shortage:
    """How the unplanned tasks stand with the people who may do them; columns parallel to ``tasks``.

    ``skilled`` is how many agents have the skills (H2), ``allowed`` how many of them are not excluded (H8),
    ``nearest`` the allowed agent who comes nearest to finishing in time with started work alone (-1 without any; the
    first found who could), ``short`` by how many grains that agent fails, 0 when it could.
    """

    tasks: Int64
    skilled: Int64
    allowed: Int64
    nearest: Int64
    short: Int64


def shortage(problem: Problem, plan: Plan) -> Shortage:
    """Who could do the unplanned tasks, were it not for other work."""
    tasks = np.flatnonzero(plan.agent < 0)
    last = np.maximum(problem.deadline[tasks, 1], np.maximum(problem.deadline[tasks, 0], 0))
    nearest, short = np.full(len(tasks), -1, np.int64), np.zeros(len(tasks), np.int64)
    _nearest(arrays_of(problem), tasks, last, nearest, short)
    skilled = np.diff(problem.eligibility.first)[problem.requirement[tasks]]
    return Shortage(
        tasks=tasks,
        skilled=skilled,
        allowed=skilled - _excluded(problem)[tasks],
        nearest=nearest,
        short=short,
    )


def on_time_possible(problem: Problem, tasks: Int64) -> NDArray[np.bool_]:
    """Whether each task could be finished by its due time (its last moment if it has none), by anybody at all.

    Anybody who may do it (H2, H8), with started work alone; limits of how many tasks they may have are not counted.
    Started work can only end where it does (H7).
    """
    last, possible = problem.deadline[tasks, 0], np.zeros(len(tasks), np.bool_)
    pinned = np.flatnonzero((problem.pinned_agent[tasks] >= 0) & (last >= 0))
    end = (problem.pinned_start + problem.pinned_grains)[tasks[pinned]]
    possible[pinned] = end <= problem.clocks.capacity(problem.pinned_agent[tasks[pinned]], last[pinned])
    free = np.flatnonzero(problem.free[tasks] & (last >= 0))
    nearest, short = np.full(len(free), -1, np.int64), np.zeros(len(free), np.int64)
    _nearest(arrays_of(problem), tasks[free], last[free], nearest, short)
    possible[free] = (nearest >= 0) & (short == 0)
    return possible


def _excluded(problem: Problem) -> Int64:
    """How many agents who have the skills each task excludes (H8)."""
    rows = np.flatnonzero(~problem.pairs.allowed)
    tasks = np.searchsorted(problem.pairs.first, rows, side="right") - 1
    agents = problem.pairs.agent[rows].astype(np.int64)
    skilled = problem.eligibility.entry(problem.requirement[tasks].astype(np.int64), agents) >= 0
    return np.bincount(tasks[skilled], minlength=problem.n_tasks)


@compiled
def _nearest(A, tasks, last, nearest, short):  # type: ignore[no-untyped-def]
    """Fills in who comes nearest to finishing each task by its last useful moment, and by how much they fail."""
    for n in range(len(tasks)):
        i = tasks[n]
        r = A.requirement[i]
        for entry in range(A.elig_first[r], A.elig_first[r + 1]):
            a = A.elig_agent[entry]
            pair = pair_row(A, i, a)
            if pair >= 0 and not A.pair_allowed[pair]:
                continue
            begin = max(A.base[a], capacity(A, a, A.release[i]))
            lacking = max(0, begin + duration(A, i, A.elig_speed[entry], pair) - capacity(A, a, last[n]))
            if nearest[n] < 0 or lacking < short[n]:
                nearest[n], short[n] = a, lacking
            if lacking == 0:
                break


def reasons(problem: Problem, found: Shortage) -> list[Reason]:
    """NO_SKILL, NO_TIME or OUTBID for each unplanned task; the other reasons do not depend on the plan."""
    stuck = problem.stuck[found.tasks]
    no_skill, no_time = (found.nearest < 0) & ~stuck, stuck | (found.short > 0)
    chosen = np.where(no_skill, 0, np.where(no_time, 1, 2))
    names = (Reason.NO_SKILL, Reason.NO_TIME, Reason.OUTBID)
    return [names[k] for k in chosen]
