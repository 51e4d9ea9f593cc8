"""Converts values of added tasks to the type of the column that they join, for columns only passed through."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Context, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

_EXACT = Context(prec=38)
"""As many digits as polars has of an exact number."""


def taken_as(values: Iterable[object], dtype: pl.DataType) -> pl.Series:
    """The values in the type of a column; null where one cannot take it.

    Columns of text, flags, numbers, dates and times take values; in all others (lists, lengths of time, bytes, ...)
    they are null.
    """
    read = _reader(dtype)
    if read is None:
        return pl.Series([None for _ in values], dtype=dtype)
    # one at a time, so that one value that does not fit costs no other
    return pl.Series([_read(value, read) for value in values], dtype=dtype, strict=False)


def _read(value: object, read: Callable[[Any], object]) -> object:
    try:
        return None if value is None else read(value)
    except (TypeError, ValueError, OverflowError, InvalidOperation):
        return None


def _reader(dtype: pl.DataType) -> Callable[[Any], object] | None:
    """What makes a value of the type out of one that has it, or out of text."""
    if isinstance(dtype, pl.Datetime):
        return lambda value: _moment(value, dtype.time_zone)
    if isinstance(dtype, pl.Enum):
        words = set(dtype.categories)
        return lambda value: text if (text := _text(value)) in words else None
    if isinstance(dtype, pl.Decimal):
        last = Decimal(1).scaleb(-dtype.scale)
        return lambda value: number.quantize(last, context=_EXACT) if (number := _number(value)) is not None else None
    readers: list[tuple[bool, Callable[[Any], object]]] = [
        (dtype in (pl.String, pl.Categorical), _text),
        (dtype == pl.Boolean, _flag),
        (dtype.is_integer(), _whole),
        (dtype.is_float(), float),
        (dtype == pl.Date, _day),
        (dtype == pl.Time, lambda value: value if isinstance(value, time) else time.fromisoformat(value)),
    ]
    return next((read for fits, read in readers if fits), None)


def _text(value: object) -> str | None:
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, str | int | float | Decimal) else None


def _flag(value: object) -> bool | None:
    return {"true": True, "false": False}.get(str(value).lower())


def _number(value: object) -> Decimal | None:
    number = Decimal(str(value))
    return number if number.is_finite() else None


def _whole(value: object) -> int | None:
    number = _number(value)
    return None if number is None or number % 1 else int(number)


def _day(value: Any) -> date:
    moment = value if isinstance(value, date) else datetime.fromisoformat(value)
    return moment.date() if isinstance(moment, datetime) else moment


def _moment(value: Any, zone: str | None) -> datetime | None:
    """The moment; one with an offset is none in a column without a time zone."""
    moment = value if isinstance(value, date) else datetime.fromisoformat(value)
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    if zone is None:
        return moment if moment.tzinfo is None else None
    return moment.replace(tzinfo=ZoneInfo(zone)) if moment.tzinfo is None else moment.astimezone(ZoneInfo(zone))
