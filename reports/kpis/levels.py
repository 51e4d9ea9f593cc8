"""Key figures by level: sums are computed once for the smallest parts and aggregated from there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import polars as pl

from models import (
    AGENT,
    ENTERPRISE,
    LEVELS,
    PEOPLE_LEVELS,
    PERIOD,
    PLACES,
    SKILL,
    TASK_LEVELS,
    RunRecord,
    parse_duration,
)
from reports.kpis.inputs import KpiInputs
from reports.kpis.measures import (
    Measures,
    agent_measures,
    demand_measures,
    done_measures,
    load_measures,
    ratios,
    task_measures,
)

_SUMS = pl.exclude(*PEOPLE_LEVELS, *TASK_LEVELS).sum()
"""The sums of all measures of parts."""
_TIMES = ("created_at", "due_at", "start_at", "end_at")
_DIGITS = 12
"""Figures are rounded to so many, so that the order of adding up does not show."""


class Scope(NamedTuple):
    """The period of a run, in UTC, and how shortly before it is due work is at risk."""

    as_of: datetime
    end: datetime
    margin: timedelta


@dataclass(frozen=True)
class Sums:
    """What the figures of tasks are worked out from; those of several parts of the tasks can be added up.

    By all levels of tasks together, by agent, by requirement of open tasks, and by slice of the horizon.
    """

    tasks: pl.DataFrame
    done: pl.DataFrame
    demand: pl.DataFrame
    due: pl.DataFrame


def measure(run: RunRecord, facts: KpiInputs) -> pl.DataFrame:
    """All key figures of a run, one row a level, key and measure; ``run`` gives its name and moment too.

    The key is ``""`` for a missing name and for the enterprise. A measure without a meaning at a level has no row
    there: tasks that nobody does belong to no team, and a ratio needs a divisor.
    """
    return figures_of(run, sums_of(scope_of(run), facts), facts)


def scope_of(run: RunRecord) -> Scope:
    """The scope of a run."""
    as_of, end = (moment.astimezone(UTC) for moment in (run.as_of, run.horizon_end))
    return Scope(as_of, end, parse_duration(run.policy.warning_margin))


def sums_of(scope: Scope, facts: KpiInputs) -> Sums:
    """The sums over the tasks of some facts."""
    tasks = facts.tasks.with_columns(pl.col(_TIMES).dt.convert_time_zone("UTC"))
    return Sums(
        tasks=_by(tasks, TASK_LEVELS, task_measures(*scope)),
        done=_by(tasks.filter(pl.col("agent_id").is_not_null()), ["agent_id"], done_measures(*scope)),
        demand=_by(
            tasks.filter("plannable").with_columns(pl.col("requirement").fill_null("")),
            ["requirement"],
            demand_measures(),
        ),
        due=_due_in(tasks, facts.periods, scope),
    )


def sums_together(parts: Sequence[Sums]) -> Sums:
    """The sums of parts of the tasks together."""

    def together(frames: list[pl.DataFrame], keys: Sequence[str]) -> pl.DataFrame:
        return pl.concat(frames, how="vertical_relaxed").group_by(keys).agg(pl.exclude(keys).sum()).sort(keys)

    return Sums(
        tasks=together([part.tasks for part in parts], TASK_LEVELS),
        done=together([part.done for part in parts], ["agent_id"]),
        demand=together([part.demand for part in parts], ["requirement"]),
        due=together([part.due for part in parts], ["start_at"]),
    )


def figures_of(run: RunRecord, sums: Sums, facts: KpiInputs) -> pl.DataFrame:
    """All key figures, from sums over the tasks and all else that facts say."""
    people = _people(facts, sums.done, run.policy.target_utilization)
    tables = {
        ENTERPRISE: [_whole(sums.tasks, people, run)],
        **{level: [_rolled(people, level), _spread(people, level)] for level in PEOPLE_LEVELS},
        **{level: [_rolled(sums.tasks, level)] for level in TASK_LEVELS},
        SKILL: [_skills(facts, sums.demand)],
        PERIOD: [_periods(facts, sums.due)],
    }
    rows = [_long(level, frame) for level in LEVELS for frame in tables[level]]
    order = pl.Enum(list(LEVELS))
    found = pl.concat(rows).sort(pl.col("level").cast(order), "key", maintain_order=True)
    moment = pl.lit(run.as_of.astimezone(UTC)).dt.cast_time_unit("us").dt.convert_time_zone(run.timezone)
    return found.with_columns(run_id=pl.lit(run.run_id), as_of=moment)


def _by(frame: pl.DataFrame, keys: Iterable[str], measures: Measures) -> pl.DataFrame:
    """The sums of each combination of keys, in a fixed order."""
    keys = list(keys)
    return frame.group_by(keys).agg(**measures).with_columns(pl.col(keys).fill_null("")).sort(keys)


def _people(facts: KpiInputs, done: pl.DataFrame, band: tuple[float, float]) -> pl.DataFrame:
    """The sums of each agent, with the agent's places."""
    measures = [name for name in done.columns if name != "agent_id"]
    places = {level: pl.col(level).fill_null("") for level in PLACES}
    people = facts.agents.select(pl.col("agent_id").alias(AGENT), **places, **agent_measures(*band))
    people = people.join(done, left_on=AGENT, right_on="agent_id", how="left", maintain_order="left")
    return people.with_columns(pl.col(measures).fill_null(0))


def _rolled(parts: pl.DataFrame, level: str) -> pl.DataFrame:
    return parts.group_by(pl.col(level).alias("key")).agg(_SUMS).sort("key")


def _spread(people: pl.DataFrame, level: str) -> pl.DataFrame:
    """The spread of utilization in each place; an agent alone has none."""
    frame = people.group_by(pl.col(level).alias("key")).agg(**load_measures()).sort("key")
    return frame.clear() if level == AGENT else frame


def _whole(tasks: pl.DataFrame, people: pl.DataFrame, run: RunRecord) -> pl.DataFrame:
    """The enterprise: all tasks, all people, and what only the run as a whole has."""
    whole = tasks.select(_SUMS)
    mine = people.select(_SUMS).select(pl.exclude(whole.columns))
    gap = None if run.bound is None else run.bound - run.objective
    figures = {
        "rejected": run.counted.rejected,
        "objective": run.objective,
        "bound": run.bound,
        "gap_points": gap,
        "gap": run.gap,
        "gain_gap": run.gain_gap,
        "empty_objective": run.empty_objective,
    }
    extra = pl.DataFrame([figures], schema=dict.fromkeys(figures, pl.Float64))
    frames = [whole, mine, people.select(**load_measures()), extra]
    return pl.concat(frames, how="horizontal").with_columns(key=pl.lit(""))


def _skills(facts: KpiInputs, demand: pl.DataFrame) -> pl.DataFrame:
    """Demand and supply of each skill that is asked for or there; ``""`` is work that asks for none."""
    demand = demand.join(facts.asked, on="requirement", how="left").with_columns(pl.col("skill").fill_null(""))
    demand = demand.group_by("skill").agg(pl.exclude("requirement").sum())
    able = {"agents": pl.len(), "minutes_capable": pl.col("capacity_minutes").sum()}
    supply = facts.supply.join(facts.agents, on="agent_id").group_by("skill").agg(**able)
    everybody = facts.agents.select(skill=pl.lit(""), **able).filter(demand["skill"].eq("").any())
    supply = pl.concat([supply, everybody], how="vertical_relaxed")
    both = demand.join(supply, on="skill", how="full", coalesce=True).rename({"skill": "key"})
    return both.with_columns(pl.exclude("key").fill_null(0)).sort("key")


def _due_in(tasks: pl.DataFrame, periods: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """What falls due by the end of each slice of the horizon."""
    due = (pl.col("due_at") > scope.as_of) & (pl.col("due_at") <= scope.end)
    tasks = tasks.filter(pl.col("plannable") & due).select("due_at", "standard_minutes").sort("due_at")
    slices = periods.select("start_at", pl.col("end_at").dt.convert_time_zone("UTC"))
    placed = tasks.join_asof(slices, left_on="due_at", right_on="end_at", strategy="forward")
    return placed.group_by("start_at").agg(tasks_due=pl.len(), minutes_due=pl.col("standard_minutes").sum())


def _periods(facts: KpiInputs, asked: pl.DataFrame) -> pl.DataFrame:
    """Slices of the horizon: what falls due by their end, and the time there is in them."""
    return facts.periods.join(asked, on="start_at", how="left", maintain_order="left").select(
        key=pl.col("start_at").dt.strftime("%Y-%m-%dT%H:%M:%S%:z"),
        tasks_due=pl.col("tasks_due").fill_null(0),
        minutes_due=pl.col("minutes_due").fill_null(0.0),
        minutes_working="working_minutes",
        minutes_capacity="capacity_minutes",
        minutes_planned="planned_minutes",
    )


def _long(level: str, wide: pl.DataFrame) -> pl.DataFrame:
    """One row a key and measure, ratios included."""
    numbers = wide.with_columns(pl.exclude("key").cast(pl.Float64)).with_columns(ratios(wide.columns))
    return (
        numbers.unpivot(index="key", variable_name="measure", value_name="value")
        .filter(pl.col("value").is_not_null())
        .select(pl.lit(level).alias("level"), "key", "measure", pl.col("value").round_sig_figs(_DIGITS))
    )
