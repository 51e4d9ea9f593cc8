"""Writes operations to the store, with their outcomes, the tasks that follow, and how far a source was read.

All writes belong to the caller's transaction, so every operation takes effect exactly once: the sender gets its
acknowledgement only after the commit, and if it sends the operation again, that is a duplicate.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.intake.codec import event_row, operation_of, state_of, status_row, task_row
from data.intake.fold import TOO_EARLY, History
from data.intake.operations import EARLY, Operation, Outcome, OutcomeKind, Ruling
from data.intake.order import Order
from data.intake.rulebook import Rulebook
from data.intake.sound import sound
from data.intake.state import RuleCheck, TaskState
from data.store.numbers import last_number
from data.store.rows import among, frame_of, put_rows, update_rows
from data.store.tables import AnyRow, event, failure, progress, task, verdict

_AT_ONCE = 5000  # ids per query; SQLite allows 32,766 parameters
_REPEATED = Outcome(OutcomeKind.DUPLICATE, "it arrived before")


def apply_operations(
    connection: Connection,
    operations: Sequence[Operation],
    *,
    ruling: Ruling | None = None,
    cursors: Mapping[str, Any] | None = None,
    keys_are_new: bool = False,
    is_news: bool = True,
) -> list[Outcome]:
    """Writes operations to the store, in a write transaction; returns their outcomes, in the same order.

    ``cursors`` holds, by source, how far it has been read, as any JSON value. ``keys_are_new``: none has
    arrived before, as it was made for this operation. ``is_news``: the sources have just sent them.
    """
    batch = _Batch(connection, operations, Rulebook(ruling), keys_are_new=keys_are_new)
    outcomes = batch.fold()
    batch.write()
    if operations and not keys_are_new:
        refuse_early(connection, max(operation.received_at for operation in operations))
    _note_progress(connection, operations if is_news else (), cursors or {})
    return outcomes


class _Batch:
    """A batch of operations that are written together."""

    def __init__(
        self, connection: Connection, operations: Sequence[Operation], rules: Rulebook, *, keys_are_new: bool
    ) -> None:
        self.connection = connection
        self.rules = rules
        first = last_number(connection, event.c.event_id) + 1
        self.operations = [sound(replace(operation, arrival=first + n)) for n, operation in enumerate(operations)]
        self.repeats = {} if keys_are_new else self._repeats()
        self.fresh = [o for o in self.operations if o.arrival not in self.repeats and o.fault is None]
        self.known = {row.task_id: state_of(row) for row in self._tasks({o.task_id for o in self.fresh})}
        self.histories: dict[str, History] = {}

    def _repeats(self) -> dict[int, int]:
        """The operations whose key has arrived before: their arrival, and the first arrival of the key."""
        firsts: dict[tuple[str, str], int] = {}
        for source in {operation.source for operation in self.operations}:
            keys = {operation.key for operation in self.operations if operation.source == source}
            firsts.update({(source, key): first for key, first in known_keys(self.connection, source, keys).items()})
        repeats: dict[int, int] = {}
        for operation in self.operations:
            first = firsts.setdefault((operation.source, operation.key), operation.arrival)
            if first != operation.arrival:
                repeats[operation.arrival] = first
        return repeats

    def _tasks(self, ids: Collection[str]) -> Iterator[AnyRow]:
        for some in _slices(ids):
            yield from self.connection.execute(sa.select(task).where(among(self.connection, task.c.task_id, some)))

    def fold(self) -> list[Outcome]:
        """The outcome of each operation."""
        earlier = self._earlier()
        outcomes = self._folded(earlier, self.rules.note)
        if self.rules.ask():
            outcomes = self._folded(earlier, self.rules.check)
        return [_REPEATED if o.arrival in self.repeats else outcomes[o.arrival] for o in self.operations]

    def _folded(self, earlier: Mapping[str, list[Operation]], rule: RuleCheck) -> dict[int, Outcome]:
        self.histories = {}
        outcomes: dict[int, Outcome] = {
            o.arrival: Outcome(OutcomeKind.REFUSED, o.fault) for o in self.operations if o.fault is not None
        }
        for operation in self.fresh:
            history = self.histories.get(operation.task_id)
            if history is None:
                state, order = self._known(operation.task_id)
                history = History(state, order, list(earlier.get(operation.task_id, ())))
                self.histories[operation.task_id] = history
            outcomes[operation.arrival] = history.add(operation, rule)
        for history in self.histories.values():  # a later operation of the batch may have changed an outcome
            outcomes.update(history.outcomes)
        return outcomes

    def _known(self, task_id: str) -> tuple[TaskState | None, Order]:
        return self.known.get(task_id, (None, Order()))

    def _earlier(self) -> dict[str, list[Operation]]:
        """The stored operations on tasks whose stored state does not suffice to continue the fold.

        These are tasks with a late operation, and unknown tasks, for which operations may be waiting.
        """
        orders: dict[str, Order] = {}
        wanted: dict[str, None] = {}
        for operation in self.fresh:
            name = operation.task_id
            if name not in self.known:
                wanted[name] = None
            if name in wanted:
                continue
            order = (orders[name] if name in orders else self._known(name)[1]).after(operation)
            if order is None:
                wanted[name] = None
            else:
                orders[name] = order
        return operations_on(self.connection, wanted)

    def write(self) -> None:
        """Adds the operations and updates the task list."""
        outcomes = {arrival: outcome for h in self.histories.values() for arrival, outcome in h.outcomes.items()}
        rows = []
        for operation in self.operations:
            first = self.repeats.get(operation.arrival)
            if first is not None:
                outcome = _REPEATED
            elif operation.fault is not None:
                outcome = Outcome(OutcomeKind.REFUSED, operation.fault)
            else:
                outcome = outcomes[operation.arrival]
            rows.append(event_row(operation, outcome.kind.value, outcome.reason, first))
        if rows:
            put_rows(self.connection, event, rows)
        if self.fresh:
            self._write_verdicts(outcomes)
            self._write_failures()
            self._write_tasks()

    def _write_verdicts(self, outcomes: Mapping[int, Outcome]) -> None:
        """Records the changed outcomes of earlier operations."""
        start, now = self.operations[0].arrival, self.operations[-1].received_at
        set_verdicts(self.connection, {a: outcome for a, outcome in outcomes.items() if a < start}, now)

    def _write_failures(self) -> None:
        start = self.operations[0].arrival
        checked = [arrival for arrival in self.rules.failed if arrival < start]
        for some in _slices(checked):
            self.connection.execute(failure.delete().where(failure.c.event_id.in_(some)))
        rows = [{"event_id": a, "rule": failed} for a, failed in self.rules.failed.items() if failed is not None]
        if rows:
            self.connection.execute(failure.insert(), rows)

    def _write_tasks(self) -> None:
        now = self.operations[-1].received_at
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        moved: list[dict[str, Any]] = []
        for name, history in self.histories.items():
            state = history.task
            if state is None:
                continue
            if name not in self.rules.tasks:
                moved.append(status_row(state, history.order, now))
                continue
            ruled = self.rules.answer(name, state.values)
            row = task_row(state, history.order, ruled.values, ruled.set_by, now)
            (changed if name in self.known else new).append(row)
        if new:
            put_rows(self.connection, task, new)
        for rows in (changed, moved):
            if rows:
                update_rows(self.connection, task, "task_id", frame_of(task, rows))


def known_keys(connection: Connection, source: str, keys: Collection[str]) -> dict[str, int]:
    """The keys of a source that have arrived before, and the number of the event with which each first did."""
    first = event.c.repeat_of.is_(None) & (event.c.source == source)
    chosen = sa.select(event.c.key, event.c.event_id).where(among(connection, event.c.key, list(keys)) & first)
    return dict(connection.execute(chosen).all())


def operations_on(connection: Connection, ids: Collection[str]) -> dict[str, list[Operation]]:
    """The stored operations by task, in the order of arrival, without repeats and unreadable ones."""
    found: dict[str, list[Operation]] = defaultdict(list)
    for some in _slices(ids):
        # filtered and sorted here: with more conditions PostgreSQL 16 reads all events by an index on those
        for row in connection.execute(sa.select(event).where(among(connection, event.c.task_id, some))):
            if row.repeat_of is None and row.fault is None:
                found[row.task_id].append(operation_of(row))
    return {name: sorted(operations, key=lambda o: o.arrival) for name, operations in found.items()}


def set_verdicts(connection: Connection, outcomes: Mapping[int, Outcome], now: datetime) -> None:
    """Records outcomes that have changed since the operations arrived."""
    for some in _slices(outcomes):
        connection.execute(verdict.delete().where(verdict.c.event_id.in_(some)))
    rows = [
        {"event_id": arrival, "outcome": outcome.kind.value, "reason": outcome.reason, "changed_at": now}
        for arrival, outcome in outcomes.items()
    ]
    if rows:
        connection.execute(verdict.insert(), rows)


def refuse_early(connection: Connection, now: datetime) -> int:
    """Refuses operations that have waited too long for their task; returns their number."""
    too_early = (event.c.outcome == OutcomeKind.EARLY.value) & (event.c.received_at < now - EARLY)
    settled = sa.select(verdict.c.event_id).where(verdict.c.event_id == event.c.event_id)
    waiting = sa.select(event.c.event_id).where(too_early, ~settled.exists())
    late = connection.execute(waiting).scalars().all()
    set_verdicts(connection, dict.fromkeys(late, TOO_EARLY), now)
    return len(late)


def _note_progress(connection: Connection, operations: Sequence[Operation], cursors: Mapping[str, Any]) -> None:
    last = {operation.source: operation.received_at for operation in operations}
    for source in last.keys() | cursors.keys():
        values: dict[str, Any] = {}
        if source in last:
            values["last_event_at"] = last[source]
        if source in cursors:
            values["cursor"] = json.dumps(cursors[source])
        _set_progress(connection, source, values)


def note_events(connection: Connection, source: str, at: datetime) -> None:
    """Records the moment at which operations of a source came in."""
    refuse_early(connection, at)
    _set_progress(connection, source, {"last_event_at": at})


def note_read(connection: Connection, source: str, at: datetime, error: str | None = None) -> None:
    """Records that a source was read to its end, or why it could not be read; by then nothing waits too long."""
    refuse_early(connection, at)
    _set_progress(connection, source, {"error": error} if error else {"error": None, "last_read_at": at})


def _set_progress(connection: Connection, source: str, values: Mapping[str, Any]) -> None:
    done = connection.execute(progress.update().where(progress.c.source == source).values(values))
    if not done.rowcount:
        connection.execute(progress.insert().values(source=source, **values))


def cursor_of(connection: Connection, source: str) -> Any:
    """How far a source has been read; ``None`` before its first read."""
    text = connection.execute(sa.select(progress.c.cursor).where(progress.c.source == source)).scalar()
    return None if text is None else json.loads(text)


def _slices(ids: Collection[Any]) -> Iterator[list[Any]]:
    every = list(ids)
    for start in range(0, len(every), _AT_ONCE):
        yield every[start : start + _AT_ONCE]
