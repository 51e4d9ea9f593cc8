"""What was done, and what published plans said of it."""

from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.forgetting import FORGOTTEN_PLANS
from data.store.rows import among, read_frame
from data.store.tables import actual, assignment, publication, reached, task
from models import TASK_LEVELS

_TIME = pl.Datetime("us", "UTC")
ACTUAL = {
    **dict.fromkeys(("task_id", "agent_id"), pl.String()),
    **dict.fromkeys(("started_at", "ended_at"), _TIME),
    "minutes": pl.Float64(),
    **dict.fromkeys(("result", "process", "skills"), pl.String()),
    "standard_minutes": pl.Float64(),
    **dict.fromkeys(("created_at", "due_at"), _TIME),
}
_PLANNED = {
    **dict.fromkeys(("task_id", "planned_agent"), pl.String()),
    **dict.fromkeys(("planned_start", "planned_end"), _TIME),
    "state": pl.String(),
    **dict.fromkeys(("from_at", "until_at"), _TIME),
}

_TOLD = {
    **dict.fromkeys(("task_id", "agent_id"), pl.String()),
    "start_at": _TIME,
    "state": pl.String(),
    **dict.fromkeys(("from_version", "until_version"), pl.Int64()),
    **dict.fromkeys(("from_at", "until_at"), _TIME),
}


def read_actuals(connection: Connection, since: datetime, until: datetime | None = None) -> pl.DataFrame:
    """The work that ended from a moment until another, exclusive, by end and task."""
    chosen = sa.select(*(actual.c[name] for name in ACTUAL)).where(actual.c.ended_at >= since)
    if until is not None:
        chosen = chosen.where(actual.c.ended_at < until)
    return read_frame(connection, chosen, ACTUAL).sort("ended_at", "task_id")


def read_begun(connection: Connection, since: datetime) -> pl.DataFrame:
    """When tasks were first begun, or done where nobody said so, as far as that went on after a moment."""
    moment = sa.func.min(sa.func.coalesce(actual.c.started_at, actual.c.ended_at)).label("begun_at")
    lasts = actual.c.ended_at.is_(None) | (actual.c.ended_at >= since)
    chosen = sa.select(actual.c.task_id, moment).where(lasts).group_by(actual.c.task_id)
    return read_frame(connection, chosen, {"task_id": pl.String(), "begun_at": _TIME})


def read_planned(connection: Connection, task_ids: Sequence[str]) -> pl.DataFrame:
    """What published plans said of tasks, each with when it was published and when another plan said otherwise."""
    after = publication.alias("after")
    a = assignment.c
    columns = (a.task_id, a.agent_id, a.start_at, a.end_at, a.state, publication.c.published_at, after.c.published_at)
    joined = assignment.join(publication, publication.c.version == a.from_version)
    joined = joined.outerjoin(after, after.c.version == a.until_version)
    chosen = sa.select(*columns).select_from(joined).where(among(connection, a.task_id, list(task_ids)))
    return read_frame(connection, chosen, _PLANNED)


def plans_known_since(connection: Connection) -> datetime | None:
    """From when on all is kept that plans said; ``None`` if nothing has been removed."""
    chosen = sa.select(reached.c.event_id).where(reached.c.name == FORGOTTEN_PLANS)
    seconds = connection.execute(chosen).scalar()
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def read_told(connection: Connection, since: datetime) -> pl.DataFrame:
    """What published plans said of tasks and had said until a moment, or say still, by task and version.

    ``from_at`` is when it was published, ``until_at`` when another plan said otherwise, ``until_version`` which one.
    """
    after = publication.alias("after")
    a = assignment.c
    columns = (a.task_id, a.agent_id, a.start_at, a.state, a.from_version, a.until_version)
    joined = assignment.join(publication, publication.c.version == a.from_version)
    joined = joined.outerjoin(after, after.c.version == a.until_version)
    chosen = sa.select(*columns, publication.c.published_at, after.c.published_at).select_from(joined)
    chosen = chosen.where(after.c.published_at.is_(None) | (after.c.published_at >= since))
    return read_frame(connection, chosen, _TOLD).sort("task_id", "from_version")


def read_publications(connection: Connection, since: datetime) -> pl.DataFrame:
    """The plans that were published from a moment on: version, published_at."""
    chosen = sa.select(publication.c.version, publication.c.published_at).where(publication.c.published_at >= since)
    return read_frame(connection, chosen, {"version": pl.Int64(), "published_at": _TIME}).sort("version")


def read_kinds(connection: Connection, task_ids: Sequence[str]) -> pl.DataFrame:
    """What tasks belong to: task_id and its levels, as far as the task list still has it."""
    chosen = sa.select(task.c.task_id, *(task.c[level] for level in TASK_LEVELS))
    chosen = chosen.where(among(connection, task.c.task_id, list(task_ids)))
    return read_frame(connection, chosen, dict.fromkeys(("task_id", *TASK_LEVELS), pl.String()))
