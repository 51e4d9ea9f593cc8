"""Assembles a problem from plain columns, and derives deadlines, payoffs and started work."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.errors import SnapshotError
from models.problem.clock import Clocks
from models.problem.durations import exact_grains, exceptions, grains_of_minutes
from models.problem.eligibility import Requirement, SkillIndex, SkillTable
from models.problem.payoff import Worth, refuse_overflow
from models.problem.problem import LONGEST, Pairs, Problem

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

NEVER = np.iinfo(np.int64).max
"""Stands for a missing due time; later than any other."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TaskColumns:
    """The plannable tasks, one row each.

    ``release``, ``due`` and ``expires`` are grains, already clipped to 0..horizon (none: 0, horizon, horizon);
    ``due_us`` is the unrounded due time in any unit that sorts, :data:`NEVER` for none. ``started_by`` is the
    agent of started work (status in_progress), else -1.
    """

    ids: pl.Series
    requirement: Int32
    minutes: Float64
    release: Int64
    due: Int64
    expires: Int64
    due_us: Int64
    started_by: Int32
    requested: Int32
    worth: Worth


@dataclass(frozen=True, eq=False, kw_only=True)
class AgentColumns:
    """The agents, one row each; ``max_tasks`` is NO_LIMIT where there is none, cost in points per hour."""

    ids: pl.Series
    clocks: Clocks
    cost_per_hour: Float64
    max_tasks: Int64


@dataclass(frozen=True, eq=False, kw_only=True)
class PairColumns:
    """Special pairs in any order; ``minutes`` is NaN where the computed duration applies."""

    task: Int64
    agent: Int64
    allowed: Bool
    minutes: Float64
    bonus: Float64


def assemble(
    grain_s: int,
    tasks: TaskColumns,
    agents: AgentColumns,
    requirements: list[Requirement],
    skills: SkillTable,
    special: PairColumns,
) -> Problem:
    """The problem these columns describe.

    Raises:
        SnapshotError: numbers are too large to be added up exactly.
    """
    terms, clocks = tasks.worth.terms, agents.clocks
    index = SkillIndex(clocks.n_agents, skills)
    eligibility = index.compile(requirements)
    work = 60 * tasks.minutes / grain_s
    if clocks.horizon >= LONGEST:
        raise SnapshotError(f"the horizon has {LONGEST} grains or more; plan in a coarser time.grain")
    written_out = exceptions(tasks.minutes, tasks.requirement, eligibility, grain_s)
    pairs = _pairs(grain_s, len(work), special, written_out)
    refuse_overflow(tasks.worth.size(), _largest_extra(grain_s, tasks, agents, pairs))
    payoff, undone = tasks.worth.rounded(), tasks.worth.undone()
    started = _place_started(grain_s, tasks, clocks, requirements, index, pairs)
    return Problem(
        grain_s=grain_s,
        horizon=clocks.horizon,
        sla_hard=terms.sla_hard,
        task_ids=tasks.ids,
        agent_ids=agents.ids,
        requirement=tasks.requirement,
        work=work,
        release=tasks.release,
        due=tasks.due,
        expires=tasks.expires,
        deadline=_deadlines(tasks, terms.sla_hard),
        payoff=payoff,
        undone=undone,
        worth=tasks.worth,
        requested=tasks.requested,
        pinned_agent=started.agent,
        pinned_start=started.start,
        pinned_grains=started.grains,
        stuck=started.stuck,
        frozen=np.zeros(len(work), np.bool_),
        fixed_agent=np.full(len(work), -1, np.int32),
        eligibility=eligibility,
        pairs=pairs,
        clocks=clocks,
        cost_per_hour=agents.cost_per_hour,
        max_tasks=agents.max_tasks,
    )


def _largest_extra(grain_s: int, tasks: TaskColumns, agents: AgentColumns, pairs: Pairs) -> float:
    """What bonuses, requested agents and costs can add to all payoffs together, in hundredths."""
    terms = tasks.worth.terms
    hours = min(agents.clocks.horizon * grain_s / 3600, 1e9)
    cost = float(terms.cost_weight) * agents.cost_per_hour.max(initial=0) * hours * len(tasks.minutes)
    requested = float(terms.requested_agent_share) * tasks.worth.weighted().sum()
    return 100 * float(np.abs(pairs.bonus).sum() + requested + cost)


def _deadlines(tasks: TaskColumns, sla_hard: bool) -> Int64:
    """The deadline of each step: on time by due, late by the end (H5), which hard SLA forbids (H6)."""
    overdue = tasks.worth.overdue_us >= 0
    on_time = np.minimum(tasks.due, tasks.expires)
    on_time = np.where(overdue | (on_time <= 0), -1, on_time)
    late = np.where((tasks.expires > np.maximum(on_time, 0)) & (overdue | (not sla_hard)), tasks.expires, -1)
    return np.stack([on_time, late], axis=1)


def _pairs(grain_s: int, n_tasks: int, special: PairColumns, written_out: Iterable[tuple[int, int, int]]) -> Pairs:
    """The special pairs, sorted, extended by the pairs whose exact duration must be stored."""
    frame = pl.DataFrame(
        {
            "task": special.task,
            "agent": special.agent,
            "allowed": special.allowed,
            "grains": grains_of_minutes(special.minutes, grain_s),
            "bonus": special.bonus,
        }
    )
    exact = pl.DataFrame(list(written_out), schema=["task", "agent", "exact"], orient="row").cast(pl.Int64)
    if len(exact):
        frame = frame.join(exact, on=["task", "agent"], how="full", coalesce=True).with_columns(
            pl.col("allowed").fill_null(value=True),
            pl.col("bonus").fill_null(0.0),
            grains=pl.when(pl.col("grains") > 0).then("grains").otherwise(pl.col("exact").fill_null(0)),
        )
    frame = frame.sort("task", "agent")
    task = frame["task"].to_numpy()
    return Pairs(
        first=np.searchsorted(task, np.arange(n_tasks + 1)).astype(np.int64),
        agent=frame["agent"].to_numpy().astype(np.int32),
        allowed=frame["allowed"].to_numpy().astype(np.bool_),
        grains=frame["grains"].to_numpy().astype(np.int64),
        bonus=frame["bonus"].to_numpy().astype(np.float64),
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class _Started:
    """Started work, for every task: agent and start on its clock (-1: none), grains, and whether it is stuck."""

    agent: Int32
    start: Int64
    grains: Int64
    stuck: Bool


def _place_started(
    grain_s: int,
    tasks: TaskColumns,
    clocks: Clocks,
    requirements: list[Requirement],
    index: SkillIndex,
    pairs: Pairs,
) -> _Started:
    """H7: started work, sorted by due time (none last) and id; each that fits is placed right after the previous."""
    n = len(tasks.minutes)
    agent, start = np.full(n, -1, np.int32), np.full(n, -1, np.int64)
    grains, stuck = np.zeros(n, np.int64), np.zeros(n, np.bool_)
    started = np.flatnonzero(tasks.started_by >= 0)
    ids = tasks.ids.gather(started).to_list()
    order = sorted(range(len(started)), key=lambda k: (tasks.due_us[started[k]], ids[k]))
    rows = pairs.row(started, tasks.started_by[started].astype(np.int64), clocks.n_agents)
    total, load = clocks.total(), np.zeros(clocks.n_agents, np.int64)
    for k in order:
        i, a = int(started[k]), int(tasks.started_by[started[k]])
        special = int(pairs.grains[rows[k]]) if rows[k] >= 0 else 0
        efficiency = index.started_efficiency(requirements[tasks.requirement[i]], a)
        grains[i] = special or min(LONGEST, exact_grains(float(tasks.minutes[i]), efficiency, grain_s))
        stuck[i] = load[a] + grains[i] > total[a]
        if not stuck[i]:
            agent[i], start[i] = a, load[a]
            load[a] += grains[i]
    return _Started(agent=agent, start=start, grains=grains, stuck=stuck)
