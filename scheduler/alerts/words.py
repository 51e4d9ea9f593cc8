"""Alerts in words, and as messages have them."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from data import AlertRow
from models import MEASURES, Quantity
from scheduler.alerts.conditions import RED
from scheduler.alerts.states import FIRING
from scheduler.alerts.telling import node_name
from scheduler.config import AGES, RUN_AGE

_MOST = 20


def alert_record(row: AlertRow, zone: str) -> dict[str, Any]:
    """An alert as JSON has it."""
    record = {name: getattr(row, name) for name in ("alert_id", "name", "level", "key", "measure", "value", "state")}
    times = {name: local(getattr(row, name), zone) for name in ("since", "until")}
    return {**record, "severity": row.severity, "threshold": row.threshold, **times, "held": row.held}


def local(moment: datetime | None, zone: str) -> str | None:
    """A moment by the clock of a time zone, ISO 8601."""
    return None if moment is None else moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def alert_line(row: AlertRow, zone: str) -> str:
    """An alert in one line."""
    limit = "" if row.threshold is None else f" ({row.severity} at {shown(row.threshold, row.measure)})"
    since = row.since.astimezone(ZoneInfo(zone))
    return f"{where(row)}: {row.measure} {shown(row.value, row.measure)}{limit}, since {since:%Y-%m-%d %H:%M}"


def where(row: AlertRow) -> str:
    """What an alert is about."""
    return "planner" if row.measure == RUN_AGE else node_name((row.level, row.key))


def shown(value: float | None, measure: str) -> str:
    """A value as people read it."""
    if measure in AGES:
        return "never" if value is None or math.isinf(value) else length(timedelta(minutes=value))
    if value is None:
        return "none"
    known = MEASURES.get(measure)
    if known is not None and known.quantity is Quantity.SHARE:
        return f"{value * 100:.1f} %"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"


def length(age: timedelta) -> str:
    """A length of time as people read it."""
    minutes = round(age / timedelta(minutes=1))
    days, hours = divmod(minutes // 60, 24)
    return f"{days} d {hours} h" if days else f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def message_content(told: Sequence[AlertRow], over: Sequence[AlertRow], at: datetime, zone: str) -> dict[str, Any]:
    """A message about all that has begun to fire: for people a subject and a text, for programs the alerts."""
    return {
        "at": local(at, zone),
        "subject": _subject(told),
        "text": "\n".join(_lines(told, over, zone)) + "\n",
        "alerts": [alert_record(row, zone) for row in told],
        "resolved": [alert_record(row, zone) for row in over],
    }


def _subject(told: Sequence[AlertRow]) -> str:
    names = list(dict.fromkeys(row.name for row in told))
    what = f"{where(told[0])}" if len(told) == 1 else f"{len(told)} alerts"
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    worst = RED if any(row.severity == RED for row in told) else told[0].severity
    return f"allot, {worst}: {', '.join(names[:3])}{more} ({what})"


def _lines(told: Sequence[AlertRow], over: Sequence[AlertRow], zone: str) -> Iterator[str]:
    for title, rows in _by_name(told):
        yield title
        yield from _few([f"  {row.alert_id}  {alert_line(row, zone)}" for row in rows])
        yield ""
    if over:
        yield "No more:"
        yield from _few([f"  {row.alert_id}  {row.name}, {where(row)}" for row in over])
        yield ""
    yield "allot alerts show N says more. Keep what you do about it: allot alerts act N TEXT --by NAME --kind KIND"


def _by_name(rows: Iterable[AlertRow]) -> Iterator[tuple[str, list[AlertRow]]]:
    ordered = sorted(rows, key=lambda row: (row.severity != RED, row.name, row.level, row.key))
    for (severity, name), group in groupby(ordered, key=lambda row: (row.severity, row.name)):
        yield f"{name}, {severity}:", list(group)


def _few(lines: Sequence[str]) -> list[str]:
    more = [f"  and {len(lines) - _MOST} more"] if len(lines) > _MOST else []
    return [*lines[:_MOST], *more]


def counts_of(rows: Iterable[AlertRow]) -> Mapping[str, int]:
    """How many alerts are pending and firing."""
    states = [row.state for row in rows]
    return {"firing": states.count(FIRING), "pending": states.count("pending")}
