"""Tasks handed out one by one: who has which, until when, and what was declined."""

import sqlalchemy as sa
from alembic import op

from data.store.tables import Utc

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Makes the tables and their indexes."""
    op.create_table(
        "lease",
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("package", sa.Text, nullable=False),
        sa.Column("planned", sa.Boolean, nullable=False),
        sa.Column("assigned", sa.Boolean, nullable=False),
        sa.Column("leased_at", Utc, nullable=False),
        sa.Column("lease_until", Utc, nullable=False),
        sa.PrimaryKeyConstraint("task_id", name="pk_lease"),
    )
    op.create_index("ix_lease_agent_id", "lease", ["agent_id"])
    op.create_index("ix_lease_lease_until", "lease", ["lease_until"])
    op.create_table(
        "declined",
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("declined_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("task_id", "agent_id", "declined_at", name="pk_declined"),
    )
