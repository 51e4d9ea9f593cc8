"""What comes by HTTP: bodies of JSON, and single operations on tasks."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.intake.actuals import note_actuals
from data.intake.apply import apply_operations
from data.intake.codec import event_row
from data.intake.form import FAULT, Formed, formed
from data.intake.intake import BATCH, Counts, Intake
from data.intake.operations import BY_HAND, Operation, OutcomeKind
from data.intake.rows import Entry, entry_rows, json_entries
from data.intake.sound import sound
from data.store.rows import among
from data.store.tables import AnyRow, event, task, verdict


@dataclass(frozen=True)
class Received:
    """What became of a body: ``refused`` operations, now or when they came for the first time.

    ``unreadable`` of these could not be read.
    """

    counts: Counts
    refused: int
    unreadable: int


def take_body(intake: Intake, body: bytes, key: str) -> Received:
    """Takes in an operation or an array of them, all of them together up to a batch.

    Raises:
        ValueError: the body as a whole is no JSON of objects; nothing was taken in.
    """
    entries = json_entries(body, key, "body")
    if len(entries) == 1 and entries[0].values is None and entries[0].key == key:
        raise ValueError(entries[0].fault)
    return _taken(intake, formed(entry_rows(entries, intake.source), intake.terms))


def take_operation(intake: Intake, kind: str, task_id: str, values: Mapping[str, Any], key: str) -> Received:
    """Takes in one operation of the source."""
    return _taken(intake, formed(entry_rows([_entry(kind, task_id, values, key)], intake.source), intake.terms))


def act_by_hand(
    intake: Intake, kind: str, task_id: str, values: Mapping[str, Any], key: str, reopening: Collection[str] = ()
) -> Received:
    """One operation that somebody does, who need not own the task; ``reopening`` as for `act_on_tasks`."""
    now, terms = intake.clock(), replace(intake.terms, source=BY_HAND, prefix="", mapper=None)
    whole = formed(entry_rows([_entry(kind, task_id, values, key)], BY_HAND), terms)
    counts = Counts()
    with intake.store.writing() as connection:
        before = _known(connection, whole, now)
        owner = connection.execute(sa.select(task.c.source).where(task.c.task_id == task_id)).scalar()
        made = [replace(one, person=True, reopen=owner in reopening) for one in whole.operations(now)]
        for one, outcome in zip(made, apply_operations(connection, made, ruling=intake.rules(now)), strict=True):
            counts.add(kind, one, outcome)
        note_actuals(connection, [one.task_id for one in made])
    return _received(counts, whole, before)


def json_object(body: bytes) -> dict[str, Any]:
    """The values of a body that is a JSON object, numbers as they are written; none for an empty body.

    Raises:
        ValueError: it is something else.
    """
    if not body.strip():
        return {}
    entry = json_entries(body, "", "body")
    if len(entry) != 1 or entry[0].values is None:
        raise ValueError(entry[0].fault if len(entry) == 1 else "it is no JSON object")
    return dict(entry[0].values)


def _entry(kind: str, task_id: str, values: Mapping[str, Any], key: str) -> Entry:
    own = {**values, "operation": kind, "task_id": task_id}
    return Entry(key, kind, own, raw=json.dumps(own, default=str))


def _taken(intake: Intake, whole: Formed) -> Received:
    with intake.store.reading() as connection:
        before = _known(connection, whole, intake.clock())
    for first in range(0, whole.height, BATCH):
        intake.take(whole, first, first + BATCH)
    of_work = ~pl.col("operation").is_in(("create", "update")) | pl.col("status").is_not_null()
    names = whole.frame.filter(of_work)["task_id"].to_list()
    if names:
        with intake.store.writing() as connection:
            note_actuals(connection, names)
    return _received(intake.counts, whole, before)


@dataclass(frozen=True)
class _Known:
    """An operation whose key has come before: whether it was refused then, and unreadable, and what its sender is told.

    Only the first counts, so it matters what became of that.
    """

    refused: bool
    unreadable: bool
    reason: str


def _known(connection: Connection, whole: Formed, now: datetime) -> dict[str, _Known]:
    """By key."""
    keys = among(connection, event.c.key, whole.frame["key"].to_list())
    first = keys & (event.c.source == whole.terms.source) & event.c.repeat_of.is_(None)
    present = (sa.func.coalesce(verdict.c[name], event.c[name]).label(f"present_{name}") for name in _PRESENT)
    joined = event.outerjoin(verdict, verdict.c.event_id == event.c.event_id)
    rows = {row.key: row for row in connection.execute(sa.select(event, *present).select_from(joined).where(first))}
    return {one.key: _told(one, rows[one.key]) for one in whole.operations(now) if one.key in rows} if rows else {}


_PRESENT = ("outcome", "reason")
_CONTENT = ("operation", "task_id", "agent_id", "status", "content")


def _told(operation: Operation, first: AnyRow) -> _Known:
    refused, ours = first.present_outcome == OutcomeKind.REFUSED.value, event_row(sound(operation), "", "")
    reason = ""
    if any(ours[name] != getattr(first, name) for name in _CONTENT):
        reason = f"its key came before with other content ({first.operation} {first.task_id}), and only that counts"
    elif refused:
        advice = "; to try it again, send it with another key" if first.fault is None else ""
        reason = f"it came before and was refused: {first.present_reason}{advice}"
    named = f"{operation.kind} {operation.task_id} duplicate: {reason}" if reason else ""
    return _Known(refused, first.fault is not None, named)


def _received(counts: Counts, whole: Formed, before: Mapping[str, _Known]) -> Received:
    counts.reasons += [known.reason for known in before.values() if known.reason][:BATCH]
    refused = counts.refused + sum(known.refused for known in before.values())
    unreadable = whole.frame.filter(pl.col(FAULT).is_not_null(), ~pl.col("key").is_in(list(before))).height
    return Received(counts, refused, unreadable + sum(known.unreadable for known in before.values()))
