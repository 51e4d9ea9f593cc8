"""Checks the task list: derives it again from the events, with code that shares nothing with the fold, and compares.

Failures of rules are taken from the store, because the rules may have changed since.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.tables import TASK_COLUMNS, AnyRow, event, failure, task

_AT_ONCE = 2000
_AHEAD, _PATIENCE = timedelta(minutes=5), timedelta(hours=24)
_ENDS = {"cancel": "canceled", "complete": "completed", "canceled": "canceled", "completed": "completed"}
_FINAL = ("completed", "canceled", "rejected")
_TAKEN = ("assigned", "in_progress")
_AS_QUEUED = ("new", "captured", "queued")


@dataclass(frozen=True)
class Checked:
    """The result of a check: how much was compared, and how each task differs from what its events say."""

    tasks: int
    events: int
    differences: list[str]


def check_store(connection: Connection, most: int = 20) -> Checked:
    """Compares the task list with what its events say; at most ``most`` differences are listed.

    It reads the store in slices, so memory does not grow with the store.
    """
    differences: list[str] = []
    tasks = events = 0
    for names, rows in _slices(connection):
        failed = dict(
            connection.execute(
                sa.select(failure.c.event_id, failure.c.rule).where(
                    failure.c.event_id.in_([row.event_id for row in rows])
                )
            ).all()
        )
        kept = {row.task_id: row for row in connection.execute(sa.select(task).where(task.c.task_id.in_(names)))}
        events += len(rows)
        tasks += len(kept)
        about = {name: list(group) for name, group in groupby(rows, key=lambda row: row.task_id)}
        for name in names:
            differences += _compared(name, _Derived.of(about.get(name, []), failed), kept.get(name))
    orphans = sa.select(task.c.task_id).where(~sa.exists().where(event.c.task_id == task.c.task_id))
    lost = connection.execute(orphans).scalars().all()
    differences += [f"task {name}: is in the list, but no operation is about it" for name in lost]
    return Checked(tasks + len(lost), events, differences[:most])


def _slices(connection: Connection) -> Iterator[tuple[list[str], list[AnyRow]]]:
    """Slices of task ids with all their events, sorted by task and arrival."""
    every = sa.select(event.c.task_id).distinct().order_by(event.c.task_id)
    streaming = {"stream_results": True, "max_row_buffer": _AT_ONCE}
    with connection.execute(every, execution_options=streaming) as found:
        for part in found.scalars().partitions(_AT_ONCE):
            names = list(part)
            chosen = event.c.task_id.in_(names) & event.c.repeat_of.is_(None) & event.c.fault.is_(None)
            rows = connection.execute(sa.select(event).where(chosen)).all()
            yield names, sorted(rows, key=lambda row: (row.task_id, row.event_id))


class _Derived:
    """A task derived from its events, one after another."""

    def __init__(self, first: AnyRow) -> None:
        self.source, self.shared, self.capture_id = first.source, first.shared, ""
        self.stage, self.held, self.error = "queued", False, False
        self.agent: str | None = None
        self.said: tuple[str, str | None] = ("queued", None)
        self.came: dict[str, Any] = {}
        self.born = False

    @classmethod
    def of(cls, rows: Sequence[AnyRow], failed: dict[int, str]) -> "_Derived | None":
        """The task that follows from its events; ``None`` if none creates it."""
        creates = [row for row in rows if row.operation == "create"]
        if not creates:
            return None
        first = creates[0]
        derived, waiting = cls(first), []
        for row in _sorted(rows):
            foreign = row.source != first.source and not (row.person or row.shared or first.shared)
            expired = row.event_id < first.event_id and first.received_at - row.received_at > _PATIENCE
            if foreign or expired:
                continue
            if not derived.born and row.operation != "create":
                waiting.append(row)
                continue
            if not derived.born:
                older = [waited for waited in waiting if waited.operation == "update" and _is_older(waited, row)]
                for waited in older:
                    derived.came |= json.loads(waited.content)
                waiting = [waited for waited in waiting if waited not in older]
            derived.take(row, row.event_id in failed)
            for waited in waiting:
                derived.take(waited, waited.event_id in failed)
            waiting = []
        return derived

    @property
    def status(self) -> str:
        if self.stage in _FINAL:
            return self.stage
        return "held" if self.held else "errorheld" if self.error else self.stage

    def take(self, row: AnyRow, failed: bool) -> None:
        """Applies one more event."""
        if row.operation in ("create", "update"):
            self.row(row, failed)
            return
        done = self.act(row.operation, row, failed, own=row.source == self.source and not row.person)
        if done and not row.person:
            self.said = self.status, self.agent if self.status in _TAKEN else None

    def act(self, what: str, row: AnyRow, failed: bool, own: bool) -> bool:
        """Changes the status as an operation demands; whether it is allowed and no duplicate."""
        if what == "restart":
            if self.stage in _FINAL and not row.reopen:
                return False
            self.stage, self.held, self.error, self.agent = "queued", False, failed, None
            return True
        if self.stage in _FINAL:
            return False
        if what in _ENDS:
            self.stage, self.held, self.error = _ENDS[what], False, False
        elif what == "hold":
            done, self.held = not self.held, True
            return done
        elif what == "resume":
            if not self.held and not self.error:
                return False
            self.held, self.error = (False, self.error) if self.held else (False, False)
        else:
            has = self.agent if what == "start" and self.stage in _TAKEN else None
            return self.give(what, row.agent_id or has, may_replace=own and what == "assign")
        return True

    def give(self, what: str, agent: str | None, may_replace: bool) -> bool:
        """Assigns or starts; whether it is allowed and no duplicate."""
        has = self.agent if self.stage in _TAKEN else None
        if self.held or self.error or agent is None or (has not in (None, agent) and not may_replace):
            return False
        before = (self.stage, self.agent)
        self.stage, self.agent = {"assign": "assigned", "start": "in_progress"}[what], agent
        return before != (self.stage, self.agent)

    def row(self, row: AnyRow, failed: bool) -> None:
        """Applies a create or an update."""
        came = {**self.came, **json.loads(row.content)}
        came = {name: value for name, value in came.items() if value is not None}
        said = "queued" if row.status in _AS_QUEUED else row.status
        quiet = self.is_no_news(said, row.agent_id)
        if not self.born:
            self.born, self.capture_id, self.came, self.error = True, row.capture_id, came, failed
            quiet = self.is_no_news(said, row.agent_id)
        elif self.stage in _FINAL:
            if quiet or said != "queued" or not row.reopen:
                return
            self.came = came
            self.act("restart", row, failed, own=True)
            quiet = True
        elif came == self.came and quiet and row.operation == "create":
            return
        else:
            self.came, self.error = came, failed or self.error
            quiet = self.is_no_news(said, row.agent_id)
        if not quiet:
            self.lead(str(said), row, failed)
        if said is not None and not row.person:
            self.said = said, row.agent_id if said in _TAKEN else None

    def is_no_news(self, said: str | None, agent: str | None) -> bool:
        """Whether a status, and who has the task by it, is what was said last or how things are."""
        if said in _TAKEN and agent is not None:
            return (said, agent) in (self.said, (self.status, self.agent))
        return said is None or said in (self.said[0], self.status)

    def lead(self, said: str, row: AnyRow, failed: bool) -> None:
        """Applies the status that a row states."""
        own = row.source == self.source and not row.person
        if said == "queued":
            self.act("resume" if self.held else "restart", row, failed, own)
        elif said == "held":
            self.held = True
        elif said == "errorheld":
            self.error = True
        elif said in ("assigned", "in_progress"):
            has = self.agent if said == "in_progress" and self.stage in _TAKEN else None
            self.give({"assigned": "assign", "in_progress": "start"}[said], row.agent_id or has, own)
        elif said in _FINAL:
            self.stage, self.held, self.error = said, False, False


def _sorted(rows: Iterable[AnyRow]) -> list[AnyRow]:
    """The events in the order that counts; within a source, versions never decrease."""
    keys: dict[int, tuple[tuple[datetime, int], int]] = {}
    latest: dict[str, tuple[datetime, int]] = {}
    versioned = sorted((r for r in rows if r.version is not None), key=lambda r: (r.version, r.event_id))
    for number, row in enumerate(versioned, start=1):
        latest[row.source] = max(latest.get(row.source, _when(row)), _when(row))
        keys[row.event_id] = (latest[row.source], number)
    return sorted(rows, key=lambda row: keys.get(row.event_id, (_when(row), 0)))


def _is_older(row: AnyRow, than: AnyRow) -> bool:
    if row.source == than.source and row.version is not None and than.version is not None:
        return bool(row.version < than.version)
    return row.at is not None and than.at is not None and _when(row)[0] < _when(than)[0]


def _when(row: AnyRow) -> tuple[datetime, int]:
    believed = row.at is not None and row.at - row.received_at <= _AHEAD
    return (row.at if believed else row.received_at), row.event_id


def _compared(name: str, derived: _Derived | None, kept: AnyRow | None) -> Iterator[str]:
    """The differences between the derived task and its row in the list."""
    if derived is None or kept is None:
        if derived is not None:
            yield f"task {name}: its operations make a task, but it is not in the list"
        elif kept is not None:
            yield f"task {name}: is in the list, but no operation creates it"
        return
    said = {
        "source": (kept.source, derived.source),
        "capture_id": (kept.capture_id, derived.capture_id),
        "status": (kept.status, derived.status),
        "agent_id": (kept.agent_id, derived.agent),
        "values": _values(derived.came, kept),
        **{f"column {column}": pair for column, pair in _columns(derived.came, kept)},
    }
    for what, (stands, follows) in said.items():
        if stands != follows:
            yield f"task {name}: {what} is {stands!r}, but {follows!r} follows from its operations"


def _values(came: dict[str, Any], kept: AnyRow) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values as they came, as they stand and as they follow; without those of columns where these have them."""
    if kept.came or kept.set_by != "{}":
        return json.loads(kept.came or "{}"), came
    own = {column.name for column in TASK_COLUMNS}
    return json.loads(kept.extra), {name: value for name, value in came.items() if name not in own}


def _columns(came: dict[str, Any], kept: AnyRow) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """The columns that no rule has set: the derived value and the value in the list."""
    ruled = json.loads(kept.set_by)
    for column in TASK_COLUMNS:
        if column.name not in ruled:
            value = came.get(column.name)
            if column.kind == "time" and isinstance(value, str):
                value = datetime.fromisoformat(value)
            yield column.name, (getattr(kept, column.name), value)
