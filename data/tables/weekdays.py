"""Parses weekdays and times of day, and converts wall-clock times to moments, also when the clock changes."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from data.tables.handwriting import plain_time
from models import Code, Message, UnreadableError

_NAMES = (
    "mon monday mo montag 周一 星期一 礼拜一",
    "tue tu tues tuesday di dienstag 周二 星期二 礼拜二",
    "wed we wednesday mi mittwoch 周三 星期三 礼拜三",
    "thu th thur thurs thursday do donnerstag 周四 星期四 礼拜四",
    "fri friday fr freitag 周五 星期五 礼拜五",
    "sat saturday sa samstag sonnabend 周六 星期六 礼拜六",
    "sun su sunday so sonntag 周日 星期日 星期天 周天 礼拜天",
)
_DAYS = {name: number for number, names in enumerate(_NAMES) for name in names.split()}
_ALL = {"daily", "every day", "täglich", "taeglich", "每天", "每日"}
_RANGE = re.compile(r"\s*(?:-|–|—|bis|to|至|到|~)\s*")
_BETWEEN = re.compile(r"\s*(?:[,;/+&、，]|\band\b|\bund\b|和|\s)\s*")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.：](\d\d)(?:[:.：](\d\d)(?:\.0+)?)?\s*(?:uhr|h)?|\s*(?:uhr|h))", re.IGNORECASE)
_DAY = timedelta(days=1)


def read_weekdays(text: str) -> frozenset[int]:
    """The weekdays of a text, Monday being 0: ``Mon``, ``Mo-Fr``, ``Mon, Wed``.

    Raises:
        UnreadableError: it names none, or something else.
    """
    if text.strip().casefold() in _ALL:
        return frozenset(range(7))
    days: set[int] = set()
    for part in _BETWEEN.split(_RANGE.sub("-", text.strip().casefold())):
        names = [name.strip(". ") for name in part.split("-", maxsplit=1)]
        if not all(name in _DAYS for name in names):
            raise UnreadableError(Message(Code.NOT_A_WEEKDAY, value=text))
        numbers = [_DAYS[name] for name in names]
        days |= {day % 7 for day in range(numbers[0], numbers[-1] + (7 if numbers[-1] < numbers[0] else 0) + 1)}
    return frozenset(days)


def read_clock(text: str) -> timedelta:
    """The time since midnight of a text such as ``08:00``; 24:00 is the day's end.

    Raises:
        UnreadableError: it is no time of day.
    """
    found = _CLOCK.fullmatch(plain_time(text.strip()))
    if found:
        hour, minute, second = (int(part or 0) for part in found.groups())
        length = timedelta(hours=hour, minutes=minute, seconds=second)
        if length <= _DAY and minute < 60 and second < 60:
            return length
    raise UnreadableError(Message(Code.NOT_A_CLOCK_TIME, value=text, example="08:00"))


def local_moment(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment in UTC of a wall-clock time: the first of two, or the moment of the change if it is skipped."""
    early, late = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early <= late:
        return early
    before, after = late, early  # the jump is after the one and not after the other
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
