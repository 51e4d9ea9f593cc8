"""The cursor of a database source: the highest value read of a column, and the value to continue from."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, auto
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d(?::\d\d)?)(.*)", re.DOTALL)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_UNITS = {10: 1, 13: 10**3, 16: 10**6}  # number of digits of a moment in seconds, ms, us since 1970


def kept(value: Any) -> Any:
    """A value of the cursor's column, in a form that JSON can hold."""
    match _known(value):
        case datetime():
            return {"time": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case bytes() | bytearray() | memoryview():
            return {"bytes": bytes(value).hex()}
        case int() | float() | str() | None as known:
            return known
        case _:
            return str(value)


def given(value: Any) -> Any:
    """The inverse of :func:`kept`: the value as the database knows it."""
    match value:
        case {"time": text}:
            return datetime.fromisoformat(text)
        case {"date": text}:
            return date.fromisoformat(text)
        case {"bytes": text}:
            return bytes.fromhex(text)
        case _:
            return value


def highest(values: Sequence[Any], before: Any, now: datetime, zone: str) -> tuple[Any, Any]:
    """The value that the cursor reaches with sorted values, ``before`` being the one until now, both as :func:`kept`.

    It is the last one that has passed, of the kind that the column has: whatever else sorts after them, such as 'n/a'
    or the year 9999, would end the reading, or leave out what changes until the next one. Also returns such a value,
    ``None`` if there is none.
    """
    there = [value for value in values if value is not None]  # nulls come first or last
    if not there:
        return kept(_not_ahead(before, now, zone)), None
    kind, end = _kind_of_column(there, given(before)), there[-1]
    if kind is None:
        return kept(_not_ahead(before, now, zone)), end
    odd = _kind(end) is not kind or is_ahead(end, now + timedelta(days=1), zone)
    reached = before
    for value in (value for value in reversed(there) if _kind(value) is kind):
        if not is_ahead(value, now, zone):
            reached = value
            break
        reached = value if reached is None else reached
    return kept(_not_ahead(reached, now, zone)), end if odd else None


class _Kind(Enum):
    """Kinds of values that databases sort apart from each other."""

    TIME = auto()
    NUMBER = auto()
    TEXT = auto()
    BYTES = auto()


def _kind(value: Any) -> _Kind | None:
    """The kind of a value; ``None`` for what can be no cursor, as it sorts after all others or is no day."""
    match _known(value):
        case date():
            return _Kind.TIME
        case str() as text:
            if not _may_be_a_time(text) or (_TIME.fullmatch(text) or _DAY.fullmatch(text)) is None:
                return _Kind.TEXT
            return None if _moment(text) is None else _Kind.TIME
        case int() | float() | Decimal() as number:
            return _Kind.NUMBER if isfinite(number) else None
        case bytes() | bytearray() | memoryview():
            return _Kind.BYTES
        case None:
            return None
        case _:
            return _Kind.TEXT


def _kind_of_column(values: Sequence[Any], before: Any) -> _Kind | None:
    """Times, if there are any; else what the cursor is until now, or the first value."""
    if any(_may_be_a_time(value) and _kind(value) is _Kind.TIME for value in (before, *reversed(values))):
        return _Kind.TIME
    return next(filter(None, map(_kind, (before, *values))), None)


def _may_be_a_time(value: Any) -> bool:
    """Sooner told than the kind: most values are looked at."""
    return value[:1].isdigit() if isinstance(value, str) else isinstance(value, date)


def is_ahead(value: Any, now: datetime, zone: str) -> bool:
    """Whether a value is a moment in the future."""
    return bool(_not_ahead(value, now, zone) != _known(value))


def _not_ahead(value: Any, now: datetime, zone: str) -> Any:
    return since(value, timedelta(0), now, zone)


def _known(value: Any) -> Any:
    """A decimal as the number that it is, where none is lost by that."""
    if not isinstance(value, Decimal) or not value.is_finite():
        return value
    if value == value.to_integral_value():
        return int(value)
    return float(value) if len(str(abs(int(value)))) in _UNITS else value


def since(value: Any, overlap: timedelta, now: datetime, zone: str) -> Any:
    """The value to continue from: earlier than the last by the overlap, and never in the future.

    Numbers and texts that are not moments have no overlap.
    """
    value = _known(given(value))
    match value:
        case datetime():
            return _earlier(value, overlap, now, zone)
        case date():
            return _earlier(datetime(value.year, value.month, value.day), overlap, now, zone).date()  # noqa: DTZ001
        case bool() | None:
            return value
        case int() | float() if isfinite(value):
            unit = _UNITS.get(len(str(abs(int(value)))))
            if unit is None:
                return value
            return min(value, type(value)(now.timestamp() * unit)) - type(value)(overlap.total_seconds() * unit)
        case str():
            return _earlier_text(value, overlap, now, zone)
        case _:
            return value


def _earlier(moment: datetime, overlap: timedelta, now: datetime, zone: str) -> datetime:
    here = now.astimezone(moment.tzinfo or ZoneInfo(zone))
    if moment.tzinfo is None:
        here = here.replace(tzinfo=None)
    earliest = datetime.min.replace(tzinfo=moment.tzinfo) + overlap  # as some write for "never"
    return max(min(moment, here), earliest) - overlap


def _earlier_text(text: str, overlap: timedelta, now: datetime, zone: str) -> str:
    """The earlier time in the same notation, so that the database can compare the two as text."""
    moment, found = _moment(text), _TIME.fullmatch(text)
    if moment is None:
        return text
    moment = _earlier(moment, overlap, now, zone)
    if found is None:
        return moment.date().isoformat()
    clock = f"{moment:%H:%M:%S}"[: len(found[3])]
    return f"{moment.date().isoformat()}{found[2]}{clock}{found[4]}"


def _moment(text: str) -> datetime | None:
    """The moment, or the beginning of the day, that a text is; ``None`` if it is none."""
    found = _TIME.fullmatch(text)
    if found is None and _DAY.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text if found is None else f"{found[1]}T{found[3]}{_offset(found[4])}")
    except ValueError:
        return None


def _offset(rest: str) -> str:
    """The UTC offset at the end of a time, empty if there is none."""
    found = re.search(r"(?:[Zz]|[+-]\d\d(?::?\d\d)?)$", rest.strip())
    return found[0].upper() if found else ""
