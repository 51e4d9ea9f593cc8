"""What each outlet has yet to be told of the current plan: the newest of each task, until the other side has it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from data.store.publications import ASSIGNMENT, PLANNED, last_version
from data.store.rows import among, read_frame
from data.store.tables import assignment, handed, outbox, outlet

HANDED = {"task_id": ASSIGNMENT["task_id"], "version": pl.Int64(), **ASSIGNMENT}
"""What an outlet is told of a task: the version of the plan, and what that says."""


def fill_outbox(connection: Connection, name: str, *, whole: bool = False) -> int:
    """Puts what is new since the last time into an outlet's outbox; the version of the current plan.

    That is 0 before the first. ``whole``: everything, as if the outlet knew nothing or had lost it.
    """
    current = last_version(connection)
    known = connection.execute(sa.select(outlet.c.version).where(outlet.c.name == name)).scalar()
    if known is None:
        connection.execute(outlet.insert().values(name=name, version=current))
    elif known < current:
        connection.execute(outlet.update().where(outlet.c.name == name).values(version=current))
    new = assignment.c.until_version.is_(None) & (assignment.c.from_version > (0 if whole else known or 0))
    if not known:  # it has been told of nothing that could be withdrawn
        new &= assignment.c.state == PLANNED
    columns: dict[str, Any] = {
        "outlet": sa.literal(name, sa.Text),
        "version": sa.literal(current, sa.BigInteger),
        **{column: assignment.c[column] for column in ASSIGNMENT},
    }
    rows = sa.select(*columns.values()).where(new)
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    put = insert(outbox).from_select(list(columns), rows)
    others = {column: put.excluded[column] for column in columns if column not in ("outlet", "task_id")}
    connection.execute(put.on_conflict_do_update(index_elements=["outlet", "task_id"], set_=others))
    return current


def waiting_rows(connection: Connection, name: str) -> pl.DataFrame:
    """What an outlet has yet to be told, with the columns of ``HANDED``, by task."""
    chosen = sa.select(*(outbox.c[column] for column in HANDED)).where(outbox.c.outlet == name)
    return read_frame(connection, chosen, HANDED).sort("task_id")


def count_waiting(connection: Connection, name: str) -> int:
    """How many tasks an outlet has yet to be told of."""
    counted = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.outlet == name)
    return connection.execute(counted).scalar_one()


def settle(connection: Connection, name: str, rows: pl.DataFrame) -> None:
    """Notes that the other side has these rows."""
    theirs = (outbox.c.outlet == name) & among(connection, outbox.c.task_id, rows["task_id"].to_list())
    connection.execute(outbox.delete().where(theirs))


def note_handed(connection: Connection, name: str, now: datetime, fault: str | None) -> None:
    """Notes that an outlet was handed all that waited, or why it could not be."""
    values = {"error": fault} if fault else {"error": None, "handed_at": now}
    connection.execute(outlet.update().where(outlet.c.name == name).values(**values))


def handed_lists(connection: Connection, name: str) -> Mapping[str, str | None]:
    """The digest of each list as the outlet has it; ``None`` where that is not known."""
    return dict(connection.execute(sa.select(handed.c.item, handed.c.digest).where(handed.c.outlet == name)).all())


def note_list(connection: Connection, name: str, item: str, digest: str | None) -> None:
    """Notes the digest of a list that the outlet has now; ``None`` before it is sent."""
    theirs = (handed.c.outlet == name) & (handed.c.item == item)
    if connection.execute(handed.update().where(theirs).values(digest=digest)).rowcount == 0:
        connection.execute(handed.insert().values(outlet=name, item=item, digest=digest))
