"""Builds the problem from a snapshot: the only place where ids become indices and times become grains."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import reduce
from operator import mul

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.calendars import deadlines, sla_us
from data.snapshot.snapshot import Snapshot
from data.tables.schemas import ROW, TABLES
from data.tables.skills import canonical, parse_requirement
from models import (
    NEVER,
    NO_LIMIT,
    WEIGHT_FIELDS,
    AgentColumns,
    Clocks,
    PairColumns,
    Problem,
    Requirement,
    SkillTable,
    SnapshotError,
    TaskColumns,
    Terms,
    Worth,
    assemble,
    exact,
    make_clocks,
)

PLANNABLE = ("new", "captured", "queued", "assigned", "in_progress")
"""The statuses of tasks that may be planned (H10)."""
_INHERITED = ("tenant", "department", "channel", "minutes", "value", "penalty", "skills")
_US_PER_S = 1_000_000

Int64 = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Build:
    """A problem with the rows it came from.

    ``tasks`` holds every good task row with the defaults of its process and policy filled in; ``index`` is its
    number in the problem, null for tasks that are not plannable. ``agents`` are in the problem's order.
    ``calendars`` are the names of those that deadlines were worked out on.
    """

    problem: Problem
    tasks: pl.DataFrame
    agents: pl.DataFrame
    as_of: datetime
    calendars: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Build({self.as_of:%Y-%m-%dT%H:%MZ}: {self.problem.n_tasks} tasks to plan, {self.agents.height} agents)"


def build_problem(snapshot: Snapshot, terms: Terms) -> Build:
    """The assignment problem of a snapshot under a policy's terms.

    Raises:
        SnapshotError: the horizon is shorter than a grain, or numbers are too large to be summed exactly.
    """
    grain_us = terms.grain_s * _US_PER_S
    as_of, end = _us(snapshot.as_of), _us(snapshot.horizon_end)
    horizon = (end - as_of) // grain_us
    if horizon < 1:
        raise SnapshotError(
            f"the horizon from {snapshot.as_of} to {snapshot.horizon_end} is shorter than one grain of "
            f"{terms.grain_s} s; plan a longer horizon or a finer time.grain"
        )
    tasks, calendars = _with_deadlines(snapshot, _with_defaults(snapshot, terms))
    agents = _numbered(snapshot)
    number = agents.select("agent_id", "agent")
    clocks = _clocks(snapshot, number, agents, horizon, grain_us)
    plannable = tasks.filter(pl.col("index").is_not_null())
    requirements, requirement = _requirements(plannable["skills"])
    problem = assemble(
        terms.grain_s,
        _task_columns(plannable, number, requirement, _worth(plannable, terms, as_of, end), horizon, as_of),
        AgentColumns(
            ids=agents["agent_id"],
            clocks=clocks,
            cost_per_hour=agents["cost_per_hour"].to_numpy(),
            max_tasks=agents["max_tasks"].fill_null(NO_LIMIT).clip(upper_bound=NO_LIMIT).to_numpy(),
        ),
        requirements,
        _skill_table(snapshot, number),
        _pair_columns(snapshot, plannable, number),
    )
    agents = agents.drop("agent")
    return Build(problem=problem, tasks=tasks, agents=agents, as_of=snapshot.as_of, calendars=calendars)


def _us(moment: datetime) -> int:
    return int(pl.Series([moment]).cast(pl.Datetime("us", "UTC")).dt.epoch("us")[0])


def _with_defaults(snapshot: Snapshot, terms: Terms) -> pl.DataFrame:
    """All good tasks, with what their process and the policy fill in, and their index in the problem.

    ``sla_us`` and ``calendar`` are those of the process.
    """
    inherited = snapshot.processes.select(
        "process", "calendar", *(pl.col(c).alias(f"process {c}") for c in _INHERITED), sla_us=sla_us()
    )
    filled = (
        snapshot.tasks.select(TABLES["tasks"].names)
        .join(inherited, on="process", how="left", maintain_order="left")
        .with_columns(pl.coalesce(c, f"process {c}") for c in _INHERITED)
    )
    plannable = pl.col("status").is_in(PLANNABLE)
    return filled.with_columns(
        pl.col("value").fill_null(float(terms.default_value)),
        pl.col("penalty").fill_null(0.0),
        pl.when(plannable).then(plannable.cum_sum().cast(pl.Int64) - 1).alias("index"),
    ).drop(f"process {c}" for c in _INHERITED)


def _with_deadlines(snapshot: Snapshot, tasks: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The tasks with deadlines by their process's SLA, where they have none; and the calendars these count on."""
    due, used = deadlines(tasks, snapshot.calendars, snapshot.timezone)
    return tasks.with_columns(due_at=due).drop("sla_us", "calendar"), used


def passed_through(snapshot: Snapshot) -> list[str]:
    """The task columns that are not in the contract, in the order of their source."""
    return [c for c in snapshot.tasks.columns if c not in (*TABLES["tasks"].names, ROW)]


def _requirements(texts: pl.Series) -> tuple[list[Requirement], NDArray[np.int32]]:
    """The distinct requirements, and each task's among them; a missing text asks for nothing."""
    distinct = texts.unique(maintain_order=True)
    number: dict[Requirement, int] = {}
    of_text = {
        text: number.setdefault(canonical(parse_requirement(text)) if text is not None else (), len(number))
        for text in distinct.to_list()
    }
    column = pl.DataFrame({"text": texts}).join(
        pl.DataFrame(
            {"text": list(of_text), "requirement": list(of_text.values())},
            schema_overrides={"text": pl.String},
        ),
        on="text",
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )["requirement"]
    return list(number), column.cast(pl.Int32).to_numpy()


def _index_of(frame: pl.DataFrame, column: str, number: pl.DataFrame) -> Int64:
    """The agent number of each id in a column, -1 where it is null."""
    named = number.rename({"agent_id": column})
    found = frame.select(column).join(named, on=column, how="left", maintain_order="left")
    return found["agent"].fill_null(-1).to_numpy()


def _task_columns(
    tasks: pl.DataFrame,
    number: pl.DataFrame,
    requirement: NDArray[np.int32],
    worth: Worth,
    horizon: int,
    as_of: int,
) -> TaskColumns:
    grain_us = worth.terms.grain_s * _US_PER_S

    def since(column: str, missing: int) -> Int64:
        return (tasks[column].dt.epoch("us") - as_of).fill_null(missing).to_numpy()

    last = horizon * grain_us
    holder = _index_of(tasks, "agent_id", number)
    in_progress = (tasks["status"] == "in_progress").to_numpy()
    return TaskColumns(
        ids=tasks["task_id"],
        requirement=requirement,
        minutes=tasks["minutes"].to_numpy(),
        release=np.clip(-(-since("not_before", 0) // grain_us), 0, horizon),
        due=np.clip(since("due_at", last) // grain_us, 0, horizon),
        expires=np.clip(since("expires_at", last) // grain_us, 0, horizon),
        due_us=since("due_at", NEVER),
        started_by=np.where(in_progress, holder, -1).astype(np.int32),
        requested=_index_of(tasks, "requested_agent", number).astype(np.int32),
        worth=worth,
    )


def _worth(tasks: pl.DataFrame, terms: Terms, as_of: int, end: int) -> Worth:
    due = tasks["due_at"].dt.epoch("us")
    weights, weight = _weights(tasks, terms.weights)
    return Worth(
        terms=terms,
        value=tasks["value"].to_numpy(),
        weight=weight,
        weights=weights,
        penalty=tasks["penalty"].to_numpy(),
        overdue_us=(as_of - due).fill_null(-1).clip(lower_bound=-1).to_numpy(),
        fined=((due > as_of) & (due <= end)).fill_null(value=False).to_numpy(),
    )


def _weights(
    tasks: pl.DataFrame, weights: Mapping[str, Mapping[str, Fraction]]
) -> tuple[tuple[Fraction, ...], NDArray[np.int32]]:
    """The distinct products of weights, and each task's among them."""
    fields = [f for f in WEIGHT_FIELDS if weights.get(f)]
    if not fields:
        return (Fraction(1),), np.zeros(len(tasks), np.int32)
    combinations = tasks.select(fields).unique(maintain_order=True)
    products = [
        reduce(mul, (weights[f].get(x, Fraction(1)) for f, x in zip(fields, row, strict=True)))
        for row in combinations.iter_rows()
    ]
    number: dict[Fraction, int] = {}
    numbers = [number.setdefault(p, len(number)) for p in products]
    numbered = combinations.with_columns(weight=pl.Series(numbers, dtype=pl.Int32))
    column = tasks.select(fields).join(numbered, on=fields, how="left", nulls_equal=True, maintain_order="left")
    return tuple(number), column["weight"].to_numpy()


def _skill_table(snapshot: Snapshot, number: pl.DataFrame) -> SkillTable:
    skills = snapshot.agent_skills
    return SkillTable(
        agent=_index_of(skills, "agent_id", number),
        skill=skills["skill"].to_list(),
        level=skills["level"].to_numpy(),
        efficiency=skills["efficiency"].to_numpy(),
    )


def _pair_columns(snapshot: Snapshot, tasks: pl.DataFrame, number: pl.DataFrame) -> PairColumns:
    """The special pairs of plannable tasks."""
    known = tasks.select("task_id", "index")
    pairs = restricted_pairs(snapshot).join(known, on="task_id", how="inner", maintain_order="left")
    pairs = pairs.join(number.select("agent_id"), on="agent_id", how="semi", maintain_order="left")
    return PairColumns(
        task=pairs["index"].to_numpy(),
        agent=_index_of(pairs, "agent_id", number),
        allowed=pairs["allowed"].to_numpy(),
        minutes=pairs["minutes"].fill_null(float("nan")).to_numpy(),
        bonus=pairs["bonus"].fill_null(0.0).to_numpy(),
    )


def _clocks(snapshot: Snapshot, number: pl.DataFrame, agents: pl.DataFrame, horizon: int, grain_us: int) -> Clocks:
    """Capacity clocks: work windows less breaks and reserved time, in whole grains."""
    owner, start, stop = _windows(snapshot, restricted_shifts(snapshot), number, horizon, grain_us)
    shares = [exact(u) for u in agents["max_utilization"].to_list()]
    return make_clocks(horizon, len(agents), owner, start, stop, shares)


def working_grains(snapshot: Snapshot, shifts: pl.DataFrame, grain_s: int) -> pl.Series:
    """The working grains of each agent in the period, by these shifts."""
    grain_us = grain_s * _US_PER_S
    horizon = (_us(snapshot.horizon_end) - _us(snapshot.as_of)) // grain_us
    number = _numbered(snapshot).select("agent_id", "agent")
    owner, start, stop = _windows(snapshot, shifts, number, horizon, grain_us)
    return pl.Series(np.bincount(owner, stop - start, minlength=len(number)).astype(np.int64))


def restricted_shifts(snapshot: Snapshot) -> pl.DataFrame:
    """The shifts; time in the period that is taken from an agent is reserved."""
    shifts = snapshot.shifts.select("agent_id", "start", "end", "kind")
    if snapshot.taken.is_empty():
        return shifts
    taken = snapshot.taken.join(snapshot.agents, on="agent_id", how="semi", maintain_order="left").select(
        "agent_id",
        start=pl.max_horizontal("start", pl.lit(snapshot.as_of).cast(shifts.schema["start"])),
        end=pl.min_horizontal("end", pl.lit(snapshot.horizon_end).cast(shifts.schema["end"])),
        kind=pl.lit("reserved"),
    )
    return pl.concat([shifts, taken.filter(pl.col("start") < pl.col("end"))])


def restricted_pairs(snapshot: Snapshot) -> pl.DataFrame:
    """The pairs, those that are excluded among them."""
    key, pairs = ["task_id", "agent_id"], snapshot.pairs.select("task_id", "agent_id", "allowed", "minutes", "bonus")
    if snapshot.excluded.is_empty():
        return pairs
    excluded = snapshot.excluded.select(key).unique(maintain_order=True).with_columns(excluded=True)
    both = pairs.join(excluded, on=key, how="full", coalesce=True, maintain_order="left_right")
    return both.with_columns(allowed=pl.col("allowed") & pl.col("excluded").is_null()).drop("excluded")


def _numbered(snapshot: Snapshot) -> pl.DataFrame:
    return snapshot.agents.with_row_index("agent").with_columns(pl.col("agent").cast(pl.Int64))


def _windows(
    snapshot: Snapshot, shifts: pl.DataFrame, number: pl.DataFrame, horizon: int, grain_us: int
) -> tuple[Int64, Int64, Int64]:
    """The stretches (agent, first grain, grain after the last) that people work."""
    agent = _index_of(shifts, "agent_id", number)
    as_of = _us(snapshot.as_of)
    begin = (shifts["start"].dt.epoch("us") - as_of).to_numpy()
    end = (shifts["end"].dt.epoch("us") - as_of).to_numpy()
    owner, start, stop = working_windows(agent, begin, end, (shifts["kind"] == "work").to_numpy())
    start = np.maximum(-(-start // grain_us), 0)
    stop = np.minimum(stop // grain_us, horizon)
    some = start < stop
    return owner[some], start[some], stop[some]


def working_windows(agent: Int64, begin: Int64, end: Int64, work: NDArray[np.bool_]) -> tuple[Int64, Int64, Int64]:
    """The maximal windows (agent, begin, end) inside an agent's work windows and outside all others, in order."""
    owner, moment = np.concatenate([agent, agent]), np.concatenate([begin, end])
    change = np.concatenate([np.ones(len(agent), np.int64), -np.ones(len(agent), np.int64)])
    worked, blocked = change * np.tile(work, 2), change * ~np.tile(work, 2)
    order = np.lexsort((moment, owner))
    owner, moment = owner[order], moment[order]
    working = (np.cumsum(worked[order]) > 0) & (np.cumsum(blocked[order]) == 0)
    # the state after an event lasts until the next one; of events at one moment only the last counts
    length = np.where(owner[1:] == owner[:-1], moment[1:] - moment[:-1], 0)
    pieces = np.flatnonzero((length > 0) & working[:-1])
    first, last = moment[pieces], moment[pieces + 1]
    new = np.ones(len(pieces), np.bool_)
    new[1:] = (owner[pieces][1:] != owner[pieces][:-1]) | (first[1:] != last[:-1])
    heads = np.flatnonzero(new)
    tails = np.append(heads[1:] - 1, len(pieces) - 1) if len(pieces) else heads
    return owner[pieces][heads], first[heads], last[tails]
