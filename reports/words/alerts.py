"""Alerts and targets in words: what messages, the board, the page and the workbook say of them."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from models import ENTERPRISE, FIRING, LEVELS, RED, RUN_AGE, SOURCE, SOURCE_AGE, AlertRecord, TargetRecord
from reports.words.kpi_names import level_title, measure_kind, measure_title
from reports.words.language import _, counted, listed, msg
from reports.words.wording import Unit, percent

_MOST = 20
"""Lines of one alert's name in a message."""

_WORDS = {
    "red": msg("red"),
    "yellow": msg("yellow"),
    "pending": msg("pending"),
    "firing": msg("firing"),
    "resolved": msg("resolved"),
}
_AGES = {SOURCE_AGE: msg("time since its last message"), RUN_AGE: msg("age of the last run")}


def alert_word(word: str) -> str:
    """A state or severity."""
    return _(_WORDS[word]) if word in _WORDS else word


def place_words(level: str, key: str, measure: str = "") -> str:
    """What a figure is about."""
    if measure == RUN_AGE:
        return _("Planner")
    if level == ENTERPRISE:
        return level_title(level)
    title = _("Source") if level == SOURCE else level_title(level)
    nameless = _(LEVELS[level].nameless) if level in LEVELS else ""
    return _("{level} {name}", level=title, name=key or nameless)


def watched_title(measure: str) -> str:
    """The name of a measure that is watched, an age among them."""
    return _(_AGES[measure]) if measure in _AGES else measure_title(measure)


def watched_value(value: float | None, measure: str) -> str:
    """A figure, or its threshold or target, never rounded to a whole number."""
    if measure in _AGES:
        return _("never") if value is None or math.isinf(value) else _length(value)
    if value is None:
        return _("none")
    if measure_kind(measure) is Unit.SHARE:
        return percent(round(100 * value, 2))
    text = f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"
    return _("{number} min", number=text) if measure_kind(measure) is Unit.MINUTES else text


def _length(minutes: float) -> str:
    hours, rest = divmod(round(minutes), 60)
    days, hours_left = divmod(hours, 24)
    if days:
        return _("{days} d {hours} h", days=days, hours=hours_left)
    return _("{hours} h {minutes} min", hours=hours, minutes=rest) if hours else _("{number} min", number=rest)


def alert_line(alert: AlertRecord, zone: str) -> str:
    """An alert in one line: what it is about, the figure, the threshold, since when."""
    said = _("{what}: {measure} {value}", **_figure(alert), value=watched_value(alert.value, alert.measure))
    if alert.threshold is not None:
        limit = watched_value(alert.threshold, alert.measure)
        said = _("{what} ({severity} at {limit})", what=said, severity=alert_word(alert.severity), limit=limit)
    return _("{what}, since {moment}", what=said, moment=_moment(alert.since, zone))


def target_line(target: TargetRecord) -> str:
    """A target in one line: what it is about, the figure, what it ought to be."""
    return _(
        "{what}: {measure} {value} (target {target})",
        what=place_words(target.level, target.key),
        measure=watched_title(target.measure),
        value=watched_value(target.value, target.measure),
        target=watched_value(target.target, target.measure),
    )


def _figure(alert: AlertRecord) -> dict[str, str]:
    return {
        "what": place_words(alert.level, alert.key, alert.measure),
        "measure": watched_title(alert.measure),
    }


def _moment(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def by_gravity(alerts: Iterable[AlertRecord]) -> list[AlertRecord]:
    """Alerts with the gravest first: firing before pending, red before yellow, then by name and place."""
    return sorted(alerts, key=lambda a: (a.state != FIRING, a.severity != RED, a.name, a.level, a.key))


@dataclass(frozen=True)
class AlertMessage:
    """A message about alerts, as people get it."""

    subject: str
    text: str


def alert_message(begun: Sequence[AlertRecord], over: Sequence[AlertRecord], zone: str) -> AlertMessage:
    """The message about what has begun to fire, and what is over."""
    subject = " ".join(_subject(begun, over).split())  # of a mail: one line, whatever is in a name
    return AlertMessage(subject, "\n".join(_lines(begun, over, zone)) + "\n")


def _subject(begun: Sequence[AlertRecord], over: Sequence[AlertRecord]) -> str:
    if not begun:
        return _("allot: over: {names}", names=_names(over))
    what = place_words(begun[0].level, begun[0].key, begun[0].measure)
    if len(begun) > 1:
        what = counted(len(begun), "{n} alert", "{n} alerts")
    worst = by_gravity(begun)[0].severity
    return _("allot, {severity}: {names} ({what})", severity=alert_word(worst), names=_names(begun), what=what)


def _names(alerts: Sequence[AlertRecord]) -> str:
    names = list(dict.fromkeys(alert.name for alert in alerts))
    return listed(names[:3], max(0, len(names) - 3))


def _lines(begun: Sequence[AlertRecord], over: Sequence[AlertRecord], zone: str) -> Iterator[str]:
    for (severity, name), group in groupby(by_gravity(begun), key=lambda alert: (alert.severity, alert.name)):
        yield _("{name}, {severity}:", name=name, severity=alert_word(severity))
        yield from _few([f"  {_numbered(alert)}{alert_line(alert, zone)}" for alert in group])
        yield ""
    if over:
        yield _("Over:")
        places = [(alert, place_words(alert.level, alert.key, alert.measure)) for alert in over]
        yield from _few([f"  {_numbered(alert)}" + _("{name}: {what}", name=alert.name, what=p) for alert, p in places])
        yield ""
    yield _("More about one: allot alerts show N. What you do about it is kept by: allot alerts act N TEXT --kind KIND")


def _numbered(alert: AlertRecord) -> str:
    return "" if alert.alert_id is None else f"{alert.alert_id}  "


def _few(lines: list[str]) -> list[str]:
    more = len(lines) - _MOST
    return [*lines[:_MOST], "  " + _("and {n} more", n=f"{more:,}")] if more > 0 else lines
