"""Operations that can begin or end work are found by their task."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Makes the index."""
    worked = sa.text("(operation IN ('start', 'complete') OR status IN ('in_progress', 'completed'))")
    op.create_index("ix_event_worked", "event", ["task_id"], sqlite_where=worked, postgresql_where=worked)
