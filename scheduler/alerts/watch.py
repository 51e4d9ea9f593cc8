"""Alerts looked after: new runs and the clock are judged, one message is made of what begins to fire, and delivered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from data import AlertRow, Message
from models import RESOLVED
from scheduler.alerts.ages import ages_at, conditions_on_ages
from scheduler.alerts.conditions import Condition, conditions_of
from scheduler.alerts.delivery import Delivered, deliver
from scheduler.alerts.figures import Moment, moments, places_in, targets_on
from scheduler.alerts.places import Ancestors
from scheduler.alerts.states import move_on
from scheduler.alerts.telling import Telling, choose
from scheduler.alerts.words import message_content
from scheduler.config import AGES, Config, opened_store
from scheduler.intake import source_status
from scheduler.run.clock import now

if TYPE_CHECKING:
    from data import Connection, SourceStatus, Store

_PATIENCE_S = 60.0
AHEAD = timedelta(minutes=5)
"""How far the moment of a run may be ahead of the clock: what is planned for tomorrow is no news of today."""


@dataclass(frozen=True)
class Looked:
    """What came of looking: the open alerts, the message that was made, and what became of those to deliver."""

    alerts: Sequence[AlertRow]
    runs: int
    message: Message | None
    delivered: Sequence[Delivered]


def look(config: Config) -> Looked:
    """Looks at what is new since the last time, one process at a time.

    Raises:
        ConfigError, StoreError: there is no store, or it does not answer.
        LockError: another process has been at it for long.
    """
    from data import one_at_a_time

    with opened_store(config) as store, one_at_a_time(store, "alerts", _PATIENCE_S):
        alerts, runs, message = _judge(config, store, now())
        return Looked(alerts, runs, message, list(deliver(config, store)))


def _judge(config: Config, store: "Store", at: datetime) -> tuple[list[AlertRow], int, Message | None]:
    from data import note_seen, save_alerts

    sources = source_status(config, store)
    with store.writing() as connection:
        judged = judge_new(connection, config, sources, at)
        rows = save_alerts(connection, judged.rows)
        note_seen(connection, list(judged.runs.select("run_id", "as_of").iter_rows()))
        rows, message = _tell(connection, config, replace(judged, rows=rows), at)
    return [row for row in rows if row.state != RESOLVED], judged.runs.height, message


@dataclass(frozen=True)
class Judged:
    """Alerts after new runs and by the clock: those of before, and new ones; the runs, what their people belong to."""

    rows: Sequence[AlertRow]
    runs: pl.DataFrame
    ancestors: Ancestors


def judge_new(
    connection: "Connection",
    config: Config,
    sources: "Sequence[SourceStatus]",
    at: datetime,
    coming: Moment | None = None,
) -> Judged:
    """Judges the runs that alerts have not looked at, and the clock; ``coming`` is a run that is not kept yet."""
    from data import open_alerts, read_targets

    watched = [alert for alert in config.alert if alert.enabled and alert.measure not in AGES]
    runs, last = _new_runs(connection, at, max((alert.runs for alert in watched), default=1))
    before = open_alerts(connection)
    course = Course([row for row in before if row.measure not in AGES])
    course.end({(alert.name, alert.measure) for alert in watched}, at)
    ancestors: Ancestors = {}
    seen, targets = moments(connection, runs, {alert.measure for alert in watched}), read_targets(connection)
    for moment in chain(seen, [] if coming is None else [coming]):
        target = targets_on(targets, moment.as_of, config.timezone)
        ancestors = course.see(moment, conditions_of(watched, moment.figures, moment.ancestors, target))
    if watched and not ancestors and last is not None:
        ancestors = places_in(*last)
    by_clock = [row for row in before if row.measure in AGES]
    newest = _last_run(connection, at) if coming is None else coming.as_of
    aged = move_on(by_clock, conditions_on_ages(config), ages_at(sources, newest, at), at)
    return Judged([*course.over, *course.open, *map(_finite, aged)], runs, ancestors)


class Course:
    """Alerts on key figures from run to run: those that are open, and those that are over since the beginning."""

    def __init__(self, rows: Sequence[AlertRow] = ()) -> None:
        self.open = list(rows)
        self.over: list[AlertRow] = []

    def see(self, moment: Moment, conditions: Sequence[Condition]) -> Ancestors:
        """One more run; what its people belong to."""
        self._move(move_on(self.open, conditions, moment.figures, moment.as_of))
        return moment.ancestors

    def end(self, watched: Collection[tuple[str, str]], at: datetime) -> None:
        """Alerts are over whose name and measure are not watched any more; the others wait for a run."""
        left = [row for row in self.open if (row.name, row.measure) not in watched]
        still = [row for row in self.open if (row.name, row.measure) in watched]
        self._move([*still, *move_on(left, [], {}, at)])

    def _move(self, rows: Sequence[AlertRow]) -> None:
        self.open = [row for row in rows if row.state != RESOLVED]
        self.over += [row for row in rows if row.state == RESOLVED]


def _finite(row: AlertRow) -> AlertRow:
    return replace(row, value=None) if row.value == float("inf") else row


def _new_runs(connection: "Connection", at: datetime, most: int) -> tuple[pl.DataFrame, tuple[str, Path] | None]:
    """The runs that alerts have not looked at, by moment, and the last one there is.

    The first time these are the last ``most``: the past is not told.
    """
    from data import known_runs, seen_runs

    runs = known_runs(connection).filter(pl.col("as_of") <= at + AHEAD)
    last = None if not runs.height else (str(runs["run_id"][-1]), Path(str(runs["folder"][-1])))
    newest, seen = seen_runs(connection)
    if newest is None:
        return runs.tail(most), last
    return runs.filter((pl.col("as_of") >= newest) & ~pl.col("run_id").is_in(list(seen))), last


def _last_run(connection: "Connection", at: datetime) -> datetime | None:
    from data import known_runs

    moments_of_runs = known_runs(connection)["as_of"]
    return max((moment for moment in moments_of_runs if moment <= at + AHEAD), default=None)


def to_tell(connection: "Connection", config: Config, judged: Judged, at: datetime) -> Telling:
    """What is to be told of the alerts, and why the others are held back."""
    from data import names_told, silences_at

    begun, ended = day_of(at, config.timezone)
    today, silences = names_told(connection, begun, ended), silences_at(connection, at)
    return choose(judged.rows, judged.ancestors, silences, today, at, zone=config.timezone)


def _tell(
    connection: "Connection", config: Config, judged: Judged, at: datetime
) -> tuple[list[AlertRow], Message | None]:
    """Makes the message of what is to be told; the alerts as they are then."""
    from data import add_message, save_alerts

    telling = to_tell(connection, config, judged, at)
    after = save_alerts(connection, telling.rows)
    if not telling.told and not (telling.over and any(notify.resolved for notify in config.notify.values())):
        return after, None
    to = [name for name, notify in config.notify.items() if telling.told or notify.resolved]
    content = message_content(telling.told, telling.over, at, config.timezone)
    return after, add_message(connection, at, [row.name for row in telling.told], content, to)


def day_of(at: datetime, zone: str) -> tuple[datetime, datetime]:
    """When the day of a moment began and ends, by the clock of a time zone."""
    begun = at.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return begun, (begun + timedelta(days=1)).replace(hour=0)
