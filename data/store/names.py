"""The names of people in what is kept: found, given other names, and taken out for one of them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.forgetting import FINAL, closed_before
from data.store.tables import (
    TASK_OF_ANY,
    actual,
    assignment,
    declined,
    event,
    lease,
    outbox,
    publication,
    task,
    verdict,
)

_STAGES = ("assigned", "in progress")


def people_in_history(connection: Connection, before: datetime | None = None) -> set[str]:
    """Who did something, was to do it or gave it back, before a moment or ever; of tasks only those that are closed."""
    chosen = [
        sa.select(actual.c.agent_id).where(_ended(before)),
        sa.select(assignment.c.agent_id).where(_over(before)),
        sa.select(declined.c.agent_id).where(_at(declined.c.declined_at, before)),
        sa.select(event.c.agent_id).where(TASK_OF_ANY.in_(_tasks(before))),
        sa.select(task.c.agent_id).where(task.c.task_id.in_(_tasks(before))),
        sa.select(task.c.requested_agent).where(task.c.task_id.in_(_tasks(before))),
    ]
    return {name for each in chosen for name in connection.execute(each.distinct()).scalars() if name}


def rename_in_history(connection: Connection, names: Mapping[str, str], before: datetime | None = None) -> None:
    """Gives people other names in what was over before a moment, or in everything that is not open work."""
    mine = _tasks(before)
    for name, other in names.items():
        for table, over in ((actual, _ended(before)), (assignment, _over(before))):
            connection.execute(table.update().where(table.c.agent_id == name, over).values(agent_id=other))
        given_back = (declined.c.agent_id == name) & _at(declined.c.declined_at, before)
        connection.execute(declined.update().where(given_back).values(agent_id=other))
        for column in (event.c.agent_id, task.c.agent_id, task.c.requested_agent):
            table = column.table
            ours = (column == name) & _task_in(table).in_(mine)
            connection.execute(sa.update(table).where(ours).values({column.name: other}))
        for column in (event.c.content, task.c.came):
            old, new = (f'"requested_agent":{_quoted(one)}' for one in (name, other))
            ours = column.contains(old, autoescape=True) & _task_in(column.table).in_(mine)
            connection.execute(
                sa.update(column.table).where(ours).values({column.name: sa.func.replace(column, old, new)})
            )
        _rename_in_reasons(connection, name, other, mine)


def _rename_in_reasons(connection: Connection, name: str, other: str, mine: Any) -> None:
    """In why operations were refused or changed nothing."""
    events = sa.select(event.c.event_id).where(TASK_OF_ANY.in_(mine))
    for said in ("{} has it", *(f"it is {stage} by {{}} already" for stage in _STAGES)):
        for table in (event, verdict):
            ours = (table.c.reason == said.format(name)) & table.c.event_id.in_(events)
            connection.execute(table.update().where(ours).values(reason=said.format(other)))


def open_work_of(connection: Connection, name: str) -> list[str]:
    """The tasks that somebody has now, or is to have next: assigned, begun, leased, or in the current plan."""
    chosen = (
        sa.select(task.c.task_id).where(task.c.agent_id == name, task.c.status.not_in(FINAL)),
        sa.select(lease.c.task_id).where(lease.c.agent_id == name),
        sa.select(assignment.c.task_id).where(assignment.c.agent_id == name, assignment.c.until_version.is_(None)),
    )
    return sorted({str(task_id) for each in chosen for task_id in connection.execute(each).scalars()})


def history_of_person(connection: Connection, name: str) -> dict[str, list[dict[str, Any]]]:
    """What is kept of a person: what they did, what plans had for them, operations that name them, what came back."""
    chosen = {
        "actuals": sa.select(actual).where(actual.c.agent_id == name).order_by(actual.c.task_id, actual.c.number),
        "assignments": sa.select(assignment, publication.c.published_at)
        .join(publication, publication.c.version == assignment.c.from_version)
        .where(assignment.c.agent_id == name)
        .order_by(assignment.c.from_version, assignment.c.task_id),
        "operations": sa.select(event).where(event.c.agent_id == name).order_by(event.c.event_id),
        "tasks": sa.select(task)
        .where((task.c.agent_id == name) | (task.c.requested_agent == name))
        .order_by(task.c.task_id),
        "leases": sa.select(lease).where(lease.c.agent_id == name).order_by(lease.c.task_id),
        "declined": sa.select(declined).where(declined.c.agent_id == name).order_by(declined.c.declined_at),
        "to_be_handed_out": sa.select(outbox).where(outbox.c.agent_id == name).order_by(outbox.c.task_id),
    }
    return {kind: [dict(row._mapping) for row in connection.execute(each)] for kind, each in chosen.items()}


def _task_in(table: sa.FromClause) -> sa.ColumnElement[str]:
    return TASK_OF_ANY if table is event else table.c.task_id


def _tasks(before: datetime | None) -> Any:
    closed = task.c.status.in_(FINAL) if before is None else closed_before(before)
    return sa.select(task.c.task_id).where(closed)


def _ended(before: datetime | None) -> sa.ColumnElement[bool]:
    return actual.c.ended_at.is_not(None) if before is None else actual.c.ended_at < before


def _over(before: datetime | None) -> sa.ColumnElement[bool]:
    """Whether what a plan said was replaced before a moment, or ever; of work that was over then, whenever it was: who
    did it has one name in both.
    """
    if before is None:
        return assignment.c.until_version.is_not(None)
    old = sa.select(publication.c.version).where(publication.c.published_at < before)
    replaced = assignment.c.until_version.is_not(None) & assignment.c.task_id.in_(_done(before))
    return assignment.c.until_version.in_(old) | replaced


def _done(before: datetime) -> Any:
    return sa.select(actual.c.task_id).where(actual.c.ended_at < before)


def _at(moment: "sa.Column[Any]", before: datetime | None) -> sa.ColumnElement[bool]:
    return sa.true() if before is None else moment < before


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
