"""Operations stay as they arrived, but for who is named in them: people may be given other names."""

from alembic import op

revision = "0008"
down_revision = "0007"

_STAYS = (
    '"event_id", "source", "key", "repeat_of", "task_id", "capture_id", "operation", "version", "at", "status", '
    '"person", "shared", "reopen", "fault", "received_at", "outcome"'
)


def upgrade() -> None:
    """Makes the trigger anew: agent_id, content and reason name people."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER event_stays")
        op.execute(
            f"CREATE TRIGGER event_stays BEFORE UPDATE OF {_STAYS} ON event "
            "BEGIN SELECT RAISE(ABORT, 'rows of event are never changed'); END"
        )
        return
    op.execute("DROP TRIGGER event_stays ON event")
    op.execute(
        f"CREATE TRIGGER event_stays BEFORE UPDATE OF {_STAYS} ON event FOR EACH ROW EXECUTE FUNCTION event_stays()"
    )
