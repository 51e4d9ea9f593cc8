"""Alerts as records, for people and programs; what messages have."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from data import AlertRow, Message
from models import FIRING, PENDING, AlertRecord, from_plain, to_plain
from reports import ENGLISH, alert_message, speaking

_SHARED = ("alert_id", "name", "level", "key", "measure", "value", "state", "severity", "threshold", "held")


def record_of(row: AlertRow, zone: str = "UTC") -> AlertRecord:
    """An alert as reports receive it, its times by the clock of a time zone."""
    known = {name: getattr(row, name) for name in _SHARED}
    until = None if row.until is None else _local(row.until, zone)
    return AlertRecord(**known, since=_local(row.since, zone), until=until)


def alert_record(row: AlertRow, zone: str) -> dict[str, Any]:
    """An alert as JSON has it."""
    plain: dict[str, Any] = to_plain(record_of(row, zone))
    return plain


def local(moment: datetime | None, zone: str) -> str | None:
    """A moment by the clock of a time zone, ISO 8601."""
    return None if moment is None else _local(moment, zone).isoformat()


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(UTC if zone == "UTC" else ZoneInfo(zone)).replace(microsecond=0)


def message_content(told: Sequence[AlertRow], over: Sequence[AlertRow], at: datetime, zone: str) -> dict[str, Any]:
    """A message about all that has begun to fire, as programs read it."""
    return {
        "at": local(at, zone),
        "alerts": [alert_record(row, zone) for row in told],
        "resolved": [alert_record(row, zone) for row in over],
    }


def worded(message: Message, zone: str, language: str = ENGLISH) -> dict[str, Any]:
    """A message with what people read of it: a subject and a text, in a language."""
    told, over = (
        [from_plain(AlertRecord, alert) for alert in message.content.get(part) or ()] for part in ("alerts", "resolved")
    )
    with speaking(language):
        letter = alert_message(told, over, zone)
    return {"message_id": message.message_id, "subject": letter.subject, "text": letter.text, **message.content}


def counts_of(rows: Iterable[AlertRow]) -> Mapping[str, int]:
    """How many alerts are pending and firing."""
    states = [row.state for row in rows]
    return {"firing": states.count(FIRING), "pending": states.count(PENDING)}
