"""The tables of a run: plan, unplanned tasks and agents, from a solved problem."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data import Build, Snapshot, passed_through
from models import (
    AGENTS_TABLE,
    DESCRIPTIVE,
    HOURS_TABLE,
    LATE,
    PLAN_TABLE,
    STEPS,
    UNPLANNED_TABLE,
    Evaluation,
    Plan,
    Prices,
    Problem,
    Reason,
    hour_values,
    reasons,
    shortage,
)
from scheduler.run.details import with_details

_TOLD = ("index", "task_id", "status", "agent_id", "minutes", "value", "skills", "due_at", "not_before", "expires_at")
"""What the reasons of unplanned tasks tell of them."""
_ENDS = ("from", "until")
_FINAL = ("completed", "canceled", "rejected")


@dataclass(frozen=True, kw_only=True)
class RunTables:
    """What a run writes; times are in the snapshot's time zone, minutes are charged, payoffs in points.

    ``hours`` is ``None`` without prices. ``messages`` are those of the details of unplanned tasks.
    """

    plan: pl.DataFrame
    unplanned: pl.DataFrame
    agents: pl.DataFrame
    hours: pl.DataFrame | None
    messages: pl.DataFrame


def run_tables(
    snapshot: Snapshot,
    build: Build,
    plan: Plan,
    result: Evaluation,
    prices: Prices | None = None,
    count: NDArray[np.int64] | None = None,
) -> RunTables:
    """The tables of a plan and its evaluation, and with prices what one more hour is worth.

    ``count`` is how many tasks each agent has, where the plan is not the whole one.
    """
    planned = _plan_table(snapshot, build, result)
    unplanned, messages = _unplanned_table(snapshot, build, plan, result, count)
    return RunTables(
        plan=planned,
        unplanned=unplanned,
        agents=_agents_table(build, result, planned),
        hours=None if prices is None else _hours_table(snapshot, build, prices),
        messages=messages,
    )


def _described(snapshot: Snapshot, build: Build, known: tuple[str, ...]) -> pl.DataFrame:
    """What describes each good task, and its columns passed through; one of a ``known`` name is prefixed ``x_``."""
    taken = set(known)
    own = []
    for name in passed_through(snapshot):
        shown = name
        while shown in taken:
            shown = f"x_{shown}"
        taken.add(shown)
        own.append(pl.col(name).alias(shown))
    # from the snapshot itself, where no column of ours can stand in their place
    return build.tasks.select(DESCRIPTIVE).hstack(snapshot.tasks.select(own))


def _with_description(rows: pl.DataFrame, snapshot: Snapshot, build: Build, known: tuple[str, ...]) -> pl.DataFrame:
    """The ``known`` columns of rows that say their task's place, and what is passed through."""
    own = [name for name in known if name not in DESCRIPTIVE]
    return rows.select(own).hstack(_described(snapshot, build, known)[rows["place"]])


def moments(build: Build, grains: "np.ndarray[tuple[int], np.dtype[np.int64]]", zone: str) -> pl.Series:
    """Moments from grains since ``as_of``."""
    us = grains * (build.problem.grain_s * 1_000_000)
    us_of = pl.Series([build.as_of]).cast(pl.Datetime("us", "UTC")).dt.epoch("us")[0] + us
    return pl.Series(us_of, dtype=pl.Int64).cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(zone)


def _plan_table(snapshot: Snapshot, build: Build, result: Evaluation) -> pl.DataFrame:
    problem, zone = build.problem, snapshot.timezone
    clocks = problem.clocks
    place = build.tasks["index"].is_not_null().arg_true().gather(result.tasks)
    rows = pl.DataFrame(
        {
            "place": place,
            "task_id": problem.task_ids.gather(result.tasks),
            "agent": result.agents,
            "agent_id": problem.agent_ids.gather(result.agents),
            "clock": result.start,
            "start_at": moments(build, clocks.start_grain(result.agents, result.start), zone),
            "end_at": moments(build, clocks.end_grain(result.agents, result.end), zone),
            "minutes": result.grains * problem.grain_s / 60,
            "due_at": build.tasks["due_at"].gather(place).dt.convert_time_zone(zone),
            "outcome": pl.Series([STEPS[int(s)] for s in (0, LATE)], dtype=pl.String).gather(result.step),
            "payoff": result.payoff[result.tasks] / 100,
            "pinned": np.maximum(problem.pinned_agent, problem.fixed_agent)[result.tasks] >= 0,
        }
    ).sort("agent", "clock")
    rows = rows.with_columns(sequence=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("agent"))
    return _with_description(rows, snapshot, build, PLAN_TABLE.names)


def _unplanned_table(
    snapshot: Snapshot, build: Build, plan: Plan, result: Evaluation, count: NDArray[np.int64] | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tasks that are not in the plan, and the messages of why."""
    problem, zone = build.problem, snapshot.timezone
    found = shortage(problem, plan, count)
    why = pl.DataFrame(
        {
            "index": found.tasks,
            "why": pl.Series([r.value for r in reasons(problem, found)], dtype=pl.String),
            "skilled": found.skilled,
            "allowed": found.allowed,
            "nearest": problem.agent_ids.gather(np.maximum(found.nearest, 0))
            if problem.n_agents
            else [""] * len(found.tasks),
            "short": found.short * problem.grain_s / 60,
            "worth": problem.worth.weighted(found.tasks),
            "most": _most_gained(problem, found.tasks),
            "overdue": problem.worth.overdue_us[found.tasks] >= 0,
            "payoff": result.payoff[found.tasks] / 100,
            "stuck": problem.stuck[found.tasks],
        },
        schema_overrides={"nearest": pl.String},
    )
    tasks = build.tasks.select(_TOLD).with_row_index("place")
    tasks = tasks.join(why, on="index", how="left", maintain_order="left")
    tasks = tasks.filter(pl.col("index").is_null() | pl.col("why").is_not_null())
    end = pl.lit(snapshot.horizon_end).cast(pl.Datetime("us", "UTC"))
    begin = pl.lit(snapshot.as_of).cast(pl.Datetime("us", "UTC"))
    free = ~pl.col("stuck")
    reason = (
        pl.when(pl.col("status").is_in(_FINAL))
        .then(pl.lit(Reason.FINAL.value))
        .when(pl.col("index").is_null())
        .then(pl.lit(Reason.HELD.value))
        .when(free & (pl.col("expires_at") <= begin))
        .then(pl.lit(Reason.EXPIRED.value))
        .when(free & (pl.col("not_before") >= end))
        .then(pl.lit(Reason.NOT_YET.value))
        .otherwise("why")
    )
    rows = tasks.with_columns(reason=reason, payoff=pl.col("payoff").fill_null(0.0))
    rows, messages = with_details(rows, zone, late_is_worthless=problem.worth.terms.late_share == 0)
    rows = rows.with_columns(pl.col("due_at").dt.convert_time_zone(zone))
    return _with_description(rows, snapshot, build, UNPLANNED_TABLE.names), messages


def _most_gained(problem: Problem, tasks: NDArray[np.int64]) -> NDArray[np.int64]:
    """What each task gains at most over being left, in hundredths, before anybody's cost or bonus."""
    gain = np.where(problem.deadline[tasks] >= 0, problem.payoff[tasks] - problem.undone[tasks, None], 0)
    most: NDArray[np.int64] = gain.max(axis=1)
    return most


def _agents_table(build: Build, result: Evaluation, planned: pl.DataFrame) -> pl.DataFrame:
    """One row per agent: minutes available and planned, tasks, first start and last end."""
    problem: Problem = build.problem
    agents = np.arange(problem.n_agents)
    minutes = problem.grain_s / 60
    work = planned.group_by("agent_id").agg(
        planned_minutes=pl.col("minutes").sum(),
        tasks=pl.len().cast(pl.Int64),
        late=(pl.col("outcome") == "late").sum().cast(pl.Int64),
        first_start=pl.col("start_at").min(),
        last_end=pl.col("end_at").max(),
    )
    return (
        build.agents.with_columns(
            working_minutes=pl.Series(problem.clocks.working(agents, problem.horizon) * minutes),
            capacity_minutes=pl.Series(problem.clocks.total() * minutes),
        )
        .join(work, on="agent_id", how="left", maintain_order="left")
        .with_columns(pl.col("planned_minutes").fill_null(0.0), pl.col("tasks", "late").fill_null(0))
        .select(AGENTS_TABLE.names)
    )


def _hours_table(snapshot: Snapshot, build: Build, prices: Prices) -> pl.DataFrame:
    rows = hour_values(build.problem, prices)
    return hours_table(rows, requirement_texts(snapshot, build), build, snapshot.timezone)


def requirement_texts(snapshot: Snapshot, build: Build) -> pl.DataFrame:
    """The requirement of each task of the problem as people write it, and the row of the task."""
    plannable = build.tasks["index"].is_not_null()
    return pl.DataFrame(
        {
            "requirement": build.problem.requirement.astype(np.int64),
            "text": build.tasks["skills"].filter(plannable).fill_null(""),
            "row": snapshot.tasks["row"].filter(plannable),
        }
    )


def hours_table(rows: pl.DataFrame, texts: pl.DataFrame, build: Build, zone: str) -> pl.DataFrame:
    """What one more hour is worth by requirement, as people write it, and the moment it begins; most first.

    Texts that ask the same are one requirement: the first of them names it.
    """
    named = texts.select("requirement", "text").unique("requirement", keep="first", maintain_order=True)
    rows = rows.join(named, on="requirement", how="left")
    ends = (moments(build, rows[f"{end}_grain"].to_numpy(), zone).alias(f"{end}_time") for end in _ENDS)
    rows = rows.with_columns(*ends, requirement="text")
    order = ("points_per_hour", "requirement", "from_time")
    return rows.select(HOURS_TABLE.names).sort(order, descending=[True, False, False])
