"""History: key figures of runs and of days, what was done, and targets."""

import sqlalchemy as sa
from alembic import op

from data.store.tables import Utc

revision = "0006"
down_revision = "0004"


def upgrade() -> None:
    """Makes the tables, their indexes and the views."""
    op.add_column("run", sa.Column("number", sa.BigInteger))
    op.create_index("ix_run_number", "run", ["number"], unique=True)
    op.create_index("ix_run_as_of", "run", ["as_of"])
    _make_figures()
    _make_actual()
    op.create_table(
        "target",
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("measure", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("value", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("level", "key", "measure", "valid_from", name="pk_target"),
    )
    op.execute(
        "CREATE VIEW kpis AS SELECT r.run_id, r.as_of, f.level, f.key, f.measure, k.value FROM kpi k "
        "JOIN run r ON r.number = k.number JOIN figure f ON f.figure_id = k.figure_id"
    )
    op.execute("CREATE VIEW actuals AS SELECT task_id, agent_id, started_at, ended_at, minutes, result FROM actual")
    op.execute("CREATE VIEW targets AS SELECT level, key, measure, value, valid_from, valid_to FROM target")


def _make_figures() -> None:
    op.create_table(
        "figure",
        sa.Column("figure_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("measure", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("figure_id", name="pk_figure"),
    )
    op.create_index("uq_figure_name", "figure", ["level", "measure", "key"], unique=True)
    op.create_table(
        "kpi",
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("figure_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("number", "figure_id", name="pk_kpi"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "day",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("as_of", Utc, nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_day"),
    )
    op.create_table(
        "kpi_day",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("figure_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("day", "figure_id", name="pk_kpi_day"),
        sqlite_with_rowid=False,
    )


def _make_actual() -> None:
    op.create_table(
        "actual",
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
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
        sa.PrimaryKeyConstraint("task_id", "number", name="pk_actual"),
    )
    op.create_index("ix_actual_ended_at", "actual", ["ended_at"])
    op.create_index("ix_actual_agent_id", "actual", ["agent_id"])
    op.create_table(
        "reached",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("event_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_reached"),
    )
