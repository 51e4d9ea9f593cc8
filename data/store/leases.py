"""Tasks handed out one by one: what may be handed to somebody, and who has what until when.

All of it in the transaction of the caller. What is done with a task is an operation, see `data.act_on_tasks`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.publications import PLANNED
from data.store.rows import among
from data.store.tables import STATUS_OF_NAMED, AnyRow, Utc, assignment, declined, lease, task

_MOST = 500
_QUEUED, _ASSIGNED, _BEGUN = "queued", "assigned", ("in_progress", "completed")
_WAITS = ("held", "errorheld")


@dataclass(frozen=True)
class OpenTask:
    """A task that nobody has, or this agent; ``sequence`` to ``end_at`` are of the plan, where it has the task for the
    agent.
    """

    task_id: str
    status: str
    process: str | None
    skills: str | None
    due_at: datetime | None
    not_before: datetime | None
    expires_at: datetime | None
    sequence: int | None = None
    start_at: datetime | None = None
    end_at: datetime | None = None

    def is_due_now(self, now: datetime) -> bool:
        """Whether work on it may be done now (H4), and still pays (H5)."""
        begun = self.not_before is None or self.not_before <= now
        return begun and (self.expires_at is None or self.expires_at > now)


@dataclass(frozen=True, kw_only=True)
class Lease:
    """A task that somebody was handed."""

    task_id: str
    agent_id: str
    package: str
    planned: bool
    assigned: bool
    leased_at: datetime
    lease_until: datetime


_AGENT, _VERSION = sa.bindparam("agent", type_=sa.Text), sa.bindparam("version", type_=sa.BigInteger)
_VALUES = tuple(
    task.c[name] for name in ("task_id", "status", "process", "skills", "due_at", "not_before", "expires_at")
)
_OPEN: Any = sa.select(*_VALUES).where(
    (STATUS_OF_NAMED == _QUEUED) | ((STATUS_OF_NAMED == _ASSIGNED) & (task.c.agent_id == _AGENT)),
    ~sa.exists().where(lease.c.task_id == task.c.task_id),
    ~sa.exists().where(
        declined.c.task_id == task.c.task_id, declined.c.agent_id == _AGENT, declined.c.version == _VERSION
    ),
)
_PLANNED: Any = (
    _OPEN.add_columns(assignment.c.sequence, assignment.c.start_at, assignment.c.end_at)
    .join_from(assignment, task, task.c.task_id == assignment.c.task_id)
    .where(assignment.c.until_version.is_(None), assignment.c.agent_id == _AGENT, assignment.c.state == PLANNED)
    .order_by(assignment.c.sequence)
)
_LEASED: Any = sa.select(lease, task.c.status, task.c.agent_id.label("holder")).join(
    task, task.c.task_id == lease.c.task_id
)
"""Leases with what has become of their tasks."""
_CAME_TO_SOMETHING = (task.c.status != _ASSIGNED) | task.c.agent_id.is_distinct_from(lease.c.agent_id)
_TO_SETTLE: Any = (
    _LEASED.where(
        (lease.c.lease_until <= sa.bindparam("now", type_=Utc)) | ((lease.c.agent_id == _AGENT) & _CAME_TO_SOMETHING)
    )
    .order_by(lease.c.lease_until)
    .limit(_MOST)
)


def planned_for(connection: Connection, agent_id: str, version: int, most: int | None) -> list[OpenTask]:
    """The open tasks that the current plan has for an agent, in its order; the first ``most``, or all."""
    asked = {"agent": agent_id, "version": version}
    chosen = _PLANNED if most is None else _PLANNED.limit(most)
    return [OpenTask(*row) for row in connection.execute(chosen, asked)]


def open_among(connection: Connection, agent_id: str, version: int, task_ids: Sequence[str]) -> list[OpenTask]:
    """Those of the tasks that are open for an agent, in their order."""
    chosen = _OPEN.where(among(connection, task.c.task_id, task_ids))
    found = {row[0]: OpenTask(*row) for row in connection.execute(chosen, {"agent": agent_id, "version": version})}
    return [found[name] for name in task_ids if name in found]


def add_leases(connection: Connection, leases: Sequence[Lease]) -> None:
    """Records that tasks were handed out; none of them may have a lease."""
    if leases:
        connection.execute(lease.insert(), [vars(one) for one in leases])


def lease_of(connection: Connection, task_id: str) -> tuple[Lease, bool] | None:
    """The lease of a task, and whether the task is assigned to who has it; ``None`` where it has no lease."""
    found = connection.execute(_LEASED.where(lease.c.task_id == task_id)).first()
    if found is None:
        return None
    return Lease(**{column.name: found._mapping[column.name] for column in lease.c}), _is_held_by(found)


def end_leases(connection: Connection, task_ids: Collection[str]) -> None:
    """Forgets leases."""
    if task_ids:
        connection.execute(lease.delete().where(lease.c.task_id.in_(list(task_ids))))


def settle_leases(connection: Connection, now: datetime, agent_id: str | None = None) -> list[str]:
    """Ends the leases that are over, and those of an agent that came to something; the tasks to be queued again.

    A lease is over when its time is, when the task is somebody else's or final, or when another of its package was
    begun. A task on hold keeps its lease until it is resumed: then it is seen what becomes of it.
    """
    rows = list(connection.execute(_TO_SETTLE, {"now": now, "agent": agent_id}))
    chosen_from = {row.package for row in rows if row.status in _BEGUN and row.holder == row.agent_id}
    if chosen_from:
        known = {row.task_id for row in rows}
        others = connection.execute(_LEASED.where(lease.c.package.in_(sorted(chosen_from))))
        rows += [row for row in others if row.task_id not in known]
    ended = [row for row in rows if row.status not in _WAITS and _is_over(row, now, chosen_from)]
    end_leases(connection, [row.task_id for row in ended])
    return [row.task_id for row in ended if _is_held_by(row) and row.assigned]


def _is_over(row: AnyRow, now: datetime, chosen_from: Collection[str]) -> bool:
    return row.lease_until <= now or not _is_held_by(row) or row.package in chosen_from


def _is_held_by(row: AnyRow) -> bool:
    return bool(row.status == _ASSIGNED and row.holder == row.agent_id)


def note_declined(
    connection: Connection, task_id: str, agent_id: str, version: int, reason: str, now: datetime
) -> None:
    """Records that somebody gave a task back."""
    connection.execute(
        declined.insert().values(task_id=task_id, agent_id=agent_id, version=version, reason=reason, declined_at=now)
    )


def leased_tasks(connection: Connection, now: datetime) -> tuple[dict[str, str], set[str]]:
    """The tasks that people have been handed, with who has them; and those whose leases are over but not settled."""
    rows = [row for row in connection.execute(_LEASED) if _is_held_by(row)]
    live = {row.task_id: row.agent_id for row in rows if row.lease_until > now}
    return live, {row.task_id for row in rows if row.lease_until <= now and row.assigned}
