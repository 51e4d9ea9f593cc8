"""Creates the task list, the operations it follows from, and their views."""

import sqlalchemy as sa
from alembic import op

from data.store.tables import NUMBER, Utc

revision = "0001"
down_revision = None

_TEXTS = ("process", "tenant", "department", "segment", "channel")
_TIMES = ("created_at", "due_at", "not_before", "expires_at")
_NUMBERS = ("value", "penalty", "minutes")


def upgrade() -> None:
    """Creates the tables, their indexes and the views."""
    _make_event()
    _make_outcomes()
    _make_task()
    op.create_table(
        "progress",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("cursor", sa.Text),
        sa.Column("last_event_at", Utc),
        sa.Column("last_read_at", Utc),
        sa.Column("error", sa.Text),
        sa.PrimaryKeyConstraint("source", name="pk_progress"),
    )
    op.execute(
        "CREATE VIEW task_list AS SELECT task_id, source, status, agent_id, process, tenant, department, segment, "
        "channel, created_at, due_at, not_before, expires_at, value, penalty, minutes, skills, requested_agent, "
        "extra, set_by, capture_id, changed_at FROM task"
    )
    op.execute(
        "CREATE VIEW operations AS SELECT e.source, e.key, e.task_id, e.operation, e.received_at, "
        "COALESCE(v.outcome, e.outcome) AS outcome, COALESCE(v.reason, e.reason) AS reason, e.event_id, e.version, "
        "e.at, e.agent_id FROM event e LEFT JOIN verdict v ON v.event_id = e.event_id"
    )
    _keep_events_as_they_are()


def _make_event() -> None:
    op.create_table(
        "event",
        sa.Column("event_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("repeat_of", sa.BigInteger),
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
        sa.PrimaryKeyConstraint("event_id", name="pk_event"),
        sa.ForeignKeyConstraint(["repeat_of"], ["event.event_id"], name="fk_event_repeat_of"),
    )
    first, early = sa.text("repeat_of IS NULL"), sa.text("outcome = 'early'")
    op.create_index("uq_event_key", "event", ["key", "source"], unique=True, sqlite_where=first, postgresql_where=first)
    op.create_index("ix_event_task_id", "event", ["task_id"])
    op.create_index("ix_event_early", "event", ["received_at"], sqlite_where=early, postgresql_where=early)


def _make_outcomes() -> None:
    op.create_table(
        "verdict",
        sa.Column("event_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("changed_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_verdict"),
        sa.ForeignKeyConstraint(["event_id"], ["event.event_id"], name="fk_verdict_event_id"),
    )
    op.create_table(
        "failure",
        sa.Column("event_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_failure"),
        sa.ForeignKeyConstraint(["event_id"], ["event.event_id"], name="fk_failure_event_id"),
    )


def _make_task() -> None:
    op.create_table(
        "task",
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("capture_id", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("agent_id", sa.Text),
        *(sa.Column(name, sa.Text) for name in _TEXTS),
        *(sa.Column(name, Utc) for name in _TIMES),
        *(sa.Column(name, sa.Double) for name in _NUMBERS),
        sa.Column("skills", sa.Text),
        sa.Column("requested_agent", sa.Text),
        sa.Column("extra", sa.Text, nullable=False),
        sa.Column("set_by", sa.Text, nullable=False),
        sa.Column("came", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("changed_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("task_id", name="pk_task"),
    )
    op.create_index("ix_task_status", "task", ["status"])


def _keep_events_as_they_are() -> None:
    """Makes the database refuse changes of operations that have arrived."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER event_stays BEFORE UPDATE ON event "
            "BEGIN SELECT RAISE(ABORT, 'rows of event are never changed'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION event_stays() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rows of event are never changed'; END $$"
    )
    op.execute("CREATE TRIGGER event_stays BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION event_stays()")
