"""Targets: what figures ought to be, by day; the periods of one figure do not overlap."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.errors import StoreError
from data.store.rows import read_frame
from data.store.tables import target

TARGET = {
    **dict.fromkeys(("level", "key", "measure"), pl.String()),
    "value": pl.Float64(),
    **dict.fromkeys(("valid_from", "valid_to"), pl.Date()),
}
"""The columns of targets; both days are inclusive, ``valid_to`` is empty until further notice."""


def read_targets(
    connection: Connection, level: str | None = None, key: str | None = None, measure: str | None = None
) -> pl.DataFrame:
    """The targets, by level, key, measure and day."""
    chosen = sa.select(*(target.c[name] for name in TARGET))
    for column, text in (("level", level), ("key", key), ("measure", measure)):
        if text is not None:
            chosen = chosen.where(target.c[column] == text)
    return read_frame(connection, chosen, TARGET).sort("level", "key", "measure", "valid_from")


def target_on(connection: Connection, level: str, key: str, measure: str, on: date) -> float | None:
    """The target of a figure on a day, ``None`` where it has none."""
    holds = (target.c.valid_from <= on) & (target.c.valid_to.is_(None) | (target.c.valid_to >= on))
    found = connection.execute(sa.select(target.c.value).where(_of(level, key, measure) & holds)).scalar()
    return None if found is None else float(found)


def set_target(
    connection: Connection, level: str, key: str, measure: str, value: float, since: date, until: date | None
) -> date | None:
    """Sets a target. One that holds until further notice and began earlier ends the day before; that day, if so.

    Raises:
        StoreError: it would overlap another one.
    """
    if until is not None and until < since:
        raise StoreError(f"a target from {since} cannot end on {until}, before it begins")
    ended = None
    for row in connection.execute(sa.select(target).where(_of(level, key, measure))):
        if _overlaps(row, since, until):
            if row.valid_to is not None or row.valid_from >= since:
                raise StoreError(_refusal(row))
            ended = since - timedelta(days=1)
            _end(connection, row, ended)
    rows = {"level": level, "key": key, "measure": measure, "value": value, "valid_from": since, "valid_to": until}
    connection.execute(target.insert().values(**rows))
    return ended


def end_target(connection: Connection, level: str, key: str, measure: str, on: date) -> int:
    """Ends the targets of a figure with a day, their last one; later ones are removed. How many changed."""
    changed = 0
    for row in connection.execute(sa.select(target).where(_of(level, key, measure))).all():
        if row.valid_from > on:
            connection.execute(target.delete().where(_of(level, key, measure), target.c.valid_from == row.valid_from))
            changed += 1
        elif row.valid_to is None or row.valid_to > on:
            _end(connection, row, on)
            changed += 1
    return changed


def _end(connection: Connection, row: Any, on: date) -> None:
    its = _of(row.level, row.key, row.measure) & (target.c.valid_from == row.valid_from)
    connection.execute(target.update().where(its).values(valid_to=on))


def _of(level: str, key: str, measure: str) -> sa.ColumnElement[bool]:
    return (target.c.level == level) & (target.c.key == key) & (target.c.measure == measure)


def _overlaps(row: Any, since: date, until: date | None) -> bool:
    return (until is None or row.valid_from <= until) and (row.valid_to is None or row.valid_to >= since)


def _refusal(row: Any) -> str:
    name = f"{row.level}:{row.key}" if row.key else row.level
    until = f"until {row.valid_to}" if row.valid_to else "until further notice"
    return (
        f"{name} has a target for {row.measure} from {row.valid_from} {until}, {row.value:g}, which overlaps; "
        f"end it first: allot target end {name} {row.measure} --on DAY"
    )
