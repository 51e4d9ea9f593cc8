"""What comes by HTTP: bodies of JSON, and single operations on tasks."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
import sqlalchemy as sa

from data.intake.actuals import note_actuals
from data.intake.apply import apply_operations
from data.intake.form import FAULT, Formed, formed
from data.intake.intake import BATCH, Counts, Intake
from data.intake.operations import BY_HAND
from data.intake.rows import Entry, entry_rows, json_entries
from data.store.tables import task


@dataclass(frozen=True)
class Received:
    """What became of a body: ``unreadable`` of the refused operations could not be read."""

    counts: Counts
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
        owner = connection.execute(sa.select(task.c.source).where(task.c.task_id == task_id)).scalar()
        made = [replace(one, person=True, reopen=owner in reopening) for one in whole.operations(now)]
        for one, outcome in zip(made, apply_operations(connection, made, ruling=intake.rules(now)), strict=True):
            counts.add(kind, one, outcome)
        note_actuals(connection, [one.task_id for one in made])
    return Received(counts, _unreadable(whole))


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
    for first in range(0, whole.height, BATCH):
        intake.take(whole, first, first + BATCH)
    of_work = ~pl.col("operation").is_in(("create", "update")) | pl.col("status").is_not_null()
    names = whole.frame.filter(of_work)["task_id"].to_list()
    if names:
        with intake.store.writing() as connection:
            note_actuals(connection, names)
    return Received(intake.counts, _unreadable(whole))


def _unreadable(whole: Formed) -> int:
    return int(whole.frame[FAULT].is_not_null().sum())
