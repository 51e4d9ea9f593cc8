"""Operations stated shortly."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from data import Operation, OperationKind

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_NUMBERS = count()


def at(minutes: float) -> datetime:
    """A moment so many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def op(kind: str, arrival: int = 0, **more: Any) -> Operation:
    """An operation of source `host` on task T1, received as many minutes after noon as things had arrived before."""
    given = {"source": "host", "task_id": "T1", "received_at": at(arrival), **more}
    key = given.pop("key", f"k{next(_NUMBERS)}")
    return Operation(key=key, kind=OperationKind(kind), arrival=arrival, **given)
