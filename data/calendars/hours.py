"""Opening hours as people write them: ``Mo-Fr 08:00-18:00``, ``Mo-Th 8:00-12:00, 13:00-17:00; Fr 8:00-12:00``."""

import re
from dataclasses import dataclass
from datetime import timedelta

from data.tables.weekdays import read_clock, read_weekdays

_CLOCK = r"\d{1,2}(?:[:.：]\d\d)?(?:\s*(?:uhr|h)\b)?"
_SPAN = re.compile(rf"({_CLOCK})\s*(?:-|–|—|bis|to|至|到|~)\s*({_CLOCK})(?![\d:.：])", re.IGNORECASE)
_BETWEEN = re.compile(r"^[\s,;:&/+、，；：]*(?:\b(?:and|und)\b\s*)?|[\s,;:&/+、，；：]+$", re.IGNORECASE)
_ALWAYS = "24/7"
_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """Opening hours on a weekday (Monday is 0), from ``start`` to ``end`` (exclusive), measured from midnight.

    ``carried`` marks the rest of a night that began on the day before.
    """

    weekday: int
    start: timedelta
    end: timedelta
    carried: bool = False


def read_hours(text: str) -> tuple[Span, ...]:
    """The spans in a text, sorted; a night is cut at midnight. Hours without days apply to every day.

    Raises:
        ValueError: the text cannot be understood; the message quotes the part.
    """
    if text.strip() == _ALWAYS:
        return tuple(Span(day, timedelta(0), _DAY) for day in range(7))
    days, spans, read = frozenset(range(7)), list[Span](), 0
    for found in _SPAN.finditer(text):
        named = _BETWEEN.sub("", text[read : found.start()])
        days = read_weekdays(named) if named else days
        start, end = _times(found)
        for day in days:
            spans += _within_days(day, start, end)
        read = found.end()
    rest = _BETWEEN.sub("", text[read:])
    if rest or not spans:
        raise ValueError(f"'{rest or text}' is not opening hours; write them like Mo-Fr 08:00-18:00")
    return tuple(sorted(set(spans)))


def _times(found: re.Match[str]) -> tuple[timedelta, timedelta]:
    """Start and end of a span; for a night, the end is later than 24 hours."""
    start, end = read_clock(found[1]), read_clock(found[2])
    if start == _DAY:
        raise ValueError(f"'{found[0]}' begins where the day ends; write 00:00 of the next day")
    return start, end if end > start else end + _DAY


def _within_days(day: int, start: timedelta, end: timedelta) -> list[Span]:
    if end <= _DAY:
        return [Span(day, start, end)]
    night = [Span(day, start, _DAY), Span((day + 1) % 7, timedelta(0), end - _DAY, carried=True)]
    return [span for span in night if span.start < span.end]
