"""Operations by people, who need not own the tasks."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.intake.actuals import note_actuals
from data.intake.apply import apply_operations
from data.intake.operations import BY_HAND, Operation, OperationKind, Outcome, Ruling
from data.store.tables import task


def act_on_tasks(
    connection: Connection,
    kind: OperationKind,
    task_ids: Sequence[str],
    *,
    by: str,
    now: datetime,
    agent_id: str | None = None,
    reopening: Collection[str] = (),
    ruling: Ruling | None = None,
) -> list[Outcome]:
    """Applies one operation of a person to each task, in a write transaction; returns the outcomes.

    ``by`` is recorded as who did it. ``reopening`` names the sources whose final tasks may be restarted.
    """
    owners: dict[str, str] = {}
    if reopening:
        owned = sa.select(task.c.task_id, task.c.source).where(task.c.task_id.in_(task_ids))
        owners = {row.task_id: row.source for row in connection.execute(owned)}
    operations = [
        Operation(
            source=BY_HAND,
            key=f"{by} {uuid4()}",
            kind=kind,
            task_id=name,
            received_at=now,
            agent_id=agent_id,
            person=True,
            reopen=owners.get(name) in reopening,
        )
        for name in task_ids
    ]
    outcomes = apply_operations(connection, operations, ruling=ruling, keys_are_new=True)
    note_actuals(connection, task_ids)
    return outcomes
