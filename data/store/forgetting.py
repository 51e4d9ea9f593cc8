"""What is old, removed: days, published plans, and finished tasks with their operations."""

from collections.abc import Iterator
from datetime import date, datetime
from math import ceil

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.rows import among
from data.store.tables import (
    actual,
    assignment,
    day,
    declined,
    event,
    failure,
    kpi_day,
    lease,
    publication,
    reached,
    reject,
    run,
    task,
    verdict,
)

FINAL = ("completed", "canceled", "rejected")
"""The statuses of tasks that are closed."""
FORGOTTEN_PLANS = "plans are forgotten"
_AT_ONCE = 2000


def forget_days(connection: Connection, before: date, moment: datetime) -> int:
    """Removes the figures of days before one, and what was done before its ``moment``; how many days."""
    connection.execute(kpi_day.delete().where(kpi_day.c.day < before))
    connection.execute(actual.delete().where(actual.c.ended_at < moment))
    return connection.execute(day.delete().where(day.c.day < before)).rowcount


def forget_plans(connection: Connection, before: datetime) -> int:
    """Removes what published plans said that had been replaced before a moment; how many rows.

    What they said of work that was begun then stays as long as what was done. A publication stays while there is
    something that it said.
    """
    last = sa.select(sa.func.max(publication.c.version)).scalar_subquery()
    old = sa.select(publication.c.version).where(publication.c.published_at < before)
    gone_by = assignment.c.until_version.in_(old) & ~_said_of_work()
    removed = connection.execute(assignment.delete().where(gone_by)).rowcount
    _note_forgotten(connection, before)
    said = sa.select(assignment.c.from_version).union(
        sa.select(assignment.c.until_version).where(assignment.c.until_version.is_not(None))
    )
    gone = (publication.c.published_at < before) & (publication.c.version < last)
    connection.execute(publication.delete().where(gone, publication.c.version.not_in(said)))
    published = sa.exists().where(publication.c.run_id == run.c.run_id)
    connection.execute(run.delete().where(run.c.number.is_(None), run.c.as_of < before, ~published))
    return removed


def _said_of_work() -> sa.ColumnElement[bool]:
    """Whether a plan held when work on the task was begun."""
    said, replaced = publication.alias("said"), publication.alias("replaced")
    held = (actual.c.started_at >= said.c.published_at) & (actual.c.started_at < replaced.c.published_at)
    versions = (said.c.version == assignment.c.from_version) & (replaced.c.version == assignment.c.until_version)
    work = sa.select(actual.c.task_id).where(actual.c.task_id == assignment.c.task_id, versions, held)
    return (assignment.c.state == "planned") & work.correlate(assignment).exists()


def _note_forgotten(connection: Connection, before: datetime) -> None:
    """Keeps from when on plans are whole, in seconds since 1970."""
    moment = ceil(before.timestamp())
    known = connection.execute(sa.select(reached.c.event_id).where(reached.c.name == FORGOTTEN_PLANS)).scalar()
    connection.execute(reached.delete().where(reached.c.name == FORGOTTEN_PLANS))
    connection.execute(reached.insert().values(name=FORGOTTEN_PLANS, event_id=max(moment, known or moment)))


def forget_tasks(connection: Connection, before: datetime) -> int:
    """Removes tasks that were closed before a moment, with all their operations; how many tasks.

    The newest operation stays, with its task, so that no number is given twice. What was done stays.
    """
    count = 0
    for names in _closed(connection, before):
        of_tasks = sa.select(event.c.event_id).where(among(connection, event.c.task_id, names))
        repeated = sa.select(event.c.event_id).where(event.c.repeat_of.in_(of_tasks))
        for table in (failure, verdict, reject):
            for events in (repeated, of_tasks):
                connection.execute(table.delete().where(table.c.event_id.in_(events)))
        connection.execute(event.delete().where(event.c.repeat_of.in_(of_tasks)))
        connection.execute(event.delete().where(among(connection, event.c.task_id, names)))
        for table in (task, lease, declined):
            connection.execute(table.delete().where(among(connection, table.c.task_id, names)))
        count += len(names)
    return count


def _closed(connection: Connection, before: datetime) -> Iterator[list[str]]:
    newest = sa.select(event.c.task_id).order_by(event.c.event_id.desc()).limit(1).scalar_subquery()
    chosen = sa.select(task.c.task_id).where(closed_before(before), task.c.task_id != newest).order_by(task.c.task_id)
    names = list(connection.execute(chosen).scalars())
    yield from (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE))


def closed_before(moment: datetime) -> sa.ColumnElement[bool]:
    """Whether a task was closed before a moment."""
    return task.c.status.in_(FINAL) & (task.c.changed_at < moment)
