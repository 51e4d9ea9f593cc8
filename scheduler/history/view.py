"""The history as reports see it: figures of days, what was done, targets, where people belong."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from data import Calendars
from models import PLACES, OptionError
from reports import HistoryView
from scheduler.history.actuals import NO_CALENDARS
from scheduler.history.done import days_done, newest_places, told_by_day
from scheduler.history.figures import by_period, with_done, with_targets

if TYPE_CHECKING:
    from data import Store

_PERIOD = "%Y-%m-%d"
_COLUMNS = ("day", "level", "key", "measure", "value")


def history_view(
    store: "Store",
    *,
    zone: str,
    unit: str,
    since: datetime,
    until: datetime,
    now: datetime,
    by: str = "day",
    calendars: Calendars = NO_CALENDARS,
) -> HistoryView:
    """The history of a span of time, by day, week or month; deadlines of what was done count on ``calendars``.

    Raises:
        OptionError: there is nothing in that time.
    """
    from data import known_runs, read_days, read_targets

    first, last = (moment.astimezone(ZoneInfo(zone)).date() for moment in (since, until - timedelta(microseconds=1)))
    with store.reading() as connection:
        days = read_days(connection, since=first, until=last).select(_COLUMNS)
        targets = read_targets(connection)
        runs = known_runs(connection)
    people = newest_places(runs, since, until)
    rows = by_period(with_done(days, days_done(store, people, zone, since, until, calendars)), by)
    if rows.filter(pl.col("measure") != "minutes_pace").is_empty():
        raise OptionError("the history has no figures of that time; see: allot history show")
    figures = with_targets(rows, targets).with_columns(pl.col("period").str.to_date(_PERIOD))
    return HistoryView(
        now=now.astimezone(ZoneInfo(zone)),
        timezone=zone,
        unit=unit,
        by=by,
        runs=runs.filter(pl.col("as_of").is_between(since, until, closed="left")).height,
        figures=figures.select("period", "level", "key", "measure", "value", "target", "met"),
        targets=targets,
        places=people.select(PLACES).unique(maintain_order=True),
        people=_people(told_by_day(store, zone, since, until)),
    )


def _people(told: pl.DataFrame) -> pl.DataFrame:
    """How often the plan changed for each person who had one."""
    sums = told.group_by("agent_id").agg(pl.col("plan_told", "plan_changes").sum(), days=pl.col("day").n_unique())
    return sums.filter(pl.col("plan_told") > 0).sort("agent_id")
