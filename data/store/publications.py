"""Published plans: which is the current one, what it says of each task, and how a newer one takes its place."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.numbers import last_number
from data.store.rows import among, insert_rows, read_frame
from data.store.tables import assignment, publication, run
from models import RunRecord

PLANNED, WITHDRAWN = "planned", "withdrawn"
_NAMED = ("task_id", "state")

_TIME = pl.Datetime("us", "UTC")
_OPEN = assignment.c.until_version.is_(None)

ASSIGNMENT = {
    "task_id": pl.String(),
    "agent_id": pl.String(),
    "sequence": pl.Int64(),
    "start_at": _TIME,
    "end_at": _TIME,
    "state": pl.String(),
}
"""What a plan says of a task: all but the state are empty where it is withdrawn."""


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A published run. Its folder may have been removed or replaced since."""

    version: int
    run_id: str
    folder: Path
    as_of: datetime
    horizon_end: datetime
    timezone: str
    published_at: datetime


@dataclass(frozen=True)
class Published:
    """What came of publishing: ``changed`` tasks are planned otherwise than before, ``withdrawn`` not any more.

    ``is_new`` is false where the run was the current one already.
    """

    publication: Publication
    is_new: bool
    planned: int
    changed: int = 0
    withdrawn: int = 0


def current_publication(connection: Connection) -> Publication | None:
    """The publication of the highest version; ``None`` before the first."""
    chosen = sa.select(publication, run).join_from(publication, run).order_by(publication.c.version.desc()).limit(1)
    row: Any = connection.execute(chosen).first()
    if row is None:
        return None
    return Publication(
        version=row.version,
        run_id=row.run_id,
        folder=Path(row.folder),
        as_of=row.as_of,
        horizon_end=row.horizon_end,
        timezone=row.timezone,
        published_at=row.published_at,
    )


def planned_work(connection: Connection, agent_id: str | None = None) -> pl.DataFrame:
    """The tasks of the current plan with the columns of ``ASSIGNMENT``, by agent and sequence; those of an agent, or
    all.
    """
    chosen = _current().where(assignment.c.state == PLANNED).order_by(assignment.c.agent_id, assignment.c.sequence)
    if agent_id is not None:
        chosen = chosen.where(assignment.c.agent_id == agent_id)
    return read_frame(connection, chosen, ASSIGNMENT)


def publish_plan(
    connection: Connection, record: RunRecord, folder: Path, plan: pl.DataFrame, now: datetime
) -> Published:
    """Makes a run the current one. The current one again is no change, but for where its folder is.

    ``plan`` has the columns of plan.parquet.
    """
    before, version = read_frame(connection, _current(), ASSIGNMENT), last_version(connection)
    after = _of_plan(plan)
    changed, gone = _differences(before, after)
    current = current_publication(connection)
    keep_run(connection, record, folder)
    if current is not None and current.run_id == record.run_id and not changed.height and not gone.height:
        return Published(current, is_new=False, planned=after.height)
    version += 1
    connection.execute(publication.insert().values(version=version, run_id=record.run_id, published_at=now))
    over = pl.concat([gone["task_id"], changed["task_id"]]).to_list()
    ended = assignment.update().where(_OPEN, among(connection, assignment.c.task_id, over))
    connection.execute(ended.values(until_version=version))
    rows = pl.concat([changed, gone]).with_columns(pl.lit(version).cast(pl.Int64).alias("from_version"))
    insert_rows(connection, assignment, rows)
    made = current_publication(connection)
    assert made is not None
    return Published(made, is_new=True, planned=after.height, changed=changed.height, withdrawn=gone.height)


def _current() -> Any:  # the type of a choice of columns counts them
    return sa.select(*(assignment.c[name] for name in ASSIGNMENT)).where(_OPEN)


def last_version(connection: Connection) -> int:
    """The version of the current plan, 0 before the first."""
    return last_number(connection, publication.c.version)


def _of_plan(plan: pl.DataFrame) -> pl.DataFrame:
    moments = (pl.col(name).dt.convert_time_zone("UTC").dt.cast_time_unit("us") for name in ("start_at", "end_at"))
    return plan.select(
        "task_id", "agent_id", pl.col("sequence").cast(pl.Int64), *moments, pl.lit(PLANNED).alias("state")
    )


def _differences(before: pl.DataFrame, after: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tasks that are planned otherwise than before, and those that are not planned any more."""
    known = before.rename({name: f"{name}_before" for name in ASSIGNMENT if name != "task_id"})
    joined = after.join(known, on="task_id", how="left", maintain_order="left")
    other = (pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in ASSIGNMENT if name != "task_id")
    gone = before.filter(pl.col("state") == PLANNED).join(after, on="task_id", how="anti")
    withdrawn = gone.select(
        "task_id",
        *(pl.lit(None, dtype=dtype).alias(name) for name, dtype in ASSIGNMENT.items() if name not in _NAMED),
        pl.lit(WITHDRAWN).alias("state"),
    )
    return joined.filter(pl.any_horizontal(*other)).select(*ASSIGNMENT), withdrawn


def keep_run(connection: Connection, record: RunRecord, folder: Path) -> None:
    """Notes that a run is known here, and where its folder is."""
    known = run.c.run_id == record.run_id
    values = {
        "as_of": record.as_of,
        "horizon_end": record.horizon_end,
        "timezone": record.timezone,
        "folder": str(folder),
        "objective": record.objective,
        "bound": record.bound,
        "gain_gap": record.gain_gap,
    }
    if connection.execute(run.update().where(known).values(**values)).rowcount == 0:
        connection.execute(run.insert().values(run_id=record.run_id, **values))
