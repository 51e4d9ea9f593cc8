"""Sources made shortly, and what became of what they sent."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from data import Intake, Store, Terms, check_store
from data.store.tables import event, task, verdict
from models import AllotError
from tests.data.intake.operation_case import NOON


def intake_of(store: Store, source: str = "files", **terms: Any) -> Intake:
    """The intake of a source at noon."""
    return Intake(store, Terms(source=source, **terms), lambda: NOON)


def drop(folder: Path, name: str, content: bytes | str, age: float = 5) -> Path:
    """A file in the folder's inbound that was changed so many seconds ago."""
    file = folder / "inbound" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    changed = time.time() - age
    os.utime(file, (changed, changed))
    return file


def values(store: Store, column: str = "value") -> dict[str, Any]:
    """A column of the task list, by task."""
    with store.reading() as connection:
        assert check_store(connection).differences == []
        return {row[0]: row[1] for row in connection.execute(sa.select(task.c.task_id, task.c[column]))}


def outcomes(store: Store) -> dict[str, int]:
    """How many operations became what."""
    outcome = sa.func.coalesce(verdict.c.outcome, event.c.outcome)
    joined = event.outerjoin(verdict, verdict.c.event_id == event.c.event_id)
    with store.reading() as connection:
        counted = sa.select(outcome, sa.func.count()).select_from(joined).group_by(outcome)
        return {row[0]: row[1] for row in connection.execute(counted)}


def fault_of(act: Callable[..., None], *arguments: Any) -> str:
    """What is said where a source cannot be read; nothing where it can."""
    try:
        act(*arguments)
    except AllotError as error:
        return str(error)
    return ""
