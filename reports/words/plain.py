"""Values of any type as readable text, for CSV files, worksheets and pages."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl

_MOST_BYTES = 32
"""Bytes shown of a binary value."""
_EXTENSION: Any = getattr(pl, "BaseExtension", ())  # polars before 1.36 has none


def as_text(values: pl.Series) -> pl.Series:
    """A column as text: times in ISO 8601, lengths of time as 1:00:00, lists as ``a;b``, other nesting as JSON."""
    dtype = values.dtype
    if dtype == pl.String:
        return values
    if isinstance(dtype, pl.Datetime):
        return values.dt.strftime("%Y-%m-%dT%H:%M:%S%.f" + ("%:z" if dtype.time_zone else ""))
    if dtype in (pl.Date, pl.Time):
        return values.dt.strftime("%Y-%m-%d" if dtype == pl.Date else "%H:%M:%S%.f")
    if dtype.is_numeric() or dtype in (pl.Boolean, pl.Categorical, pl.Enum, pl.Null):
        return values.cast(pl.String)
    texts = _of_pandas(values) if isinstance(dtype, _EXTENSION) else None
    texts = texts or [_readable_at(values, row) for row in range(len(values))]
    return pl.Series(values.name, texts, pl.String)


def _of_pandas(values: pl.Series) -> list[str | None] | None:
    """What pandas calls values of its own types, such as periods and intervals; ``None`` where it cannot say."""
    there = values.is_not_null()
    try:
        known = iter(values.filter(there).to_pandas())
        return [str(next(known)) if is_there else None for is_there in there]
    except Exception:  # a type of somebody else
        return None


def _readable_at(values: pl.Series, row: int) -> str | None:
    try:
        value = values[row]
        return None if value is None else _readable(value)
    except Exception:  # whatever a value of a strange type does, it costs nobody a plan
        return "?"


def _readable(value: Any) -> str:
    """One value, not ``None``, as text."""
    if isinstance(value, pl.Series):
        value = value.to_list()
    if isinstance(value, list | tuple):
        flat = not any(isinstance(part, list | tuple | dict | pl.Series) for part in value)
        return ";".join("" if part is None else _readable(part) for part in value) if flat else _as_json(value)
    if isinstance(value, Mapping):
        return _as_json(value)
    kinds: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
        (str, str),
        (bool, lambda flag: str(flag).lower()),
        (timedelta, _length),
        ((datetime, date, time), lambda moment: str(moment.isoformat())),
        ((bytes, bytearray), _hexadecimal),
    )
    return next((text(value) for kind, text in kinds if isinstance(value, kind)), str(value))


def _as_json(value: Any) -> str:
    return json.dumps(value, default=_in_json, ensure_ascii=False)


def _in_json(value: Any) -> Any:
    return value.to_list() if isinstance(value, pl.Series) else _readable(value)


def _length(length: timedelta) -> str:
    """A length of time in hours, minutes and seconds: 1:00:00, 49:30:00, -0:05:00.25."""
    sign, rest = ("-", -length) if length < timedelta(0) else ("", length)
    seconds, minutes = rest.seconds % 60, rest.seconds // 60 % 60
    part = f".{rest.microseconds:06}".rstrip("0") if rest.microseconds else ""
    return f"{sign}{rest.days * 24 + rest.seconds // 3600}:{minutes:02}:{seconds:02}{part}"


def _hexadecimal(content: bytes) -> str:
    """The first bytes in hexadecimal, and how many there are if that is not all."""
    more = f"... ({len(content):,} bytes)" if len(content) > _MOST_BYTES else ""
    return content[:_MOST_BYTES].hex() + more
