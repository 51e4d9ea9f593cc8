"""What is told: one message for all that has begun to fire, held back where somebody knows already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from data import AlertRow, Silence
from models import FIRING, RED, RESOLVED
from reports import place_words
from scheduler.alerts.places import Ancestors

MOST_A_DAY = 2
"""Messages a day in which a name may be."""


@dataclass(frozen=True)
class Telling:
    """Who is told what: the alerts as they are now, and those of them the message is about."""

    rows: Sequence[AlertRow]
    told: Sequence[AlertRow] = ()
    over: Sequence[AlertRow] = ()


def choose(
    rows: Sequence[AlertRow],
    ancestors: Ancestors,
    silences: Sequence[Silence],
    told_today: Mapping[str, int],
    at: datetime,
    *,
    zone: str = "UTC",
) -> Telling:
    """Chooses what to tell of the alerts; each that is held back says why.

    An alert is told when it fires and, once more, when it turns red. ``told_today`` is in how many messages of this day
    each name was.
    """
    firing = {(row.measure, row.level, row.key): row for row in rows if row.state == FIRING}
    after, told = [], []
    for row in rows:
        if row.state != FIRING or row.told in (row.severity, RED):
            after.append(replace(row, held=None) if row.state == FIRING else row)
            continue
        held = _held(row, firing, ancestors, silences, told_today, at, zone)
        new = replace(row, held=held) if held else replace(row, held=None, told=row.severity)
        after.append(new)
        if not held:
            told.append(new)
    over = [row for row in after if row.state == RESOLVED and row.told is not None]
    return Telling(after, told, over)


def _held(
    row: AlertRow,
    firing: Mapping[tuple[str, str, str], AlertRow],
    ancestors: Ancestors,
    silences: Sequence[Silence],
    told_today: Mapping[str, int],
    at: datetime,
    zone: str,
) -> str | None:
    """Why an alert is not told now; ``None`` if it is."""
    for level, key in ancestors.get((row.level, row.key), ()):
        upper = firing.get((row.measure, level, key))
        if upper is not None:
            return f"'{upper.name}' fires for {place_words(level, key)}"
    for silence in silences:
        if silence.covers(row, at):
            return f"silenced until {silence.until.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    if told_today.get(row.name, 0) >= MOST_A_DAY:
        return f"'{row.name}' was in {MOST_A_DAY} messages today"
    return None
