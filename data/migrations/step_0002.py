"""Adds what sources need: unreadable rows, rows of full reads, and rows of people."""

import sqlalchemy as sa
from alembic import op

from data.store.tables import Utc

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Creates the tables."""
    op.create_table(
        "reject",
        sa.Column("event_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("retried_at", Utc),
        sa.PrimaryKeyConstraint("event_id", name="pk_reject"),
        sa.ForeignKeyConstraint(["event_id"], ["event.event_id"], name="fk_reject_event_id"),
    )
    op.create_table(
        "source_row",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("capture_id", sa.Text, nullable=False),
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("source", "capture_id", name="pk_source_row"),
    )
    op.create_table(
        "person_row",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("table_name", sa.Text, nullable=False),
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("source", "table_name", "number", name="pk_person_row"),
    )
    op.create_index("ix_person_row_key", "person_row", ["source", "table_name", "key"])
