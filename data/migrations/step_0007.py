"""Alerts, what was done about them, and messages with their outbox."""

import sqlalchemy as sa
from alembic import op

from data.store.tables import Utc

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Makes the tables, their indexes and the views."""
    _make_alerts()
    _make_actions()
    _make_messages()
    op.execute(
        "CREATE VIEW alerts AS SELECT alert_id, name, level, key, measure, value, state, since, until FROM alert "
        "WHERE state <> 'resolved' OR fired_at IS NOT NULL"
    )
    op.execute('CREATE VIEW actions AS SELECT action_id, alert_id, at, "by", kind, text FROM action')


def _make_alerts() -> None:
    op.create_table(
        "alert",
        sa.Column("alert_id", sa.BigInteger, autoincrement=False, nullable=False),
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
        sa.PrimaryKeyConstraint("alert_id", name="pk_alert"),
    )
    still = sa.text("until IS NULL")
    op.create_index(
        "uq_alert_open", "alert", ["name", "level", "key"], unique=True, sqlite_where=still, postgresql_where=still
    )
    op.create_table(
        "alert_run",
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("as_of", Utc, nullable=False),
        sa.PrimaryKeyConstraint("run_id", name="pk_alert_run"),
    )
    op.create_index("ix_alert_run_as_of", "alert_run", ["as_of"])


def _make_actions() -> None:
    op.create_table(
        "action",
        sa.Column("action_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("alert_id", sa.BigInteger, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("action_id", name="pk_action"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.alert_id"], name="fk_action_alert_id"),
    )
    op.create_index("ix_action_alert_id", "action", ["alert_id"])
    op.create_table(
        "silence",
        sa.Column("silence_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("level", sa.Text),
        sa.Column("key", sa.Text),
        sa.Column("since", Utc, nullable=False),
        sa.Column("until", Utc, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("silence_id", name="pk_silence"),
    )


def _make_messages() -> None:
    op.create_table(
        "message",
        sa.Column("message_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("names", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_message"),
    )
    op.create_index("ix_message_at", "message", ["at"])
    op.create_table(
        "message_outbox",
        sa.Column("notify", sa.Text, nullable=False),
        sa.Column("message_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("tries", sa.BigInteger, nullable=False),
        sa.Column("error", sa.Text),
        sa.PrimaryKeyConstraint("notify", "message_id", name="pk_message_outbox"),
        sa.ForeignKeyConstraint(["message_id"], ["message.message_id"], name="fk_message_outbox_message_id"),
    )
