"""The tables of the store. What a migration makes is told here once more: a test compares the two."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from data.tables.schemas import TABLES


class Utc(sa.TypeDecorator[datetime]):
    """A moment in UTC with microseconds; PostgreSQL knows time zones, SQLite keeps text without one."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[datetime]:
        """The database's own type."""
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """The moment as it is kept."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """The moment in UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


METADATA = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

_TYPES: dict[str, type[sa.types.TypeEngine[Any]]] = {
    "text": sa.Text,
    "requirement": sa.Text,
    "time": Utc,
    "number": sa.Double,
}

TASK_COLUMNS = tuple(c for c in TABLES["tasks"].columns if c.name not in ("task_id", "status", "agent_id"))
"""The columns of tasks that are values, and have a column of their own in the task list."""

event = sa.Table(
    "event",
    METADATA,
    sa.Column("event_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("repeat_of", sa.BigInteger, sa.ForeignKey("event.event_id")),
    sa.Column("task_id", sa.Text, nullable=False),
    sa.Column("capture_id", sa.Text, nullable=False),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("version", sa.BigInteger),
    sa.Column("at", Utc),
    sa.Column("agent_id", sa.Text),
    sa.Column("status", sa.Text),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("person", sa.Boolean, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
    sa.Column("reopen", sa.Boolean, nullable=False),
    sa.Column("fault", sa.Text),
    sa.Column("received_at", Utc, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
"""One row an operation, in the order of arrival. Rows are only added.

``content`` is its values as JSON; ``repeat_of`` the first arrival of the same key; ``outcome`` what became of it
when it arrived.
"""
sa.Index(
    "uq_event_key",
    event.c.key,  # first: PostgreSQL would else read all that a source has sent
    event.c.source,
    unique=True,
    sqlite_where=event.c.repeat_of.is_(None),
    postgresql_where=event.c.repeat_of.is_(None),
)
sa.Index("ix_event_task_id", event.c.task_id)
sa.Index(
    "ix_event_early",
    event.c.received_at,
    sqlite_where=event.c.outcome == "early",
    postgresql_where=event.c.outcome == "early",
)

verdict = sa.Table(
    "verdict",
    METADATA,
    sa.Column("event_id", sa.BigInteger, sa.ForeignKey("event.event_id"), primary_key=True, autoincrement=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("changed_at", Utc, nullable=False),
)
"""What became of an operation since it arrived, where later ones have changed that."""

failure = sa.Table(
    "failure",
    METADATA,
    sa.Column("event_id", sa.BigInteger, sa.ForeignKey("event.event_id"), primary_key=True, autoincrement=False),
    sa.Column("rule", sa.Text, nullable=False),
)
"""The rule that could not be worked out for what an operation brought, and why."""

task = sa.Table(
    "task",
    METADATA,
    sa.Column("task_id", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("capture_id", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("agent_id", sa.Text),
    *(sa.Column(column.name, _TYPES[column.kind]) for column in TASK_COLUMNS),
    sa.Column("extra", sa.Text, nullable=False),
    sa.Column("set_by", sa.Text, nullable=False),
    sa.Column("came", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("changed_at", Utc, nullable=False),
)
"""The task list. Values are those after the rules; ``set_by`` says which rule set what, ``extra`` has the columns that
tasks do not have, ``came`` the values as they came (empty where no rule has set any: they are those of the columns) and
``state`` the rest of what the fold goes on from, all as JSON.
"""
sa.Index("ix_task_status", task.c.status)

progress = sa.Table(
    "progress",
    METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("cursor", sa.Text),
    sa.Column("last_event_at", Utc),
    sa.Column("last_read_at", Utc),
    sa.Column("error", sa.Text),
)
"""How far each source has been read: ``cursor`` is the source's own note, as JSON; ``error`` why it cannot be read."""

reject = sa.Table(
    "reject",
    METADATA,
    sa.Column("event_id", sa.BigInteger, sa.ForeignKey("event.event_id"), primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text),
    sa.Column("retried_at", Utc),
)
"""What is known of refused operations besides: the row as it came where it could not be read, and that it was tried
again, as a new operation.
"""

source_row = sa.Table(
    "source_row",
    METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("capture_id", sa.Text, primary_key=True),
    sa.Column("task_id", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)
"""The rows of sources that are read in full, as they were read last: what is not there any more is missing."""

person_row = sa.Table(
    "person_row",
    METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
)
"""The rows of sources of people, as JSON, in their order; ``table_name`` is one of the tables of a snapshot."""
sa.Index("ix_person_row_key", person_row.c.source, person_row.c.table_name, person_row.c.key)

AnyRow = sa.Row[*tuple[Any, ...]]
"""A row of any columns."""
