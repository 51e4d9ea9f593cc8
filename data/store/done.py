"""What was done, and what published plans said of it."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.rows import among
from data.store.tables import actual, assignment, publication

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


def read_actuals(connection: Connection, since: datetime, until: datetime | None = None) -> pl.DataFrame:
    """The work that ended from a moment until another, exclusive, by end and task."""
    chosen = sa.select(*(actual.c[name] for name in ACTUAL)).where(actual.c.ended_at >= since)
    if until is not None:
        chosen = chosen.where(actual.c.ended_at < until)
    rows = [tuple(row) for row in connection.execute(chosen)]
    return pl.DataFrame(rows, schema=ACTUAL, orient="row").sort("ended_at", "task_id")


def read_planned(connection: Connection, task_ids: Sequence[str]) -> pl.DataFrame:
    """What published plans said of tasks, each with when it was published and when another plan said otherwise."""
    after = publication.alias("after")
    a = assignment.c
    columns = (a.task_id, a.agent_id, a.start_at, a.end_at, a.state, publication.c.published_at, after.c.published_at)
    joined = assignment.join(publication, publication.c.version == a.from_version)
    joined = joined.outerjoin(after, after.c.version == a.until_version)
    chosen = sa.select(*columns).select_from(joined).where(among(connection, a.task_id, list(task_ids)))
    return pl.DataFrame([tuple(row) for row in connection.execute(chosen)], schema=_PLANNED, orient="row")
