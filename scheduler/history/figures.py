"""Figures looked up: of runs, days, weeks or months, each with the target of its own day."""

from datetime import UTC, date, datetime, timedelta
from math import isfinite
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from data import Calendars, parse_moment
from models import DONE_MEASURES, LEVELS, MEASURES, OptionError, Quantity, nearest
from scheduler.history.actuals import NO_CALENDARS
from scheduler.history.done import days_done, newest_places
from scheduler.run.clock import now

if TYPE_CHECKING:
    from data import Store

BY = ("day", "week", "month", "run")
_STEPS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_TRUNCATE = {"day": "1d", "week": "1w", "month": "1mo"}
_FIGURE = ("level", "key", "measure")
_KNOWN = {**MEASURES, **DONE_MEASURES}
_OF_DONE = pl.col("measure").is_in(list(DONE_MEASURES))
_FIRST = datetime(1970, 1, 2, tzinfo=UTC)
_ALL = 100  # per cent
_ABOVE_1 = ("coverage", "gap", "worked_to_standard")  # shares that can be above it
_KEPT = ("minutes_pace",)  # a mean already: days without it do not count


def moment(text: str, now: datetime, zone: str, *, end: bool = False) -> datetime:
    """The moment of a text: a length back from now such as -8w, a day, or a moment; ``end``: the end of a day.

    Raises:
        OptionError: it is none of them.
    """
    step = _STEPS.get(text[-1:])
    try:
        if text.startswith("-") and text[1:-1].isdecimal() and step is not None:
            return now - int(text[1:-1]) * step
        if len(text) == len("2026-04-01"):
            there = date.fromisoformat(text) + timedelta(days=int(end))
            return datetime(there.year, there.month, there.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        return parse_moment(text, zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise OptionError(f"'{text}' is no moment; write it like -8w, -3d, 2026-04-01 or 2026-04-01T08:00") from error


def checked_level(level: str) -> str:
    """A level that is known.

    Raises:
        OptionError: it is not; the message has the nearest one.
    """
    if level not in LEVELS:
        raise OptionError(f"there is no level '{level}'{nearest(level, LEVELS)}; levels are {', '.join(LEVELS)}")
    return level


def checked_measure(measure: str) -> str:
    """A measure that is known.

    Raises:
        OptionError: it is not; the message has the nearest one.
    """
    if measure not in _KNOWN:
        said = "docs/key-figures.md and docs/history.md have all"
        raise OptionError(f"there is no measure '{measure}'{nearest(measure, _KNOWN)}; {said}")
    return measure


def checked_target(measure: str, value: float) -> float:
    """A number that can be a target of a measure.

    Raises:
        OptionError: it is none; a share is between 0 and 1.
    """
    if not isfinite(value):
        raise OptionError(f"a target is a number, not {value}; to have none, end it with: allot target end")
    if _KNOWN[measure].quantity is Quantity.SHARE and measure not in _ABOVE_1 and not 0 <= value <= 1:
        advice = f"; {value:g} % is {value / 100:g}" if 1 < value <= _ALL else ""
        raise OptionError(f"{measure} is a share, from 0 to 1, not {value:g}{advice}")
    return value


def remark_on(level: str, measure: str) -> str | None:
    """What to say of a measure that is not worked out for a level."""
    levels = _KNOWN[measure].levels
    return None if level in levels else f"there is no {measure} of a {level}, only of: {', '.join(levels)}"


def figures(
    store: "Store",
    *,
    level: str,
    zone: str,
    key: str | None = None,
    measure: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    by: str = "day",
    calendars: Calendars = NO_CALENDARS,
) -> pl.DataFrame:
    """Figures by period, key and measure: period, run_id, as_of, level, key, measure, value, target, met.

    A day has the figures of its last run, and of what was done on it. Those of a week or month are the mean of its
    days, of ratios that of what is divided; their run is the last one. ``met`` is empty without a target. Deadlines of
    what was done count on ``calendars``.

    Raises:
        OptionError: runs do not have the measure, only days.
    """
    from data import read_figures, read_targets

    if by == "run":
        if measure in DONE_MEASURES:
            raise OptionError(f"{measure} is of days, not of runs; give --by day, week or month")
        with store.reading() as connection:
            rows = read_figures(connection, level, key, measure, since=since, until=until)
        rows = rows.with_columns(day=pl.col("as_of").dt.convert_time_zone(zone).dt.date())
        rows = rows.with_columns(period=pl.col("as_of").dt.convert_time_zone(zone).dt.strftime("%Y-%m-%dT%H:%M:%S%:z"))
    else:
        rows = by_period(_days(store, level, zone, measure, since or _FIRST, until or now(), calendars), by)
    wanted = {name: text for name, text in (("level", level), ("key", key), ("measure", measure)) if text is not None}
    with store.reading() as connection:
        targets = read_targets(connection)
    judged = with_targets(rows.filter(**wanted), targets).sort("period", "key", "measure")
    return judged.select("period", "run_id", "as_of", *_FIGURE, "value", "target", "met")


def _days(
    store: "Store",
    level: str,
    zone: str,
    measure: str | None,
    since: datetime,
    until: datetime,
    calendars: Calendars,
) -> pl.DataFrame:
    """The figures of the days of a level, at least those of one measure and its parts."""
    from data import known_runs, read_days

    first, last = _day(since, zone), _day(until - timedelta(microseconds=1), zone)
    parts = None if measure is None else _KNOWN[measure].ratio_at(level)
    of_runs = measure in MEASURES
    names = [measure, *(parts or ())] if of_runs else [None]
    with store.reading() as connection:
        days = pl.concat([read_days(connection, level, None, name, since=first, until=last) for name in names])
        runs = known_runs(connection)
    if of_runs:
        return days
    return with_done(days, days_done(store, newest_places(runs, since, until), zone, since, until, calendars))


def with_done(days: pl.DataFrame, done: pl.DataFrame) -> pl.DataFrame:
    """Figures of days with those of what was done on them, as of :func:`days_done`, and their ratios."""
    return with_ratios(pl.concat([days, done], how="diagonal"))


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def by_period(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """Figures of days as those of days, weeks or months, which begin with ``period``; ``day`` is its last day."""
    rows = rows.with_columns(period=pl.col("day").dt.truncate(_TRUNCATE[by]).dt.strftime("%Y-%m-%d"))
    return rows if by == "day" else _mean(rows)


def _mean(rows: pl.DataFrame) -> pl.DataFrame:
    """The figures of longer periods: sums over the days there are, so that parts still add up; then ratios."""
    of_run = [name for name in ("run_id", "as_of") if name in rows.columns]
    days = rows.group_by("period").agg(
        pl.col("day").n_unique().alias("days"),
        pl.col("day").filter(~_OF_DONE).n_unique().alias("days_of_runs"),
        pl.col("day", *of_run).sort_by("day").drop_nulls().last(),
    )
    apart = [name for name, known in _KNOWN.items() if known.apart or name in _KEPT]
    sums = rows.group_by("period", *_FIGURE).agg(pl.col("value").sum(), pl.len().alias("there")).join(days, on="period")
    divisor = (
        pl.when(pl.col("measure").is_in(apart)).then("there").when(_OF_DONE).then("days").otherwise("days_of_runs")
    )
    sums = sums.with_columns(pl.col("value") / divisor)
    lines = [
        {"level": level, "measure": name, "above": ratio[0], "below": ratio[1]}
        for name, known in _KNOWN.items()
        for level in known.levels
        if (ratio := known.ratio_at(level)) is not None
    ]
    ratios = pl.DataFrame(lines)
    divided = sums.join(ratios, on=["level", "measure"])
    values = sums.select("period", "level", "key", "measure", "value")
    on = ["period", "level", "key"]
    for part in ("above", "below"):
        divided = divided.join(values.rename({"measure": part, "value": f"{part}_value"}), on=[*on, part], how="left")
    divided = divided.with_columns(value=pl.col("above_value").fill_null(0) / pl.col("below_value"))
    others = sums.join(ratios, on=["level", "measure"], how="anti")
    return pl.concat([others, divided.select(others.columns)])


def with_ratios(rows: pl.DataFrame) -> pl.DataFrame:
    """Figures of days with the ratios of what was done; ``rows`` has day, level, key, measure and value."""
    on = ["day", "level", "key"]
    found = [rows]
    for name, known in DONE_MEASURES.items():
        if known.ratio is None:
            continue
        above, below = (
            rows.filter(pl.col("measure") == part, pl.col("level").is_in(known.levels)).drop("measure")
            for part in known.ratio
        )
        both = above.join(below.filter(pl.col("value") > 0), on=on, suffix="_below")
        value = pl.col("value") / pl.col("value_below")
        found.append(both.select(*on, measure=pl.lit(name), value=value))
    return pl.concat(found, how="diagonal")


def with_targets(rows: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """The rows with the target that held on their day, the last one of a longer period, and whether it was met."""
    rows = rows.with_row_index("row")
    held = rows.join(targets.rename({"value": "target"}), on=_FIGURE).filter(
        (pl.col("valid_from") <= pl.col("day")) & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= pl.col("day")))
    )
    judged = rows.join(held.select("row", "target"), on="row", how="left", maintain_order="left").drop("row")
    less = pl.col("measure").is_in([name for name, known in _KNOWN.items() if known.less_is_better])
    reached = pl.when(less).then(pl.col("value") <= pl.col("target")).otherwise(pl.col("value") >= pl.col("target"))
    return judged.with_columns(met=reached)
