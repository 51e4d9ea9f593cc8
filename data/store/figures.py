"""Key figures and targets of runs as alerts read them, from the views that other programs may rely on."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.tables import Utc

_RUNS = sa.table("runs", sa.column("run_id", sa.Text), sa.column("as_of", Utc), sa.column("folder", sa.Text))
_KPIS = sa.table(
    "kpis",
    sa.column("run_id", sa.Text),
    sa.column("as_of", Utc),
    *(sa.column(name, sa.Text) for name in ("level", "key", "measure")),
    sa.column("value", sa.Double),
)


@dataclass(frozen=True)
class RunMoment:
    """A run, its moment, and the folder it was in last."""

    run_id: str
    as_of: datetime
    folder: Path


def runs_between(connection: Connection, since: datetime | None, until: datetime) -> list[RunMoment]:
    """The runs from ``since`` to ``until``, both inclusive, by their moments."""
    chosen = sa.select(_RUNS).where(_RUNS.c.as_of <= until)
    if since is not None:
        chosen = chosen.where(_RUNS.c.as_of >= since)
    rows: Any = connection.execute(chosen.order_by(_RUNS.c.as_of, _RUNS.c.run_id))
    return [RunMoment(row.run_id, row.as_of, Path(row.folder)) for row in rows]


def latest_runs(connection: Connection, count: int, until: datetime) -> list[RunMoment]:
    """The last runs up to a moment, by their moments."""
    chosen = sa.select(_RUNS).where(_RUNS.c.as_of <= until)
    rows: Any = connection.execute(chosen.order_by(_RUNS.c.as_of.desc(), _RUNS.c.run_id.desc()).limit(count))
    return [RunMoment(row.run_id, row.as_of, Path(row.folder)) for row in rows][::-1]


def figures_of(connection: Connection, run_id: str, measures: Collection[str]) -> Iterator[tuple[str, str, str, float]]:
    """Measure, level, key and value of a run's figures; those of agents are in its folder alone."""
    chosen = sa.select(_KPIS.c.measure, _KPIS.c.level, _KPIS.c.key, _KPIS.c.value)
    rows: Any = connection.execute(chosen.where(_KPIS.c.run_id == run_id, _KPIS.c.measure.in_(list(measures))))
    for measure, level, key, value in rows:
        if value is not None:
            yield measure, level, key, value


def figure_over_time(
    connection: Connection, measure: str, level: str, key: str, since: datetime, until: datetime
) -> list[tuple[datetime, float]]:
    """A figure at the moments of all runs from ``since`` to ``until``, both inclusive."""
    same = (_KPIS.c.measure == measure) & (_KPIS.c.level == level) & (_KPIS.c.key == key)
    chosen = sa.select(_KPIS.c.as_of, _KPIS.c.value).where(same, _KPIS.c.as_of >= since, _KPIS.c.as_of <= until)
    rows: Any = connection.execute(chosen.order_by(_KPIS.c.as_of))
    return [(as_of, value) for as_of, value in rows if value is not None]
