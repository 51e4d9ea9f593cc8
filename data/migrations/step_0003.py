"""Published plans, and what outlets have yet to be told of them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from data.store.tables import Utc

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes the tables, their indexes and the views."""
    _make_runs()
    _make_assignment()
    _make_outbox()
    last = "SELECT run_id, MAX(version) AS version FROM publication GROUP BY run_id"
    op.execute(
        "CREATE VIEW runs AS SELECT r.run_id, r.as_of, r.folder, r.objective, r.bound, r.gain_gap, p.version, "
        f"p.published_at FROM run r LEFT JOIN ({last}) l ON l.run_id = r.run_id "
        "LEFT JOIN publication p ON p.version = l.version"
    )
    op.execute(
        "CREATE VIEW assignments AS SELECT l.run_id, a.task_id, a.agent_id, a.start_at, a.end_at, a.state "
        f"FROM ({last}) l JOIN assignment a ON a.from_version <= l.version "
        "AND (a.until_version IS NULL OR a.until_version > l.version) "
        "AND (a.state = 'planned' OR a.from_version = l.version)"
    )


def _make_runs() -> None:
    op.create_table(
        "run",
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("as_of", Utc, nullable=False),
        sa.Column("horizon_end", Utc, nullable=False),
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("objective", sa.Double, nullable=False),
        sa.Column("bound", sa.Double),
        sa.Column("gain_gap", sa.Double),
        sa.PrimaryKeyConstraint("run_id", name="pk_run"),
    )
    op.create_table(
        "publication",
        sa.Column("version", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("published_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_publication"),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name="fk_publication_run_id"),
    )


def _planned() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("agent_id", sa.Text),
        sa.Column("sequence", sa.BigInteger),
        sa.Column("start_at", Utc),
        sa.Column("end_at", Utc),
        sa.Column("state", sa.Text, nullable=False),
    )


def _make_assignment() -> None:
    op.create_table(
        "assignment",
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("from_version", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("until_version", sa.BigInteger),
        *_planned(),
        sa.PrimaryKeyConstraint("task_id", "from_version", name="pk_assignment"),
    )
    current = sa.text("until_version IS NULL")
    op.create_index("ix_assignment_from_version", "assignment", ["from_version"])
    op.create_index("ix_assignment_until_version", "assignment", ["until_version"])
    op.create_index(
        "ix_assignment_agent_id", "assignment", ["agent_id"], sqlite_where=current, postgresql_where=current
    )


def _make_outbox() -> None:
    op.create_table(
        "outlet",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("handed_at", Utc),
        sa.Column("error", sa.Text),
        sa.PrimaryKeyConstraint("name", name="pk_outlet"),
    )
    op.create_table(
        "outbox",
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        *_planned(),
        sa.PrimaryKeyConstraint("outlet", "task_id", name="pk_outbox"),
    )
    op.create_table(
        "handed",
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("digest", sa.Text),
        sa.PrimaryKeyConstraint("outlet", "item", name="pk_handed"),
    )
