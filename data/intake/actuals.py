"""What was done: who worked on a task from when until when, as its operations say.

A stretch of work begins when a task becomes in progress, and ends when it is completed or closed otherwise, goes to
somebody else, or back into the queue. Work that was never said to begin has an end alone.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.intake.apply import operations_on
from data.intake.fold import steps_of
from data.intake.operations import Operation
from data.intake.state import TaskState
from data.store.numbers import last_number
from data.store.rows import among
from data.store.store import Store
from data.store.tables import WORKED, actual, event, failure, reached, task

_AT_ONCE = 2000
_NAME = "actual"
RETURNED, HANDED_ON = "returned", "handed_on"
"""Results beside those of final tasks: it went back into the queue, or to somebody else."""


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A stretch of work on a task; ``ended_at`` and ``minutes`` are ``None`` while it lasts.

    ``minutes`` leaves out the time on hold; it is ``None`` where nobody said when the work began.
    """

    agent_id: str | None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    minutes: float | None = None
    result: str = "in_progress"


def refresh_actuals(connection: Connection, *, whole: bool = False) -> int:
    """Works out what was done on all tasks that have news, or on the ``whole`` list.

    Returns how many those are, without tasks of which no operation can begin or end work.

    Tasks whose operations have been removed keep what is known.
    """
    last = last_number(connection, event.c.event_id)
    known = connection.execute(sa.select(reached.c.event_id).where(reached.c.name == _NAME)).scalar()
    count = 0
    for names in _with_news(connection, 0 if whole else known or 0):
        count += len(names)
        _write(connection, names)
    connection.execute(reached.delete().where(reached.c.name == _NAME))
    connection.execute(reached.insert().values(name=_NAME, event_id=last))
    return count


def renew_actuals(store: Store) -> int:
    """As `refresh_actuals`, in a transaction of its own."""
    with store.writing() as connection:
        return refresh_actuals(connection)


def note_actuals(connection: Connection, names: Collection[str]) -> None:
    """Works out what was done on these tasks, of which there has just been news."""
    if names:
        _write(connection, sorted(set(names)))


def _with_news(connection: Connection, since: int) -> Iterator[list[str]]:
    """The tasks with operations after the given one that have been worked on; most have not, and need not be read."""
    other = event.alias()
    worked = sa.select(other.c.event_id).where(other.c.task_id == event.c.task_id, WORKED).exists()
    chosen = sa.select(event.c.task_id).where(event.c.event_id > since, worked)
    # made unique here: for DISTINCT, SQLite goes through all operations that ever came, in the order of their tasks
    names = sorted(set(connection.execute(chosen).scalars()))
    yield from (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE))


def _write(connection: Connection, names: Sequence[str]) -> None:
    """Writes what was done on these tasks anew."""
    operations = operations_on(connection, names)
    failed = _failures(connection, names)
    said = _said(connection, names)
    connection.execute(actual.delete().where(among(connection, actual.c.task_id, list(names))))
    rows = []
    for name in names:
        found = stretches(operations.get(name, ()), lambda operation, values: failed.get(operation.arrival))
        rows += [
            {"task_id": name, "number": number, **_plain(stretch), **said.get(name, _NOTHING)}
            for number, stretch in enumerate(found, start=1)
        ]
    if rows:
        connection.execute(actual.insert(), rows)


def _failures(connection: Connection, names: Collection[str]) -> dict[int, str]:
    chosen = sa.select(failure.c.event_id, failure.c.rule).join(event, event.c.event_id == failure.c.event_id)
    found = connection.execute(chosen.where(among(connection, event.c.task_id, list(names))))
    return {row.event_id: row.rule for row in found}


_SAID = {
    "process": task.c.process,
    "skills": task.c.skills,
    "standard_minutes": task.c.minutes,
    "created_at": task.c.created_at,
    "due_at": task.c.due_at,
}
_NOTHING: Mapping[str, Any] = dict.fromkeys(_SAID)


def _said(connection: Connection, names: Collection[str]) -> dict[str, dict[str, Any]]:
    chosen = sa.select(task.c.task_id, *(column.label(name) for name, column in _SAID.items()))
    rows = connection.execute(chosen.where(among(connection, task.c.task_id, list(names)))).mappings()
    return {row["task_id"]: {name: row[name] for name in _SAID} for row in rows}


def _plain(stretch: Stretch) -> dict[str, Any]:
    return {name: getattr(stretch, name) for name in ("agent_id", "started_at", "ended_at", "minutes", "result")}


def stretches(operations: Sequence[Operation], rule: Callable[[Operation, Any], str | None]) -> list[Stretch]:
    """The stretches of work on a task, in their order."""
    course = _Course()
    before: TaskState | None = None
    for operation, after, _ in steps_of(operations, rule):
        if after is not None and after is not before:
            course.go(before, after, operation)
            before = after
    return course.found


class _Course:
    """The stretches of work on a task as they come; ``since`` is when it went on hold, if it is."""

    def __init__(self) -> None:
        self.found: list[Stretch] = []
        self._open: Stretch | None = None
        self._since: datetime | None = None
        self._on_hold = timedelta()

    def go(self, before: TaskState | None, after: TaskState, operation: Operation) -> None:
        """Takes the task from one state to the next, by an operation."""
        begun, moment = after.stage == "in_progress", operation.moment
        if self._open is not None:
            self._hold(after, moment)
            if after.final:
                self._end(moment, after.stage)
            elif after.holder not in (None, self._open.agent_id):
                self._end(moment, HANDED_ON)
            elif not begun:
                self._end(moment, RETURNED)
        elif after.final and not (before is not None and before.final):
            self._unsaid(after, operation)
        if begun and self._open is None:
            self._open, self._since = Stretch(agent_id=after.agent_id, started_at=moment), None
            self._on_hold = timedelta()
            self.found.append(self._open)

    def _hold(self, after: TaskState, moment: datetime) -> None:
        """Counts the time that the work rests."""
        if self._since is None and after.held and not after.final:
            self._since = moment
        elif self._since is not None and not after.held:
            self._on_hold += max(timedelta(), moment - self._since)
            self._since = None

    def _end(self, moment: datetime, result: str) -> None:
        assert self._open is not None
        assert self._open.started_at is not None
        if self._since is not None:  # it ends on hold
            self._on_hold += max(timedelta(), moment - self._since)
            self._since = None
        worked = max(timedelta(), moment - self._open.started_at - self._on_hold)
        self.found[-1] = replace(self._open, ended_at=moment, minutes=worked.total_seconds() / 60, result=result)
        self._open = None

    def _unsaid(self, after: TaskState, operation: Operation) -> None:
        """Work that is completed though nobody said that it began. What is closed otherwise was not done."""
        if after.stage == "completed":
            agent = operation.agent_id or after.agent_id
            self.found.append(Stretch(agent_id=agent, ended_at=operation.moment, result=after.stage))
