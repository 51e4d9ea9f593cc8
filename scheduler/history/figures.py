"""Figures looked up: of runs, days, weeks or months, each with the target of its own day."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from data import parse_moment
from models import DONE_MEASURES, LEVELS, MEASURES, OptionError, nearest

if TYPE_CHECKING:
    from data import Store

BY = ("day", "week", "month", "run")
_STEPS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_TRUNCATE = {"day": "1d", "week": "1w", "month": "1mo"}
_FIGURE = ("level", "key", "measure")
_KNOWN = {**MEASURES, **DONE_MEASURES}
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
    if measure not in MEASURES:
        raise OptionError(f"there is no measure '{measure}'{nearest(measure, MEASURES)}; docs/key-figures.md has all")
    return measure


def remark_on(level: str, measure: str) -> str | None:
    """What to say of a measure that runs do not work out for a level."""
    levels = MEASURES[measure].levels
    return None if level in levels else f"runs have no {measure} of a {level}, only of: {', '.join(levels)}"


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
) -> pl.DataFrame:
    """Figures by period, key and measure: period, run_id, as_of, level, key, measure, value, target, met.

    A day has the figures of its last run. Those of a week or month are the mean of its days, of ratios that of what is
    divided; their run is the last one. ``met`` is empty without a target.
    """
    from data import read_days, read_figures, read_targets

    parts = MEASURES[measure].ratio_at(level) if measure is not None else None
    wanted = [measure] if measure is None or by in ("day", "run") or parts is None else [measure, *parts]
    if by == "run":
        with store.reading() as connection:
            found = [read_figures(connection, level, key, name, since=since, until=until) for name in wanted]
        rows = pl.concat(found).with_columns(day=pl.col("as_of").dt.convert_time_zone(zone).dt.date())
        rows = rows.with_columns(period=pl.col("as_of").dt.convert_time_zone(zone).dt.strftime("%Y-%m-%dT%H:%M:%S%:z"))
    else:
        span = {"since": _day(since, zone), "until": _day(until and until - timedelta(microseconds=1), zone)}
        with store.reading() as connection:
            rows = pl.concat([read_days(connection, level, key, name, **span) for name in wanted])
        rows = by_period(rows, by)
        rows = rows if measure is None else rows.filter(pl.col("measure") == measure)
    with store.reading() as connection:
        targets = read_targets(connection)
    judged = with_targets(rows, targets).sort("period", "key", "measure")
    return judged.select("period", "run_id", "as_of", *_FIGURE, "value", "target", "met")


def _day(moment: datetime | None, zone: str) -> date | None:
    return None if moment is None else moment.astimezone(ZoneInfo(zone)).date()


def by_period(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """Figures of days as those of days, weeks or months, which begin with ``period``; ``day`` is its last day."""
    rows = rows.with_columns(period=pl.col("day").dt.truncate(_TRUNCATE[by]).dt.strftime("%Y-%m-%d"))
    return rows if by == "day" else _mean(rows)


def _mean(rows: pl.DataFrame) -> pl.DataFrame:
    """The figures of longer periods: sums over the days there are, so that parts still add up; then ratios."""
    of_run = [name for name in ("run_id", "as_of") if name in rows.columns]
    days = rows.group_by("period").agg(
        pl.col("day").n_unique().alias("days"), pl.col("day", *of_run).sort_by("day").last()
    )
    apart = [name for name, known in _KNOWN.items() if known.apart or name in _KEPT]
    sums = rows.group_by("period", *_FIGURE).agg(pl.col("value").sum(), pl.len().alias("there")).join(days, on="period")
    divisor = pl.when(pl.col("measure").is_in(apart)).then("there").otherwise("days")
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
        found.append(both.select(*on, measure=pl.lit(name), value=value).select(rows.columns))
    return pl.concat(found)


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
