"""In SQLite, the index of operations by task has those that came together in one place.

Whatever comes in about tasks of all ages was written to as many pages of that index as it had operations.
"""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Makes the index anew, in parts that are each sorted by task: of 2^18 operations up to 2^22, then of 2^22.

    Who looks for a task looks into each part, so there may not be many.
    """
    if op.get_bind().dialect.name != "sqlite":
        return
    op.drop_index("ix_event_task_id", "event")
    part = "CASE WHEN event_id < 1 << 22 THEN event_id >> 18 ELSE 15 + (event_id >> 22) END"
    op.execute(f"CREATE INDEX ix_event_task_id ON event ({part}, task_id)")
    # SQLite looks into each part for a task only if it is told that there are few: parts of 250,000, two rows a task
    op.execute("ANALYZE ix_event_task_id")
    op.execute("DELETE FROM sqlite_stat1 WHERE idx = 'ix_event_task_id'")
    op.execute("INSERT INTO sqlite_stat1 VALUES ('event', 'ix_event_task_id', '1000000 250000 2')")
    op.execute("ANALYZE sqlite_master")  # which reads them again
