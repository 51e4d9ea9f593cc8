"""The moment of a snapshot, the end of its horizon, and its time zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from data.tables.schemas import loose
from data.tables.times import calendar, check_timezone, parse_moment
from models import Code, Message, SnapshotError, did_you_mean, parse_duration

_KEYS = ("as_of", "horizon_end", "horizon", "timezone")


@dataclass(frozen=True)
class Period:
    """``as_of`` and ``horizon_end`` in UTC, and the time zone of times without an offset."""

    as_of: datetime
    horizon_end: datetime
    timezone: str
    warnings: tuple[Message, ...]


def read_period(
    settings: Mapping[str, object],
    origin: str,
    *,
    as_of: str | datetime | None,
    horizon: str | timedelta | datetime | None,
    defaults: Mapping[str, object] | None = None,
) -> Period:
    """The period in the settings; ``as_of`` and ``horizon`` override it when given.

    ``defaults`` are a timezone and a horizon for settings that have none.

    Raises:
        SnapshotError: one of them is missing or unreadable, or the end is not after ``as_of``.
    """
    values, warnings = _known(settings, origin)
    others = {key: value for key, value in (defaults or {}).items() if key != "horizon" or "horizon_end" not in values}
    values = {**others, **values}
    zone = _timezone(values.get("timezone", "UTC"), origin)
    start = _start(as_of, values.get("as_of"), zone, origin)
    end = _end(horizon, values, start, zone, origin)
    first, last = calendar(zone)
    if start < first or end > last:
        raise SnapshotError(f"{start} to {end} is not within the years {first.year} to {last.year}")
    if end <= start:
        raise SnapshotError(f"horizon_end {end.isoformat()} is not after as_of {start.isoformat()}")
    return Period(start, end, zone, warnings)


def _known(settings: Mapping[str, object], origin: str) -> tuple[dict[str, object], tuple[Message, ...]]:
    meant = {loose(key): key for key in _KEYS}
    values: dict[str, object] = {}
    warnings = []
    for name, value in settings.items():
        key = meant.get(loose(name))
        if key is None:
            warnings.append(Message(Code.UNKNOWN_KEY, place=origin, key=name).then(did_you_mean(name, _KEYS)))
        elif key in values:
            raise SnapshotError(f"{origin}: the key '{key}' is there twice")
        elif value is not None:
            values[key] = value
    return values, tuple(warnings)


def _timezone(value: object, origin: str) -> str:
    try:
        return check_timezone(str(value))
    except ValueError as error:
        raise SnapshotError(f"{origin}: timezone {error}") from error


def _start(given: object, written: object, zone: str, origin: str) -> datetime:
    if given is not None:
        return _moment(given, zone, "as_of")
    if written is not None:
        return _moment(written, zone, f"{origin}: as_of")
    raise SnapshotError(f"the moment of the snapshot is missing: give as_of in {origin}, or --as-of")


def _end(given: object, values: Mapping[str, object], start: datetime, zone: str, origin: str) -> datetime:
    if given is not None:
        return _moment(given, zone, "horizon") if _is_moment(given) else _after(start, _length(given, "horizon"))
    if "horizon_end" in values and "horizon" in values:
        raise SnapshotError(f"{origin} has both horizon_end and horizon; keep one of them")
    if "horizon_end" in values:
        return _moment(values["horizon_end"], zone, f"{origin}: horizon_end")
    if "horizon" in values:
        return _after(start, _length(values["horizon"], f"{origin}: horizon"))
    raise SnapshotError(f"the end of planning is missing: give horizon_end in {origin}, or --horizon")


def _after(start: datetime, length: timedelta) -> datetime:
    """The moment a length of time after another."""
    try:
        return start + length
    except OverflowError as error:
        raise SnapshotError(f"a horizon of {length} from {start.isoformat()} ends after the year 9999") from error


def _is_moment(horizon: object) -> bool:
    return isinstance(horizon, date) or (isinstance(horizon, str) and "-" in horizon)


def _moment(value: object, zone: str, what: str) -> datetime:
    if not isinstance(value, str | date):
        raise SnapshotError(f"{what} {value!r} is not a time; write it like 2026-01-05T08:00")
    try:
        return parse_moment(value, zone)
    except ValueError as error:
        raise SnapshotError(f"{what} {error}") from error


def _length(value: object, what: str) -> timedelta:
    if isinstance(value, timedelta):
        return value
    try:
        return parse_duration(str(value))
    except ValueError as error:
        raise SnapshotError(f"{what} {error}") from error
