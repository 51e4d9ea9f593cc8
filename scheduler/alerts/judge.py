"""What came of an action: the figure before and after it, against the same hours of the four weeks before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from data import Action, AlertRow
from models import AGENT, OptionError
from scheduler.config import AGES, Config, opened_store
from scheduler.run.clock import now

if TYPE_CHECKING:
    from data import Connection

WEEKS = 4
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_OLDEST = timedelta(hours=6)
_WINDOWS = {"before": (-_OLDEST, timedelta(0)), "hour": (timedelta(0), _HOUR), "day": (_DAY - _OLDEST, _DAY)}
"""Where the value of each moment is looked for, from the action on: the last run in it, without its beginning."""


@dataclass(frozen=True)
class Seen:
    """A figure at the moment of a run."""

    at: datetime
    value: float


Course = dict[str, Seen | None]
"""The figure before, one hour after and one day after; ``None`` where there was no run."""


@dataclass(frozen=True)
class Judgement:
    """What the figure did after a moment, an action's or else the alert's own, and in each of the weeks before."""

    alert: AlertRow
    action: Action | None
    at: datetime
    course: Course
    weeks: Sequence[Course] = ()
    others: Sequence[Action] = field(default=())

    def change(self, until: str) -> float | None:
        """How the figure changed until the ``hour`` or ``day`` after."""
        return _change(self.course, until)

    def usual(self, until: str) -> list[float]:
        """How it changed in the weeks before, where that is known."""
        return [change for week in self.weeks if (change := _change(week, until)) is not None]


def _change(course: Course, until: str) -> float | None:
    before, after = course["before"], course[until]
    return None if before is None or after is None else after.value - before.value


def judge(config: Config, alert_id: int) -> list[Judgement]:
    """Judges each action on an alert; where there is none, what the figure did by itself.

    Raises:
        OptionError: there is no alert of the number, or the history has no values of what it is about.
        ConfigError, StoreError: there is no store, or it does not answer.
    """
    from data import actions_on

    with opened_store(config) as store, store.reading() as connection:
        row = required(connection, alert_id)
        _refuse_unknown(row)
        actions = actions_on(connection)
        own: list[Action | None] = [action for action in actions if action.alert_id == alert_id]
        return [_judged(connection, row, action, actions, config.timezone) for action in own or [None]]


def required(connection: "Connection", alert_id: int) -> AlertRow:
    """The alert of a number.

    Raises:
        OptionError: there is none.
    """
    from data import find_alert

    row = find_alert(connection, alert_id)
    if row is None:
        raise OptionError(f"there is no alert {alert_id}; `allot alerts list --all` shows them with their numbers")
    return row


def _refuse_unknown(row: AlertRow) -> None:
    why = None
    if row.measure in AGES:
        why = f"{row.measure} is read from the clock, and not kept"
    elif row.level == AGENT:
        why = "figures of single people are not kept"
    if why is not None:
        raise OptionError(f"alert {row.alert_id} cannot be judged: {why}")


def _judged(
    connection: "Connection", row: AlertRow, action: Action | None, actions: Sequence[Action], zone: str
) -> Judgement:
    from data import read_figures

    at = action.at if action is not None else row.fired_at or row.since
    local = at.astimezone(ZoneInfo(zone))
    weeks = [local - timedelta(weeks=number) for number in range(1, WEEKS + 1)]
    since, until = weeks[-1] - _DAY, min(at + _DAY, now())
    figures = read_figures(
        connection, row.level, row.key, row.measure, since=since, until=until + timedelta(microseconds=1)
    ).sort("as_of")
    others = [other for other in actions if other != action and abs(other.at - at) <= _DAY]
    courses = [_course(figures, moment) for moment in (at, *weeks)]
    return Judgement(row, action, at, courses[0], courses[1:], others)


def _course(figures: pl.DataFrame, at: datetime) -> Course:
    moment = at.astimezone(ZoneInfo("UTC"))
    return {name: _last(figures, moment + begin, moment + end) for name, (begin, end) in _WINDOWS.items()}


def _last(figures: pl.DataFrame, begin: datetime, end: datetime) -> Seen | None:
    found = figures.filter((pl.col("as_of") > begin) & (pl.col("as_of") <= end)).tail(1)
    return Seen(found["as_of"][0], found["value"][0]) if found.height else None


def unknowns(judged: Judgement) -> Iterator[str]:
    """What cannot be known from so little data, in words."""
    known = {until: len(judged.usual(until)) for until in ("hour", "day")}
    for until, words in (("hour", "one hour"), ("day", "one day")):
        if judged.change(until) is None:
            yield f"What it did until {words} after is not known: there is no run before, or none after."
        elif not known[until]:
            yield f"Whether it would have done the same by itself within {words} is not known: no week before has it."
    most = max(known.values())
    if most:
        yield (
            f"There are {most} weeks to compare with: even if the action does nothing, its change is the largest of "
            f"these {most + 1} one time in {most + 1}. So few cannot prove that it helped, nor how much."
        )
    yield (
        "An alert fires when a figure is unusually bad, and such a figure often comes back by itself: part of a change "
        "for the better would have come anyway."
    )
    if judged.others:
        numbers = ", ".join(str(other.action_id) for other in judged.others)
        yield f"Other actions within a day (number {numbers}) may have done it; they cannot be told apart."
    if judged.action is None:
        yield "No action is kept for this alert: this is what the figure did after it fired."
