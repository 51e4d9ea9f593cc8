"""What alerts would have sent: run by run through the history, with the same rules, and nothing is sent."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path

import polars as pl

from data import AlertRow
from models import AGENT, FIRING, OptionError, nearest
from scheduler.alerts.conditions import conditions_of
from scheduler.alerts.figures import moments, places_in, targets_on
from scheduler.alerts.places import Ancestors
from scheduler.alerts.telling import choose
from scheduler.alerts.watch import Course, day_of
from scheduler.config import AGES, AlertSection, Config, opened_store
from scheduler.run.clock import now


@dataclass(frozen=True)
class TriedMessage:
    """A message that would have been sent, and the alerts it would have been about."""

    at: datetime
    alerts: Sequence[AlertRow]


@dataclass(frozen=True)
class Trial:
    """What would have been sent over so many runs; ``fired`` counts by name how often an alert fired."""

    runs: int
    first: datetime | None
    last: datetime | None
    names: Sequence[str]
    messages: Sequence[TriedMessage]
    fired: Counter[str]
    firing: int
    said: Sequence[str]


def try_alerts(config: Config, names: Sequence[str] = (), *, since: datetime | None = None) -> Trial:
    """Tries the alerts of these names, or all, as if they were enabled, on the runs since a moment.

    Raises:
        OptionError: there is no alert of a name, or none at all.
        ConfigError, StoreError: there is no store, or it does not answer.
    """
    from data import known_runs, read_targets

    alerts = _chosen(config, names)
    tried = [alert for alert in alerts if alert.measure not in AGES]
    course, told, messages, fired = Course(), _Days(config.timezone), [], dict[int | None, str]()
    numbers = count(1)
    with opened_store(config) as store, store.reading() as connection:
        runs = known_runs(connection).filter(pl.col("as_of") <= now())
        runs = runs if since is None else runs.filter(pl.col("as_of") >= since)
        ancestors: Ancestors = places_in(*_last(runs)) if runs.height else {}
        targets = read_targets(connection)
        for moment in moments(connection, runs, {alert.measure for alert in tried}, people=False):
            target = targets_on(targets, moment.as_of, config.timezone)
            course.see(moment, conditions_of(tried, moment.figures, ancestors, target))
            course.open = [row if row.alert_id else replace(row, alert_id=next(numbers)) for row in course.open]
            fired |= {row.alert_id: row.name for row in course.open if row.fired_at}
            telling = choose(course.open, ancestors, [], told.counts(moment.as_of), moment.as_of)
            course.open = list(telling.rows)
            if telling.told:
                told.add(moment.as_of, {row.name for row in telling.told})
                messages.append(TriedMessage(moment.as_of, telling.told))
    firing = sum(row.state == FIRING for row in course.open)
    first, last = (runs["as_of"][0], runs["as_of"][-1]) if runs.height else (None, None)
    shown = list(dict.fromkeys(alert.name for alert in tried))
    return Trial(runs.height, first, last, shown, messages, Counter(fired.values()), firing, _said(alerts))


def _last(runs: pl.DataFrame) -> tuple[str, Path]:
    return str(runs["run_id"][-1]), Path(str(runs["folder"][-1]))


def _chosen(config: Config, names: Sequence[str]) -> list[AlertSection]:
    """The alerts of these names, or all, as if they were enabled."""
    known = list(dict.fromkeys(alert.name for alert in config.alert))
    if not known:
        raise OptionError(f"no alert is configured in {config.file}; add a section [[alert]]")
    for name in names:
        if name not in known:
            raise OptionError(f"there is no alert '{name}'{nearest(name, known)}; alerts: {', '.join(known)}")
    return [alert.model_copy(update={"enabled": True}) for alert in config.alert if not names or alert.name in names]


def _said(alerts: Sequence[AlertSection]) -> list[str]:
    """What the trial leaves out."""
    said = []
    clock = [alert.name for alert in alerts if alert.measure in AGES]
    if clock:
        said.append(f"ages are not in the history, and not tried: {', '.join(clock)}")
    if any(alert.level == AGENT or alert.inherit for alert in alerts):
        said.append("figures of single people are not in the history; what belongs to what is as in the last run")
    return said


class _Days:
    """In how many messages of a day each name was."""

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._days: dict[datetime, Counter[str]] = {}

    def counts(self, at: datetime) -> Counter[str]:
        """Of the day of a moment."""
        return self._days.setdefault(day_of(at, self._zone)[0], Counter())

    def add(self, at: datetime, names: set[str]) -> None:
        """One more message with these names."""
        self.counts(at).update(names)
