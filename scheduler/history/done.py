"""What was done, as figures of days by level: beside the plan, in minutes, on time, and how often plans changed."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from data import Calendars, read_further
from models import ENTERPRISE, PLACES, TASK_LEVELS, AllotError
from scheduler.history.actuals import AS_PLANNED, NO_CALENDARS, OTHER_AGENT, OUTSIDE, plan_against_actual

if TYPE_CHECKING:
    from data import Store

PACE_DAYS = 28
"""The pace of a day is the mean of so many days that end with it."""
_TRIED = 20
"""Runs whose folder is looked for, the newest first."""
_MOVED = timedelta(minutes=15)
"""A task that begins this much earlier or later is told otherwise."""
_DAYS = {"day": pl.Date(), **dict.fromkeys(("level", "key", "measure"), pl.String()), "value": pl.Float64()}
_NO_PLACES = dict.fromkeys(("agent_id", *PLACES), pl.String())


def newest_places(runs: pl.DataFrame, since: datetime, until: datetime) -> pl.DataFrame:
    """Where people belong, as the newest run of a span of time says that is still there: agent_id, organisation, site,
    team. ``runs`` has the columns of `data.known_runs`.
    """
    newest = runs.filter(pl.col("as_of").is_between(since, until, closed="left")).tail(_TRIED)
    for folder in reversed(newest["folder"].to_list()):
        try:
            agents = read_further(Path(folder), "agents")
        except AllotError:
            continue
        if agents is not None:
            return agents.select(pl.col(_NO_PLACES).cast(pl.String).fill_null(""))
    return pl.DataFrame(schema=_NO_PLACES)


def days_done(
    store: "Store",
    people: pl.DataFrame,
    zone: str,
    since: datetime,
    until: datetime,
    calendars: Calendars = NO_CALENDARS,
) -> pl.DataFrame:
    """Figures of what was done by day, with the columns of days: day, level, key, measure, value.

    ``people`` is as :func:`newest_places` returns it; deadlines that processes give count on ``calendars``. Sums only;
    ratios are for :func:`by_period`.
    """
    rows = plan_against_actual(store, since - timedelta(days=PACE_DAYS), until, zone, calendars)
    work = _placed(rows, people, zone)
    first = since.astimezone(ZoneInfo(zone)).date()
    told = told_by_day(store, zone, since, until).join(people, on="agent_id", how="left")
    told = told.with_columns(pl.col(PLACES).fill_null(""))
    found = [pl.DataFrame(schema=_DAYS)]
    for level in (ENTERPRISE, *PLACES, *TASK_LEVELS):
        key = pl.lit("") if level == ENTERPRISE else pl.col(level)
        found.append(_long(work.filter(pl.col("day") >= first).group_by("day", key=key).agg(**_SUMS), level))
        if level == ENTERPRISE or level in TASK_LEVELS:
            found.append(_pace(work, key, first, until.astimezone(ZoneInfo(zone)).date(), level))
        if level == ENTERPRISE or level in PLACES:
            sums = told.group_by("day", key=key).agg(pl.col("plan_told", "plan_changes").sum())
            found.append(_long(sums, level))
    return pl.concat(found)


_KNOWN = pl.col("plan").is_not_null()
_BOTH = pl.col("minutes").is_not_null() & pl.col("standard_minutes").is_not_null()
_SUMS = {
    "done": pl.len(),
    "done_known": _KNOWN.sum(),
    "done_as_planned": (pl.col("plan") == AS_PLANNED).sum(),
    "done_by_other": (pl.col("plan") == OTHER_AGENT).sum(),
    "done_outside": (pl.col("plan") == OUTSIDE).sum(),
    "done_due": pl.col("on_time").count(),
    "done_on_time": pl.col("on_time").sum(),
    "minutes_worked": pl.col("minutes").filter(_BOTH).sum(),
    "minutes_standard": pl.col("standard_minutes").filter(_BOTH).sum(),
}


def _placed(rows: pl.DataFrame, people: pl.DataFrame, zone: str) -> pl.DataFrame:
    """The tasks done with their day, and what they and their people belong to."""
    done = rows.filter(pl.col("result") == "completed").join(people, on="agent_id", how="left")
    day = pl.col("ended_at").dt.convert_time_zone(zone).dt.date().alias("day")
    return done.with_columns(day, pl.col(*PLACES, *TASK_LEVELS).fill_null(""))


def _long(wide: pl.DataFrame, level: str) -> pl.DataFrame:
    measures = pl.exclude("day", "key")
    long = wide.with_columns(measures.cast(pl.Float64)).unpivot(
        index=["day", "key"], variable_name="measure", value_name="value"
    )
    return long.select("day", level=pl.lit(level), key="key", measure="measure", value="value").cast(pl.Schema(_DAYS))


def _pace(work: pl.DataFrame, key: pl.Expr, first: date, last: date, level: str) -> pl.DataFrame:
    """The standard minutes done in a day, as a mean of the four weeks until then, where there was work in them."""
    if work.is_empty():
        return pl.DataFrame(schema=_DAYS)
    worked = work["day"].to_list()
    begin = max(min(worked), first - timedelta(days=PACE_DAYS - 1))
    last = min(last, max(worked) + timedelta(days=PACE_DAYS - 1))
    days = pl.DataFrame({"day": pl.date_range(begin, last, eager=True)})
    sums = work.group_by("day", key=key).agg(pl.col("standard_minutes").sum())
    grid = days.join(sums.select("key").unique(), how="cross").join(sums, on=["day", "key"], how="left").sort("day")
    mean = pl.col("standard_minutes").fill_null(0.0).rolling_mean(PACE_DAYS, min_samples=1).over("key")
    paced = grid.with_columns(value=mean).filter(pl.col("day") >= first, pl.col("value") > 0)
    named = paced.select("day", level=pl.lit(level), key="key", measure=pl.lit("minutes_pace"), value="value")
    return named.cast(pl.Schema(_DAYS))


def told_by_day(store: "Store", zone: str, since: datetime, until: datetime) -> pl.DataFrame:
    """How calm plans were: day, agent_id, plan_told, plan_changes.

    At each new plan, ``plan_told`` are the person's tasks in the plan before it, without those that have been begun or
    done, ``plan_changes`` those of them that it withdrew, gave to another person, or moved. Days of which not all is
    kept that plans said are left out.
    """
    from data import plans_known_since, read_begun, read_publications, read_told

    day_of = pl.col("published_at").dt.convert_time_zone(zone).dt.date()
    with store.reading() as connection:
        plans = read_publications(connection, since).filter(pl.col("published_at") < until)
        known = plans_known_since(connection)
        if known is not None:
            plans = plans.filter(day_of > known.astimezone(ZoneInfo(zone)).date())
        told = read_told(connection, since)
        begun = read_begun(connection, since)
    by_day = plans.group_by(day=day_of).agg(first=pl.col("version").min(), last=pl.col("version").max())
    after = pl.col("agent_id", "start_at", "state").shift(-1).over("task_id").name.suffix("_after")
    rows = told.with_columns(after).filter(pl.col("state") == "planned").join(begun, on="task_id", how="left")
    # what has been begun is out of the plan for a good reason
    done = pl.col("begun_at").is_not_null() & (pl.col("begun_at") <= pl.col("until_at"))
    other = (pl.col("state_after") != "planned") | (pl.col("agent_id_after") != pl.col("agent_id"))
    moved = (pl.col("start_at_after") - pl.col("start_at")).abs() > _MOVED
    rows = rows.with_columns(changed=(other | moved).fill_null(value=False) & ~done, done=done.fill_null(value=False))
    ends = pl.col("until_version").fill_null(_LAST) - pl.col("done").cast(pl.Int64)
    spans = rows.select("agent_id", "from_version", "until_version", "changed", stands=ends)
    found = [_told_on(spans, *row) for row in by_day.sort("day").iter_rows()]
    empty = {"day": pl.Date(), "agent_id": pl.String(), "plan_told": pl.Int64(), "plan_changes": pl.Int64()}
    return pl.concat([pl.DataFrame(schema=empty), *found])


_LAST = 2**62


def _told_on(spans: pl.DataFrame, day: date, first: int, last: int) -> pl.DataFrame:
    """What the new plans of a day, numbered ``first`` to ``last``, found told, and changed."""
    here = spans.filter((pl.col("from_version") < last) & (pl.col("stands") >= first))
    stood = pl.min_horizontal(pl.col("stands"), last) - pl.max_horizontal(pl.col("from_version"), first - 1)
    changed = pl.col("changed") & (pl.col("until_version") <= last)
    sums = here.group_by("agent_id").agg(plan_told=stood.sum(), plan_changes=changed.sum().cast(pl.Int64))
    return sums.select(pl.lit(day).alias("day"), "agent_id", "plan_told", "plan_changes")
