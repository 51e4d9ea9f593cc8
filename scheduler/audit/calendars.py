"""Deadlines on business calendars, recomputed from the policy in ``run.json``, day by day.

A closed day has no open time from midnight to midnight, and no night begins on it. A night belongs to the weekday on
which it begins. A time that occurs twice means the earlier one; one that is skipped means the moment of the change. A
calendar ends with the year 2099; a task that would be due later has no deadline.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from models import CheckError
from scheduler.audit.span import micros

_LAST = date(2099, 12, 31)
_MIDNIGHT = 24 * 60
_TOKEN = re.compile(r"\d{1,2}(?:[:.：]\d\d)?|[^\W\d_]+|[-–—~]")
_DASHES = set("-–—~")
_ANY_DAY = {"daily", "täglich", "taeglich", "每天", "每日"}
_FILLERS = {"uhr", "h", "and", "und"}
_LATIN = {"mo": 0, "tu": 1, "di": 1, "we": 2, "mi": 2, "th": 3, "do": 3, "fr": 4, "sa": 5, "su": 6, "so": 6}
_CHINESE = dict(zip("一二三四五六日天", (0, 1, 2, 3, 4, 5, 6, 6), strict=True))


@dataclass
class Business:
    """One calendar: open stretches in microseconds since 1970, in order, as far as they were needed so far.

    ``week`` has for each weekday the minutes (from, to) since its midnight, the end of a night after 24 hours.
    ``total`` is the open time up to the end of each stretch, ``day`` the next one to be added.
    """

    week: Mapping[int, list[tuple[int, int]]]
    shut: set[date]
    codes: list[str]
    zone: ZoneInfo
    day: date = _LAST
    years: set[int] = field(default_factory=set)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    total: list[int] = field(default_factory=list)

    def due(self, created: int, length: int) -> int | None:
        """The moment at which that many open microseconds have passed; ``None`` after the last year."""
        if length == 0:
            return created
        while not self.ends or self.ends[-1] <= created:
            if not self._go_on():
                return None
        at = bisect_right(self.ends, created)
        before = self.total[at] - (self.ends[at] - max(self.starts[at], created))
        while self.total[-1] < before + length:
            if not self._go_on():
                return None
        reached = bisect_left(self.total, before + length)
        return self.ends[reached] - (self.total[reached] - before - length)

    def begin(self, created: int) -> None:
        """Begins with the day before this moment, the first that is asked about."""
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=created)
        self.day = min(_LAST, moment.date() - timedelta(days=2))

    def _go_on(self) -> bool:
        """Adds the stretches of one more day; false when there is none."""
        if self.day > _LAST:
            return False
        for year in {self.day.year, (self.day - timedelta(days=1)).year} - self.years:
            self.years.add(year)
            self.shut |= _public(self.codes, year)
        for start, end in self._minutes():
            first, last = self._moment(start), self._moment(end)
            if first < last:
                self.starts.append(first)
                self.ends.append(last)
                self.total.append((self.total[-1] if self.total else 0) + last - first)
        self.day += timedelta(days=1)
        return True

    def _minutes(self) -> list[tuple[int, int]]:
        """The minutes of the day that are open, in order and apart."""
        before = self.day - timedelta(days=1)
        if self.day in self.shut:
            return []
        minutes = [(start, min(end, _MIDNIGHT)) for start, end in self.week[self.day.weekday()]]
        if before not in self.shut:
            minutes += [(0, end - _MIDNIGHT) for _start, end in self.week[before.weekday()]]
        return _union(minutes)

    def _moment(self, minute: int) -> int:
        """The moment at which the clock shows so many minutes since the day's midnight."""
        shown = datetime.combine(self.day, time()) + timedelta(minutes=minute)
        moment = shown.replace(tzinfo=self.zone).astimezone(UTC)
        if moment.astimezone(self.zone).replace(tzinfo=None) != shown:  # skipped
            moment = shown.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
            offset = moment.astimezone(self.zone).utcoffset()
            while moment.astimezone(self.zone).utcoffset() == offset:
                moment += timedelta(seconds=1)
        return micros(moment)


def calendar_tables(run: Mapping[str, Any]) -> dict[str, Any]:
    """The calendars in the policy of ``run.json``."""
    tables = (run.get("policy") or {}).get("calendar", {})
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise CheckError("run.json: policy calendar is no table of calendars")
    return tables


def deadlines(tasks: pl.DataFrame, tables: Mapping[str, Any], timezone: str) -> pl.Series:
    """The moments at which tasks are due by their SLA, counted from ``created_at``, on a calendar if one applies.

    ``tasks`` has ``created_at``, ``sla`` in microseconds, ``calendar`` of the process and ``tenant``.

    Raises:
        CheckError: a calendar cannot be read.
    """
    plain = tasks["created_at"] + tasks["sla"].cast(pl.Duration("us"))
    of_tenant = {tenant: name for name, table in tables.items() for tenant in table.get("tenants", ())}
    usual = next((name for name, table in tables.items() if table.get("default")), None)
    if not tables or not (usual or of_tenant or tasks["calendar"].count()):
        return plain
    asked: dict[str, list[tuple[int, int, int]]] = {}
    columns = (tasks[name].to_physical() for name in ("calendar", "tenant", "created_at", "sla"))
    for row, (named, tenant, created, length) in enumerate(zip(*columns, strict=True)):
        name = named or of_tenant.get(tenant) or usual
        if name is not None and created is not None and length is not None:
            asked.setdefault(name, []).append((row, created, length))
    moments = plain.to_physical().to_list()
    for name, rows in asked.items():
        if name not in tables:
            raise CheckError(f"run.json: the policy has no calendar '{name}', and tasks count on it")
        business = _business(name, tables[name], timezone)
        business.begin(min(created for _row, created, _length in rows))
        for row, created, length in rows:
            moments[row] = business.due(created, length)
    return pl.Series(plain.name, moments, pl.Int64).cast(plain.dtype)


def _business(name: str, table: Mapping[str, Any], timezone: str) -> Business:
    try:
        closed = {date.fromisoformat(str(day)) for day in table.get("closed", ())}
        return Business(
            week=_week("; ".join(_texts(table["hours"]))),
            shut=closed,
            codes=_texts(table.get("holidays", [])),
            zone=ZoneInfo(table.get("timezone") or timezone),
        )
    except (KeyError, TypeError, ValueError, OSError) as problem:
        raise CheckError(f"run.json: the calendar '{name}' cannot be read: {problem!r}") from problem


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(text) for text in value]


def _week(text: str) -> dict[int, list[tuple[int, int]]]:
    """The minutes at which hours begin and end, by the weekday on which they begin."""
    found: dict[int, list[tuple[int, int]]] = {day: [] for day in range(7)}
    for days, start, end in _spans(text):
        for day in days:
            found[day].append((start, end if end > start else end + _MIDNIGHT))
    return found


def _union(pieces: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    union: list[tuple[int, int]] = []
    for start, end in sorted(piece for piece in pieces if piece[0] < piece[1]):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], end))
        else:
            union.append((start, end))
    return union


def _spans(text: str) -> Iterable[tuple[list[int], int, int]]:
    """Days with the minutes at which hours begin and end, as written one after the other."""
    text = text.strip().casefold().replace("every day", "daily")
    if text == "24/7":
        text = "00:00-24:00"
    text = re.sub("[至到]|\\b(?:bis|to)\\b", "-", text).replace("和", " ")
    days, new, through, clock = list(range(7)), True, False, list[int]()
    for token in _TOKEN.findall(text):
        if token[0].isdigit():
            hour, _, minute = token.replace("：", ":").replace(".", ":").partition(":")
            clock.append(60 * int(hour) + int(minute or 0))
            if len(clock) == 2:
                yield days, clock[0], clock[1]
                clock, new = [], True
        elif token in _DASHES:
            through = not clock
        elif token not in _FILLERS:
            named = _days(token)
            days = named if new else [*days, *(_days_between(days[-1], named[0]) if through else named)]
            new = through = False
    if clock:
        raise ValueError(f"hours '{text}'")


def _days(word: str) -> list[int]:
    if word in _ANY_DAY:
        return list(range(7))
    if word.startswith("sonna"):
        return [5]
    number = _CHINESE.get(word[-1], _LATIN.get(word[:2]))
    if number is None:
        raise ValueError(f"weekday '{word}'")
    return [number]


def _days_between(first: int, last: int) -> list[int]:
    return [day % 7 for day in range(first + 1, last + (8 if last < first else 1))]


def _public(codes: list[str], year: int) -> set[date]:
    """The public holidays of a year."""
    if not codes:
        return set()
    try:
        import holidays
    except ModuleNotFoundError as missing:
        raise CheckError(
            "the calendars of this run have holidays, which need a part that is not installed; "
            "install it with: pip install 'allot[calendars]'"
        ) from missing
    days: set[date] = set()
    for code in codes:
        country, _, part = code.partition("-")
        days.update(holidays.country_holidays(country, subdiv=part or None, years=year))
    return days
