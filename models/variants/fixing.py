"""Adds pinned work (E1), frozen work (E2) and preferences to a problem.

Every function takes a problem and returns another. `fix`, `exclude` and `freeze` change which plans are legal. The
others make problems for engines only: the same plans are legal, but their values differ.
"""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.problem.payoff import exact
from models.problem.problem import Pairs, Problem
from models.problem.sequencing import starts_in_time

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]

STABILITY_STEP = 2
"""Preferences are multiples of this many hundredths; an even number does not change how a payoff is rounded."""


def fix(problem: Problem, tasks: Any, agents: Any) -> Problem:
    """The problem in which each of the tasks must be done, by its agent: E1.

    All other agents are excluded from it (H8), so every engine and every bound takes it into account.
    """
    tasks, agents = np.asarray(tasks, np.int64), np.asarray(agents, np.int64)
    able, first = problem.eligibility, problem.eligibility.first
    kinds = problem.requirement[tasks]
    others = [able.agent[first[r] : first[r + 1]] for r in kinds]
    rows = pl.DataFrame(
        {
            "task": np.repeat(tasks, [len(o) for o in others]),
            "agent": np.concatenate([*others, np.zeros(0, np.int32)]).astype(np.int64),
            "fixed": np.repeat(agents, [len(o) for o in others]),
        }
    ).filter(pl.col("agent") != pl.col("fixed"))
    fixed = problem.fixed_agent.copy()
    fixed[tasks] = agents
    pairs = _with_rows(problem, rows.select("task", "agent"), excluded=True, hundredths=0)
    return replace(problem, fixed_agent=fixed, pairs=pairs)


def exclude(problem: Problem, tasks: Any, agents: Any) -> Problem:
    """The problem in which each agent is excluded from the task in the same place (H8)."""
    rows = pl.DataFrame({"task": np.asarray(tasks, np.int64), "agent": np.asarray(agents, np.int64)})
    return replace(problem, pairs=_with_rows(problem, rows, excluded=True, hundredths=0))


def freeze(problem: Problem, tasks: Any, agents: Any) -> Problem:
    """The problem in which these agents do the tasks, in this order, right after pinned work: E2.

    A task that can no longer be done there under the rules is left free, and so is a task after which the agent could
    not do their pinned work (E1). `Problem.frozen` marks all others.
    """
    tasks, agents = np.asarray(tasks, np.int64), np.asarray(agents, np.int64)
    agent, frozen = problem.pinned_agent.copy(), problem.frozen.copy()
    start, grains = problem.pinned_start.copy(), problem.pinned_grains.copy()
    load, count = problem.pinned_load.copy(), problem.pinned_count.copy()
    last = problem.deadline[tasks].max(axis=1, initial=-1)
    must = np.flatnonzero(problem.free & (problem.fixed_agent >= 0))
    columns = (
        _may(problem, tasks, agents) & problem.free[tasks] & (last >= 0),
        problem.durations(tasks, agents),
        problem.clocks.capacity(agents, problem.release[tasks]),
        problem.clocks.capacity(agents, np.maximum(last, 0)),
    )
    for i, a, may, length, earliest, due in zip(tasks, agents, *columns, strict=True):
        begin = max(load[a], earliest)
        if not may or frozen[i] or begin + length > due:
            continue
        later = must[(problem.fixed_agent[must] == a) & ~frozen[must] & (must != i)]
        if _has_room(problem, a, later, begin + length, count[a] + 1):
            agent[i], start[i], grains[i], frozen[i] = a, begin, length, True
            load[a], count[a] = begin + length, count[a] + 1
    return replace(problem, pinned_agent=agent, pinned_start=start, pinned_grains=grains, frozen=frozen)


def _has_room(problem: Problem, agent: int, must: Int64, load: int, count: int) -> bool:
    """Whether an agent can do their pinned work (E1) after so many grains, and so many tasks, of other work."""
    if count + len(must) > problem.max_tasks[agent]:
        return False
    return not len(must) or starts_in_time(problem, agent, must, load) is not None


def _may(problem: Problem, tasks: Int64, agents: Int64) -> NDArray[np.bool_]:
    """Whether each agent has the skills for its task (H2) and is not excluded from it (H8, E1)."""
    fixed = problem.fixed_agent[tasks]
    result: NDArray[np.bool_] = problem.allowed(tasks, agents) & ((fixed < 0) | (fixed == agents))
    return result


def obliging(problem: Problem) -> Problem:
    """The problem for engines in which leaving a pinned task undone (E1) costs more than all other work can earn.

    A plan that keeps E1 has the same value in both problems, so a bound for this one bounds all plans that keep it.
    """
    fixed = problem.free & (problem.fixed_agent >= 0)
    if not fixed.any():
        return problem
    undone = problem.undone.copy()
    undone[fixed] -= more_than_everything(problem)
    return replace(problem, undone=undone)


def more_than_everything(problem: Problem) -> int:
    """A number of hundredths that exceeds the difference of any two plans."""
    terms, hours = problem.worth.terms, problem.horizon * problem.grain_s / 3600
    cost = float(terms.cost_weight) * problem.cost_per_hour.sum() * hours
    requested = float(terms.requested_agent_share) * problem.worth.weighted().sum()
    extra = 100 * (np.abs(problem.pairs.bonus).sum() + requested + cost)
    payoffs = np.abs(problem.payoff).max(axis=1, initial=0).sum() + np.abs(problem.undone).sum()
    return 2 * int(payoffs + extra) + 1


def preferring(problem: Problem, agent: Int32, hundredths: int) -> Problem:
    """The problem for engines in which ``agent[i]`` doing task i (-1: nobody) is worth so many hundredths more.

    Raises:
        ValueError: the hundredths are not a multiple of :data:`STABILITY_STEP`.
    """
    if hundredths % STABILITY_STEP:
        raise ValueError(f"{hundredths} hundredths are no multiple of {STABILITY_STEP}")
    tasks = np.flatnonzero((agent >= 0) & problem.free)
    if not hundredths or not len(tasks):
        return problem
    rows = pl.DataFrame({"task": tasks.astype(np.int64), "agent": agent[tasks].astype(np.int64)})
    return replace(problem, pairs=_with_rows(problem, rows, excluded=False, hundredths=hundredths))


def _with_rows(problem: Problem, rows: pl.DataFrame, *, excluded: bool, hundredths: int) -> Pairs:
    """The special pairs, with these (task, agent) excluded or worth so many hundredths more."""
    pairs = problem.pairs
    known = pl.DataFrame(
        {
            "task": np.repeat(np.arange(problem.n_tasks), np.diff(pairs.first)),
            "agent": pairs.agent.astype(np.int64),
            "allowed": pairs.allowed,
            "grains": pairs.grains,
            "bonus": pairs.bonus,
        }
    )
    named = rows.with_columns(named=True)
    frame = known.join(named, on=["task", "agent"], how="full", coalesce=True).with_columns(
        pl.col("allowed").fill_null(value=True) & ~(pl.lit(excluded) & pl.col("named").fill_null(value=False)),
        pl.col("grains").fill_null(0),
        pl.col("bonus").fill_null(0.0),
    )
    frame = frame.sort("task", "agent")
    bonus = frame["bonus"].to_numpy().copy()
    liked = frame["named"].fill_null(value=False).to_numpy()
    if hundredths:
        points = Fraction(hundredths, 100)
        sums = {b: float(exact(b) + points) for b in np.unique(bonus[liked]).tolist()}
        bonus[liked] = [sums[b] for b in bonus[liked].tolist()]
    task = frame["task"].to_numpy()
    return Pairs(
        first=np.searchsorted(task, np.arange(problem.n_tasks + 1)).astype(np.int64),
        agent=frame["agent"].to_numpy().astype(np.int32),
        allowed=frame["allowed"].to_numpy().astype(np.bool_),
        grains=frame["grains"].to_numpy().astype(np.int64),
        bonus=bonus,
    )
