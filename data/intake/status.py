"""The status of each source: its last event, and the outcomes of its operations."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.tables import event, progress, verdict


@dataclass(frozen=True)
class SourceStatus:
    """The status of a source. ``age`` is the time since its last event, ``error`` why its last read failed.

    ``counts`` is the number of operations by present outcome, where they were counted. ``stale``: its age exceeds its
    ``max_age``.
    """

    source: str
    last_event: datetime | None
    last_read: datetime | None
    age: timedelta | None
    stale: bool
    error: str | None
    counts: Mapping[str, int] = field(default_factory=dict)


def is_stale(age: timedelta | None, max_age: timedelta | None) -> bool:
    """Whether news of this age is older than it may be; without an age there has never been any."""
    return max_age is not None and (age is None or age > max_age)


def source_status(
    connection: Connection, max_ages: Mapping[str, timedelta | None], now: datetime, *, counted: bool = False
) -> Sequence[SourceStatus]:
    """The status of the sources in ``max_ages``, then of all others that the store knows.

    ``counted``: with the numbers of operations, for which every operation in the store is looked at.
    """
    counts = _counts(connection) if counted else {}
    known = {row.source: row for row in connection.execute(sa.select(progress))}
    found = []
    for name in dict.fromkeys([*max_ages, *sorted(known)]):
        row = known.get(name)
        last = row.last_event_at if row is not None else None
        age = None if last is None else max(timedelta(0), now - last)
        stale = is_stale(age, max_ages.get(name))
        read, error = (row.last_read_at, row.error) if row is not None else (None, None)
        found.append(SourceStatus(name, last, read, age, stale, error, counts.get(name, {})))
    return found


def _counts(connection: Connection) -> dict[str, dict[str, int]]:
    outcome = sa.func.coalesce(verdict.c.outcome, event.c.outcome).label("outcome")
    joined = event.outerjoin(verdict, verdict.c.event_id == event.c.event_id)
    chosen = sa.select(event.c.source, outcome, sa.func.count()).select_from(joined).group_by(event.c.source, outcome)
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for source, name, count in connection.execute(chosen):
        counts[source][name] = count
    return counts


def source_moments(connection: Connection) -> dict[str, datetime]:
    """When each source has last brought something: what has not changed when these have not."""
    chosen = sa.select(progress.c.source, progress.c.last_event_at).where(progress.c.last_event_at.is_not(None))
    return {row.source: row.last_event_at for row in connection.execute(chosen)}
