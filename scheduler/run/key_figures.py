"""The figures of a run that run.json says beside its key figures."""

from collections.abc import Iterable
from typing import Any

import polars as pl

from data import Snapshot
from models import Counts, HourWorth, PeopleTime, Problem
from scheduler.run.tables import RunTables

_MOST_HOURS = 20
"""Rows of what one more hour is worth that run.json shows."""


def counts_of(snapshot: Snapshot, problem: Problem, tables: RunTables) -> Counts:
    """What became of every task row."""
    planned, late = tables.plan.height, int((tables.plan["outcome"] == "late").sum())
    return Counts(
        tasks=snapshot.rows_read["tasks"],
        rejected=snapshot.rejects.filter(pl.col("table") == "tasks").height,
        plannable=problem.n_tasks,
        planned=planned,
        on_time=planned - late,
        late=late,
        unplanned=tables.unplanned.height,
    )


def calendars_of(snapshot: Snapshot, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The calendars of these names, on which deadlines were worked out, each with its time zone."""
    known = snapshot.calendars.by_name
    return {name: {**known[name].as_table(), "timezone": known[name].timezone or snapshot.timezone} for name in names}


def people_of(agents: pl.DataFrame) -> PeopleTime:
    """The minutes of all agents together, and what share of their working time is planned."""
    minutes = agents.select("working_minutes", "capacity_minutes", "planned_minutes").sum().row(0, named=True)
    working = minutes["working_minutes"]
    return PeopleTime(**minutes, utilization=minutes["planned_minutes"] / working if working else None)


def hour_value_of(hours: pl.DataFrame | None) -> tuple[HourWorth, ...] | None:
    """The hours worth most, for run.json."""
    if hours is None:
        return None
    worth_most = hours.filter(pl.col("points_per_hour") > 0).head(_MOST_HOURS)
    shown = worth_most.select("requirement", "from_time", "until_time", "points_per_hour")
    return tuple(HourWorth(**row) for row in shown.iter_rows(named=True))


def gain_gap_of(objective: int, bound: int | None, empty: int) -> float | None:
    """The share of what could be gained that the plan does not gain; ``None`` when that says nothing."""
    if bound is None:
        return None
    if bound == objective:
        return 0.0
    # started work that costs more than it earns (H7) can bring a bound down to what doing nothing is worth
    return (bound - objective) / (bound - empty) if bound != empty else None
