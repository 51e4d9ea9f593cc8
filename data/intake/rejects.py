"""Refused operations: lists them, and tries them again as new operations."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.intake.apply import apply_operations
from data.intake.codec import operation_of
from data.intake.form import formed
from data.intake.intake import Intake
from data.intake.operations import Operation, Outcome, OutcomeKind
from data.intake.rows import READ_AS, Entry, Terms, entry_rows, json_entries
from data.store.numbers import last_number
from data.store.tables import AnyRow, event, reject, verdict
from models import SnapshotError

_AT_ONCE = 500


@dataclass(frozen=True)
class Rejected:
    """A refused operation. ``text`` is the row as received, if it was kept."""

    event_id: int
    source: str
    key: str
    task_id: str
    operation: str
    received_at: datetime
    reason: str
    text: str | None


def rejected_operations(connection: Connection, sources: Sequence[str] = ()) -> list[Rejected]:
    """The refused operations that have not been tried again, in the order of arrival."""
    reason = sa.func.coalesce(verdict.c.reason, event.c.reason).label("reason")
    columns = (event.c.event_id, event.c.source, event.c.key, event.c.task_id, event.c.operation, event.c.received_at)
    chosen = _refused(sa.select(*columns, reason, reject.c.text), sources).order_by(event.c.event_id)
    return [Rejected(**row._mapping) for row in connection.execute(chosen)]


def _refused(select: sa.Select[*tuple[Any, ...]], sources: Sequence[str]) -> sa.Select[*tuple[Any, ...]]:
    outcome = sa.func.coalesce(verdict.c.outcome, event.c.outcome)
    joined = event.outerjoin(verdict, verdict.c.event_id == event.c.event_id)
    joined = joined.outerjoin(reject, reject.c.event_id == event.c.event_id)
    chosen = select.select_from(joined).where(outcome == OutcomeKind.REFUSED.value, reject.c.retried_at.is_(None))
    return chosen.where(event.c.source.in_(sources)) if sources else chosen


def retry_rejected(intake: Intake) -> None:
    """Tries all refused operations of a source again, as new operations that keep the moment of the first try."""
    last, end = 0, None
    while True:
        now = intake.clock()
        with intake.store.writing() as connection:
            if end is None:  # those refused again get higher numbers, and wait for the next call
                end = last_number(connection, event.c.event_id)
            chosen = _refused(sa.select(event, reject.c.text, reject.c.event_id.label("noted")), [intake.source])
            some = chosen.where(event.c.event_id.between(last + 1, end)).order_by(event.c.event_id).limit(_AT_ONCE)
            rows = connection.execute(some).all()
            if not rows:
                return
            last = rows[-1].event_id
            _retry(connection, intake, rows, now)


def _retry(connection: Connection, intake: Intake, rows: Sequence[AnyRow], now: datetime) -> None:
    made = [(row, operation) for row in rows for operation in _again(row, intake.terms, now)]
    first = last_number(connection, event.c.event_id) + 1
    outcomes = apply_operations(connection, [operation for _, operation in made], ruling=intake.rules(now))
    _note(connection, rows, now)
    _keep_texts(connection, made, outcomes, first)
    for (row, operation), outcome in zip(made, outcomes, strict=True):
        intake.counts.add(row.key, operation, outcome)


def _again(row: AnyRow, terms: Terms, now: datetime) -> list[Operation]:
    """The new operations for a refused one, under the present settings of its source."""
    operations = [operation_of(row)] if row.text is None or row.fault is None else _read_again(row, terms, now)
    return [
        replace(
            operation,
            key=f"{row.key} retry {row.event_id}" + (f":{n}" if n else ""),
            received_at=now,
            at=operation.at or row.received_at,
            shared=terms.shared,
            reopen=terms.reopen,
            person=row.person,
        )
        for n, operation in enumerate(operations)
    ]


def _read_again(row: AnyRow, terms: Terms, now: datetime) -> list[Operation]:
    entries = json_entries(row.text.encode(errors="surrogatepass"), row.key, row.key)
    told = _read_as(entries)
    try:
        rows = entry_rows(entries, terms.source)
        return formed(rows.read_as(told) if told else rows, terms).operations(now)
    except SnapshotError as error:
        entries = [Entry(row.key, row.key, fault=str(error), raw=row.text)]
        return formed(entry_rows(entries, terms.source), replace(terms, mapper=None)).operations(now)


def _read_as(entries: Sequence[Entry]) -> Any:
    """How the table of a row writes numbers and times, taken out of its values; what a source says is text there."""
    for entry in entries:
        if isinstance(entry.values, dict) and isinstance(entry.values.get(READ_AS), dict):
            return entry.values.pop(READ_AS)
    return None


def _note(connection: Connection, rows: Sequence[AnyRow], now: datetime) -> None:
    """Records that the operations have been tried again."""
    new = [{"event_id": row.event_id, "text": None, "retried_at": now} for row in rows if row.noted is None]
    if new:
        connection.execute(reject.insert(), new)
    known = [row.event_id for row in rows if row.noted is not None]
    connection.execute(reject.update().where(reject.c.event_id.in_(known)).values(retried_at=now))


def _keep_texts(
    connection: Connection, made: Sequence[tuple[AnyRow, Operation]], outcomes: Sequence[Outcome], first: int
) -> None:
    rows = [
        {"event_id": first + n, "text": row.text}
        for n, ((row, _), outcome) in enumerate(zip(made, outcomes, strict=True))
        if outcome.kind is OutcomeKind.REFUSED and row.text is not None
    ]
    if rows:
        connection.execute(reject.insert(), rows)
