"""The moment at which a number of open minutes has passed, for whole columns of tasks.

The open stretches of a calendar are sorted, and their lengths summed up. The sum before a moment converts it to open
microseconds; a binary search among the sums converts open microseconds back to a moment.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.calendars.calendar import Calendar, Calendars
from data.calendars.holidays import holiday_dates
from data.tables.times import place
from data.tables.weekdays import local_moment

LAST_YEAR = 2099  # polars does not convert summer time beyond it
"""Calendars end with this year; a task that would be due later has no deadline."""

_US_PER_S = 1_000_000
_DAY_US = 86_400 * _US_PER_S
_THURSDAY = 3  # the weekday of 1970-01-01

Int64 = NDArray[np.int64]


@dataclass(frozen=True)
class _Open:
    """The open stretches, sorted and disjoint: ``start .. end`` in microseconds since 1970 (UTC)."""

    start: Int64
    end: Int64

    @property
    def total(self) -> Int64:
        """The open time up to the end of each stretch."""
        return np.cumsum(self.end - self.start)


def deadlines(tasks: pl.DataFrame, calendars: Calendars, zone: str) -> tuple[pl.Series, tuple[str, ...]]:
    """The deadlines of tasks, and the names of the calendars that these count on.

    A task without a ``due_at`` of its own has ``created_at`` and the ``sla_us`` of its process, on the process's
    ``calendar``, else that of the ``tenant``, else the default. Calendars have to be known.
    """
    by_sla = pl.when(pl.col("due_at").is_null() & pl.col("created_at").is_not_null()).then("sla_us")
    asked = tasks.select(
        "created_at",
        name=pl.when(by_sla.is_not_null()).then(calendars.name_of("calendar", "tenant")),
        sla_us=by_sla,
    )
    due = pl.col("created_at") + pl.col("sla_us").cast(pl.Duration("us"))
    used = asked["name"].drop_nulls().unique().sort()
    if len(used):
        on_calendar = due_moments(calendars, zone, *asked.select("name", "created_at", "sla_us"))
        due = pl.when(pl.col("name").is_null()).then(due).otherwise(on_calendar)
    return tasks["due_at"].fill_null(asked.select(due=due).to_series()), tuple(used)


def sla_us() -> pl.Expr:
    """The column ``sla_minutes`` of processes in microseconds."""
    return (pl.col("sla_minutes") * 60 * _US_PER_S).round().cast(pl.Int64)


def due_moments(calendars: Calendars, zone: str, names: pl.Series, created: pl.Series, open_us: pl.Series) -> pl.Series:
    """The due moments of tasks, in UTC: ``open_us`` open microseconds after ``created`` on the calendar ``names``.

    The three columns are parallel, an entry per task. The result is null where one of them is null, and after
    :data:`LAST_YEAR`. ``zone`` is the time zone of calendars without their own.
    """
    due = np.full(len(names), np.iinfo(np.int64).min, np.int64)
    asked = names.is_not_null() & created.is_not_null() & open_us.is_not_null()
    for name in names.filter(asked).unique().sort():
        rows = (asked & (names == name)).fill_null(False).arg_true().to_numpy()
        calendar = calendars.by_name[name]
        own_zone = calendar.timezone or zone
        due[rows] = _due(calendar, own_zone, created.to_physical()[rows].to_numpy(), open_us[rows].to_numpy())
    moments = pl.Series(due).set(pl.Series(due == np.iinfo(np.int64).min), None)
    return moments.cast(pl.Datetime("us", "UTC"))


def _due(calendar: Calendar, zone: str, created: Int64, length: Int64) -> Int64:
    """The due moment of each task of one calendar; the least int64 if it is after the last year."""
    first = _date(int(created.min())) - timedelta(days=2)
    last = date(LAST_YEAR, 12, 31)
    week = sum((span.end - span.start for span in calendar.spans), timedelta(0)) // timedelta(microseconds=1)
    weeks = 9 + int(length.max()) // week
    reach = _date(int(created.max()))
    while True:
        end = min(reach + timedelta(weeks=weeks), last) if weeks < 52 * LAST_YEAR and reach < last else last
        stretches = _open(calendar, zone, first, end)
        due, found = _reached(stretches, created, length)
        if found.all() or end == last:
            return np.where(found, due, np.iinfo(np.int64).min)
        weeks *= 2


def _reached(stretches: _Open, created: Int64, length: Int64) -> tuple[Int64, NDArray[np.bool_]]:
    """The moment at which each length has passed, and whether that is within the stretches."""
    start, end, total = stretches.start, stretches.end, stretches.total
    if not len(start):
        return created, length == 0
    at = np.searchsorted(end, created, side="right")  # the stretch that is open then, or opens next
    last = len(start) - 1
    here = np.minimum(at, last)
    into = np.where(at > last, end[last] - start[last], np.maximum(created - start[here], 0))
    wanted = total[here] - (end[here] - start[here]) + into + length
    place_of = np.searchsorted(total, wanted, side="left")  # closing time, not the next opening
    there = np.minimum(place_of, last)
    due = end[there] - (total[there] - wanted)
    at_once = length == 0
    return np.where(at_once, created, due), at_once | ((place_of <= last) & (at <= last))


def _open(calendar: Calendar, zone: str, first: date, last: date) -> _Open:
    """The open stretches from the first day to the last."""
    days = np.arange(_day_number(first), _day_number(last) + 1, dtype=np.int64)
    shut = {*calendar.closed, *holiday_dates(calendar.holidays, range(first.year, last.year + 1))}
    closed = np.isin(days, [_day_number(day) for day in shut])
    after_closed = np.append(False, closed[:-1])
    weekday = (days + _THURSDAY) % 7
    start, end = [], []
    for span in calendar.spans:
        # a closed day has no hours, and no night shift begins on it
        there = (weekday == span.weekday) & ~closed & ~(after_closed & span.carried)
        midnight = days[there] * _DAY_US
        start.append(midnight + span.start // timedelta(microseconds=1))
        end.append(midnight + span.end // timedelta(microseconds=1))
    return _apart(_in_utc(np.concatenate(start), zone), _in_utc(np.concatenate(end), zone))


def _apart(start: Int64, end: Int64) -> _Open:
    """The stretches sorted, each cut to what earlier ones do not cover."""
    order = np.argsort(start, kind="stable")
    start, end = start[order], np.maximum.accumulate(end[order])
    start[1:] = np.maximum(start[1:], end[:-1])
    return _Open(start[start < end], end[start < end])


def _in_utc(local: Int64, zone: str) -> Int64:
    """Wall-clock times of a zone as moments: the earlier of two, or the moment of the jump for a skipped time."""
    times = pl.Series("local", local).cast(pl.Datetime("us"))
    moments = times.to_frame().select(place(pl.col("local"), zone)).to_series()
    skipped = moments.is_null().arg_true()
    if len(skipped):
        jumps = [local_moment(time, ZoneInfo(zone)) for time in times.gather(skipped)]
        moments = moments.scatter(skipped, pl.Series(jumps, dtype=moments.dtype))
    return moments.to_physical().to_numpy()


def _date(moment: int) -> date:
    """The day of a moment in UTC, at most the last day of the last year."""
    last = date(LAST_YEAR, 12, 31)
    return min(last, date(1970, 1, 1) + timedelta(days=moment // _DAY_US))


def _day_number(day: date) -> int:
    return (day - date(1970, 1, 1)).days
