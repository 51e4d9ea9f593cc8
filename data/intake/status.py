"""The status of each source: its last event, and the outcomes of its operations."""

import threading
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.numbers import last_number
from data.store.tables import AnyRow, event, progress, verdict


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


class OperationCounts:
    """Counts the operations of each source by their present outcome.

    The first time every operation in the store is looked at, then only those that have come since: an operation never
    changes, and what has another outcome now is in a table of its own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self._arrived: Counter[tuple[str, str]] = Counter()

    def count(self, connection: Connection) -> dict[str, dict[str, int]]:
        """The numbers by source and outcome, in a read transaction."""
        with self._lock:
            self._look_at_newer(connection)
            if self._arrived.total() != connection.execute(sa.select(sa.func.count()).select_from(event)).scalar_one():
                self._last, self._arrived = 0, Counter()  # old ones have been forgotten
                self._look_at_newer(connection)
            now = self._arrived.copy()
        # from the few to the many: joined the other way round, all operations would be looked at
        changed = verdict.outerjoin(event, event.c.event_id == verdict.c.event_id)
        for source, before, after, number in _counted(connection, changed, *_OUTCOME, verdict.c.outcome):
            now[source, before] -= number
            now[source, after] += number
        counts: dict[str, dict[str, int]] = defaultdict(dict)
        for (source, outcome), number in (+now).items():
            counts[source][outcome] = number
        return counts

    def _look_at_newer(self, connection: Connection) -> None:
        last = last_number(connection, event.c.event_id)
        if last > self._last:
            newer = event.c.event_id.between(self._last + 1, last)
            for source, outcome, number in _counted(connection, event, *_OUTCOME, where=newer):
                self._arrived[source, outcome] += number
            self._last = last


_OUTCOME = (event.c.source, event.c.outcome)


def _counted(
    connection: Connection, rows: sa.FromClause, *columns: "sa.Column[str]", where: sa.ColumnElement[bool] | None = None
) -> Sequence[AnyRow]:
    chosen = sa.select(*columns, sa.func.count()).select_from(rows).group_by(*columns)
    return connection.execute(chosen if where is None else chosen.where(where)).all()


def source_status(
    connection: Connection,
    max_ages: Mapping[str, timedelta | None],
    now: datetime,
    counting: OperationCounts | None = None,
) -> Sequence[SourceStatus]:
    """The status of the sources in ``max_ages``, then of all others that the store knows.

    ``counting`` counts their operations; without it there are no numbers.
    """
    counts = {} if counting is None else counting.count(connection)
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


def source_moments(connection: Connection) -> dict[str, datetime]:
    """When each source has last brought something: what has not changed when these have not."""
    chosen = sa.select(progress.c.source, progress.c.last_event_at).where(progress.c.last_event_at.is_not(None))
    return {row.source: row.last_event_at for row in connection.execute(chosen)}
