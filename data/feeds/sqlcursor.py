"""The cursor of a database source: the highest value read of a column, and the value to continue from."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d(?::\d\d)?)(.*)", re.DOTALL)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_UNITS = {10: 1, 13: 10**3, 16: 10**6}  # number of digits of a moment in seconds, ms, us since 1970


def kept(value: Any) -> Any:
    """A value of the cursor's column, in a form that JSON can hold."""
    match value:
        case datetime():
            return {"time": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case bytes() | bytearray() | memoryview():
            return {"bytes": bytes(value).hex()}
        case Decimal() if value == value.to_integral_value():
            return int(value)
        case int() | float() | str() | None:
            return value
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

    In a column of times it is the last one that has passed: whatever else sorts after them, such as 'n/a' or the year
    9999, would end the reading, or leave out what changes until the next one. Also returns such a value, ``None`` if
    there is none.
    """
    last = next((value for value in reversed(values) if value is not None), None)  # nulls come first or last
    passed = next((value for value in reversed(values) if is_time(value) and not is_ahead(value, now, zone)), None)
    if passed is None and not is_time(last) and not is_time(given(before)):
        known = (value for value in reversed(values) if value is not None and not is_ahead(value, now, zone))
        passed = next(known, None)
    reached = kept(passed if passed is not None else _not_ahead(last if before is None else before, now, zone))
    is_other = last is not None and last is not passed
    odd = is_other and not (is_time(last) and not is_ahead(last, now + timedelta(days=1), zone))
    return reached, last if odd else None


def is_ahead(value: Any, now: datetime, zone: str) -> bool:
    """Whether a value is a moment in the future."""
    return bool(_not_ahead(value, now, zone) != value)


def _not_ahead(value: Any, now: datetime, zone: str) -> Any:
    return since(value, timedelta(0), now, zone)


def is_time(value: Any) -> bool:
    """Whether a value is a moment or a day, or a text that begins like one."""
    if isinstance(value, str):
        return value[:1].isdigit() and (_TIME.fullmatch(value) or _DAY.fullmatch(value)) is not None
    return isinstance(value, date)


def since(value: Any, overlap: timedelta, now: datetime, zone: str) -> Any:
    """The value to continue from: earlier than the last by the overlap, and never in the future.

    Numbers and texts that are not moments have no overlap.
    """
    value = given(value)
    match value:
        case datetime():
            return _earlier(value, overlap, now, zone)
        case date():
            return _earlier(datetime(value.year, value.month, value.day), overlap, now, zone).date()  # noqa: DTZ001
        case bool() | None:
            return value
        case int() | float():
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
    if _DAY.fullmatch(text):
        return _earlier(datetime.fromisoformat(text), overlap, now, zone).date().isoformat()
    found = _TIME.fullmatch(text)
    if found is None:
        return text
    rest = found[4]
    try:
        zoned = datetime.fromisoformat(f"{found[1]}T{found[3]}{_offset(rest)}")
    except ValueError:
        return text
    moment = _earlier(zoned, overlap, now, zone)
    clock = f"{moment:%H:%M:%S}"[: len(found[3])]
    return f"{moment.date().isoformat()}{found[2]}{clock}{rest}"


def _offset(rest: str) -> str:
    """The UTC offset at the end of a time, empty if there is none."""
    found = re.search(r"(?:[Zz]|[+-]\d\d(?::?\d\d)?)$", rest.strip())
    return found[0].upper() if found else ""
