"""In SQLite, the index of operations by task has those that came together in one place.

Whatever comes in about tasks of all ages was written to as many pages of that index as it had operations.
"""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Makes the index anew: in parts of 262,144 operations, each of them sorted by task."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.drop_index("ix_event_task_id", "event")
    op.execute("CREATE INDEX ix_event_task_id ON event (event_id >> 18, task_id)")
    # SQLite looks into each part for a task only if it is told that there are few: parts of 250,000, two rows a task
    op.execute("ANALYZE ix_event_task_id")
    op.execute("DELETE FROM sqlite_stat1 WHERE idx = 'ix_event_task_id'")
    op.execute("INSERT INTO sqlite_stat1 VALUES ('event', 'ix_event_task_id', '1000000 250000 2')")
    op.execute("ANALYZE sqlite_master")  # which reads them again
