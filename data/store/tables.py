"""The tables of the store as they are now. The migrations create them; a test compares the two."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from data.tables.schemas import TABLES


class Utc(sa.TypeDecorator[datetime]):
    """A moment in UTC with microseconds. PostgreSQL stores the time zone, SQLite stores text without one."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[datetime]:
        """The database's own type."""
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """The moment as the database stores it."""
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
"""The columns of tasks that hold values. Each has a column of its own in the task list."""

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""A whole number as a key: in SQLite an INTEGER needs no index of its own."""

event = sa.Table(
    "event",
    METADATA,
    sa.Column("event_id", NUMBER, primary_key=True, autoincrement=False),
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
"""Operations, one row each, in the order of arrival. Rows are only added.

``content`` is the values as JSON, ``repeat_of`` the first arrival of the same key, ``outcome`` the outcome on arrival.
"""
sa.Index(
    "uq_event_key",
    event.c.key,  # first, or PostgreSQL reads everything that the source has sent
    event.c.source,
    unique=True,
    sqlite_where=event.c.repeat_of.is_(None),
    postgresql_where=event.c.repeat_of.is_(None),
)
sa.Index("ix_event_task_id", event.c.task_id)  # in SQLite in parts, by the time of arrival: migrations/step_0010.py
sa.Index(
    "ix_event_early",
    event.c.received_at,
    sqlite_where=event.c.outcome == "early",
    postgresql_where=event.c.outcome == "early",
)
WORKED = sa.text("(operation IN ('start', 'complete') OR status IN ('in_progress', 'completed'))")
"""Which operations can begin or end work: only tasks that have such a one can have been worked on."""
sa.Index("ix_event_worked", event.c.task_id, sqlite_where=WORKED, postgresql_where=WORKED)

verdict = sa.Table(
    "verdict",
    METADATA,
    sa.Column("event_id", sa.BigInteger, sa.ForeignKey("event.event_id"), primary_key=True, autoincrement=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("changed_at", Utc, nullable=False),
)
"""The present outcome of an operation, if later operations have changed the outcome on arrival."""

failure = sa.Table(
    "failure",
    METADATA,
    sa.Column("event_id", sa.BigInteger, sa.ForeignKey("event.event_id"), primary_key=True, autoincrement=False),
    sa.Column("rule", sa.Text, nullable=False),
)
"""The rule that failed on the values of an operation, and why."""

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
"""The task list, with the values after the rules.

As JSON: ``set_by`` names the rule that set each column, ``extra`` has all columns that are not columns of tasks,
``came`` has the values before the rules (empty where no rule has set a column), and ``state`` has whatever else the
fold needs to continue.
"""
sa.Index("ix_task_status", task.c.status)
TASK_OF_ANY = event.c.task_id.concat("")
"""The task, in a condition that most operations meet: to look each of so many tasks up takes longer than to look at all
operations.
"""
STATUS_OF_NAMED = task.c.status.concat("")
"""The status, in a condition on tasks that are named: by the index of it, SQLite would look through all waiting tasks
for a few names.
"""

progress = sa.Table(
    "progress",
    METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("cursor", sa.Text),
    sa.Column("last_event_at", Utc),
    sa.Column("last_read_at", Utc),
    sa.Column("error", sa.Text),
)
"""How far each source has been read: ``cursor`` is written by the source, as JSON; ``error`` is its last failure."""

reject = sa.Table(
    "reject",
    METADATA,
    sa.Column("event_id", sa.BigInteger, sa.ForeignKey("event.event_id"), primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text),
    sa.Column("retried_at", Utc),
)
"""Further data of refused operations: ``text`` is the row as received, if it could not be read; ``retried_at`` is when
it was tried again as a new operation.
"""

source_row = sa.Table(
    "source_row",
    METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("capture_id", sa.Text, primary_key=True),
    sa.Column("task_id", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)
"""The rows of the last full read of each source; a row that the next read lacks is missing."""

person_row = sa.Table(
    "person_row",
    METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
)
"""The rows of sources of people, as JSON, in their order; ``table_name`` is a table of the snapshot."""
sa.Index("ix_person_row_key", person_row.c.source, person_row.c.table_name, person_row.c.key)

run = sa.Table(
    "run",
    METADATA,
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("as_of", Utc, nullable=False),
    sa.Column("horizon_end", Utc, nullable=False),
    sa.Column("timezone", sa.Text, nullable=False),
    sa.Column("folder", sa.Text, nullable=False),
    sa.Column("objective", sa.Double, nullable=False),
    sa.Column("bound", sa.Double),
    sa.Column("gain_gap", sa.Double),
    sa.Column("number", sa.BigInteger),
)
"""Runs that are known here, each with the folder it was in last; those whose key figures are kept have a number."""
sa.Index("ix_run_number", run.c.number, unique=True)
sa.Index("ix_run_as_of", run.c.as_of)

publication = sa.Table(
    "publication",
    METADATA,
    sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("run_id", sa.Text, sa.ForeignKey("run.run_id"), nullable=False),
    sa.Column("published_at", Utc, nullable=False),
)
"""Published runs in their order; the one of the highest version is current. A run may be published again later."""

assignment = sa.Table(
    "assignment",
    METADATA,
    sa.Column("task_id", sa.Text, primary_key=True),
    sa.Column("from_version", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("until_version", sa.BigInteger),
    sa.Column("agent_id", sa.Text),
    sa.Column("sequence", sa.BigInteger),
    sa.Column("start_at", Utc),
    sa.Column("end_at", Utc),
    sa.Column("state", sa.Text, nullable=False),
)
"""What published plans say of a task: planned for somebody, or withdrawn. A row holds from one version until another,
exclusive; until none yet in the current plan. So a plan costs what it changes.
"""
_OPEN = assignment.c.until_version.is_(None)
sa.Index("ix_assignment_from_version", assignment.c.from_version)
sa.Index("ix_assignment_until_version", assignment.c.until_version)
sa.Index("ix_assignment_agent_id", assignment.c.agent_id, sqlite_where=_OPEN, postgresql_where=_OPEN)

outlet = sa.Table(
    "outlet",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("handed_at", Utc),
    sa.Column("error", sa.Text),
)
"""How far each outlet is: up to which version the differences were put into the outbox, when it was last handed all of
them, and why it could not be, if so.
"""

outbox = sa.Table(
    "outbox",
    METADATA,
    sa.Column("outlet", sa.Text, primary_key=True),
    sa.Column("task_id", sa.Text, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("agent_id", sa.Text),
    sa.Column("sequence", sa.BigInteger),
    sa.Column("start_at", Utc),
    sa.Column("end_at", Utc),
    sa.Column("state", sa.Text, nullable=False),
)
"""What outlets have yet to be told, or may not have been told: the newest of each task. A row goes when the other side
has it.
"""

handed = sa.Table(
    "handed",
    METADATA,
    sa.Column("outlet", sa.Text, primary_key=True),
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text),
)
"""What an outlet that is handed whole lists was handed last, by list; none while it is not known to have arrived."""

alert = sa.Table(
    "alert",
    METADATA,
    sa.Column("alert_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("measure", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("value", sa.Double),
    sa.Column("threshold", sa.Double),
    sa.Column("since", Utc, nullable=False),
    sa.Column("fired_at", Utc),
    sa.Column("until", Utc),
    sa.Column("broken", sa.BigInteger, nullable=False),
    sa.Column("red_runs", sa.BigInteger, nullable=False),
    sa.Column("calm", sa.BigInteger, nullable=False),
    sa.Column("told", sa.Text),
    sa.Column("held", sa.Text),
)
"""Alerts, a row from when a figure is first beyond its threshold until it is over.

``broken``, ``red_runs`` and ``calm`` count runs in a row: beyond the threshold, beyond the red one, and not. ``told``
is the severity of which people were told, ``held`` why they were not.
"""
sa.Index(
    "uq_alert_open",
    alert.c.name,
    alert.c.level,
    alert.c.key,
    unique=True,
    sqlite_where=alert.c.until.is_(None),
    postgresql_where=alert.c.until.is_(None),
)

alert_run = sa.Table(
    "alert_run",
    METADATA,
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("as_of", Utc, nullable=False),
)
"""The runs whose figures alerts have looked at."""
sa.Index("ix_alert_run_as_of", alert_run.c.as_of)

action = sa.Table(
    "action",
    METADATA,
    sa.Column("action_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("alert_id", sa.BigInteger, sa.ForeignKey("alert.alert_id"), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
"""What people did about an alert."""
sa.Index("ix_action_alert_id", action.c.alert_id)

silence = sa.Table(
    "silence",
    METADATA,
    sa.Column("silence_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text),
    sa.Column("level", sa.Text),
    sa.Column("key", sa.Text),
    sa.Column("since", Utc, nullable=False),
    sa.Column("until", Utc, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
"""What nobody is told of for a time: alerts with this name, level and key, each where it is given."""

message = sa.Table(
    "message",
    METADATA,
    sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("names", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
)
"""Messages about alerts, as JSON: ``names`` are those of the alerts that begin to fire."""
sa.Index("ix_message_at", message.c.at)

message_outbox = sa.Table(
    "message_outbox",
    METADATA,
    sa.Column("notify", sa.Text, primary_key=True),
    sa.Column("message_id", sa.BigInteger, sa.ForeignKey("message.message_id"), primary_key=True, autoincrement=False),
    sa.Column("tries", sa.BigInteger, nullable=False),
    sa.Column("error", sa.Text),
)
"""What somebody has yet to be told, or may not have been told. A row goes when the other side has it."""

lease = sa.Table(
    "lease",
    METADATA,
    sa.Column("task_id", sa.Text, primary_key=True),
    sa.Column("agent_id", sa.Text, nullable=False),
    sa.Column("package", sa.Text, nullable=False),
    sa.Column("planned", sa.Boolean, nullable=False),
    sa.Column("assigned", sa.Boolean, nullable=False),
    sa.Column("leased_at", Utc, nullable=False),
    sa.Column("lease_until", Utc, nullable=False),
)
"""The tasks that were handed out and not begun yet: a task has one lease at most.

Those of a ``package`` were handed out together, to choose one. ``planned``: the plan had it for this agent.
``assigned``: it was assigned when it was handed out, so it goes back into the queue when the lease ends.
"""
sa.Index("ix_lease_agent_id", lease.c.agent_id)
sa.Index("ix_lease_lease_until", lease.c.lease_until)

declined = sa.Table(
    "declined",
    METADATA,
    sa.Column("task_id", sa.Text, primary_key=True),
    sa.Column("agent_id", sa.Text, primary_key=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("declined_at", Utc, primary_key=True),
)
"""Who gave which task back and why, under which version of the plan: they do not get it again under the same."""

figure = sa.Table(
    "figure",
    METADATA,
    sa.Column("figure_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("measure", sa.Text, nullable=False),
)
"""The names of key figures, numbered: other tables have the numbers."""
sa.Index("uq_figure_name", figure.c.level, figure.c.measure, figure.c.key, unique=True)

kpi = sa.Table(
    "kpi",
    METADATA,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("figure_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("value", sa.Double, nullable=False),
    sqlite_with_rowid=False,
)
"""The key figures of a run, which is named by its number, without those of single people."""

day = sa.Table(
    "day",
    METADATA,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("run_id", sa.Text, nullable=False),
    sa.Column("as_of", Utc, nullable=False),
)
"""The run that stands for a day: its last one. It may have been removed since."""

kpi_day = sa.Table(
    "kpi_day",
    METADATA,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("figure_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("value", sa.Double, nullable=False),
    sqlite_with_rowid=False,
)
"""The key figures of a day, those of its last run, without those of slices of the horizon. They outlive runs."""

actual = sa.Table(
    "actual",
    METADATA,
    sa.Column("task_id", sa.Text, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("agent_id", sa.Text),
    sa.Column("started_at", Utc),
    sa.Column("ended_at", Utc),
    sa.Column("minutes", sa.Double),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("process", sa.Text),
    sa.Column("skills", sa.Text),
    sa.Column("standard_minutes", sa.Double),
    sa.Column("created_at", Utc),
    sa.Column("due_at", Utc),
)
"""What was done: a row for each time that somebody worked on a task, numbered within the task.

``minutes`` is from start to end without the time on hold. What follows ``result`` is what the task says.
"""
sa.Index("ix_actual_ended_at", actual.c.ended_at)
sa.Index("ix_actual_agent_id", actual.c.agent_id)

reached = sa.Table(
    "reached",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("event_id", sa.BigInteger, nullable=False),
)
"""Up to which event something has been worked out, or up to which moment it has been removed."""

target = sa.Table(
    "target",
    METADATA,
    sa.Column("level", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("measure", sa.Text, primary_key=True),
    sa.Column("valid_from", sa.Date, primary_key=True),
    sa.Column("valid_to", sa.Date),
    sa.Column("value", sa.Double, nullable=False),
)
"""What a figure ought to be, from one day to another, both inclusive; until further notice without the second."""

AnyRow = sa.Row[*tuple[Any, ...]]
"""A row of any columns."""
