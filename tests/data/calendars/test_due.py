"""Deadlines on calendars: a table worked out by hand, and any calendar against counting minute by minute."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.calendars import Calendars, due_moments, read_calendars
from scheduler.audit.calendars import deadlines
from tests.quick import tried

CALENDARS = {
    "bank": {"hours": "Mo-Fr 08:00-18:00", "holidays": "DE-BY", "closed": ["2026-12-24"]},
    "always": {"hours": "24/7"},
    "lunch": {"hours": "Mo-Do 08:00-12:00, 13:00-17:00; Freitag 08:00-12:00"},
    "night": {"hours": "Mon-Fri 22:00-06:00", "holidays": "DE-BY"},
    "watch": {"hours": "22:00-06:00"},
    "sunday": {"hours": "So 01:00-04:00"},
    "begins": {"hours": "So 02:30-05:00"},
    "ends": {"hours": "Su 00:00-02:30"},
    "shop": {"hours": ["Mo-Sa 09:00-20:00"], "holidays": "US", "timezone": "America/New_York"},
    "both": {"hours": "Mo-Fr 09:00-17:00", "holidays": ["DE-BY", "AT"]},
    "warsaw": {"hours": "Mo-Fr 08:00-16:00", "holidays": "PL", "timezone": "Europe/Warsaw"},
}
ZONE = "Europe/Berlin"

DATES = [
    line.split()
    for line in (Path(__file__).parent / "dates.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


def known() -> Calendars:
    calendars, faults = read_calendars(CALENDARS)
    assert faults == []
    return calendars


def moment(text: str, calendar: str) -> datetime | None:
    if text == "-":
        return None
    read = datetime.fromisoformat(text)
    zone = ZoneInfo(str(CALENDARS[calendar].get("timezone", ZONE)))
    return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)


def columns() -> tuple[pl.Series, pl.Series, pl.Series, list[datetime | None]]:
    names = pl.Series([name for name, *_ in DATES])
    created = pl.Series([moment(text, name) for name, text, _, _ in DATES], dtype=pl.Datetime("us", "UTC"))
    length = pl.Series([round(float(minutes) * 60_000_000) for _, _, minutes, _ in DATES])
    return names, created, length, [moment(text, name) for name, _, _, text in DATES]


def wrong(due: pl.Series) -> list[tuple[object, ...]]:
    expected = columns()[3]
    return [(*row, found) for row, found, right in zip(DATES, due, expected, strict=True) if found != right]


def test_dates_worked_out_by_hand():
    names, created, length, _ = columns()
    assert len(DATES) >= 200
    assert wrong(due_moments(known(), ZONE, names, created, length)) == []


def test_the_audit_works_out_the_same_dates_by_itself():
    names, created, length, _ = columns()
    tasks = pl.DataFrame({"created_at": created, "sla": length, "calendar": names}).with_columns(
        tenant=pl.lit(None, pl.String)
    )
    assert wrong(deadlines(tasks, CALENDARS, ZONE)) == []


def test_each_date_alone_is_the_same_as_all_together():
    names, created, length, expected = columns()
    for n in range(0, len(DATES), 9):
        alone = due_moments(known(), ZONE, names[n : n + 1], created[n : n + 1], length[n : n + 1])
        assert alone.to_list() == [expected[n]]


@pytest.mark.parametrize("missing", ["name", "created", "length"])
def test_what_is_missing_makes_no_deadline(missing):
    names = pl.Series([None if missing == "name" else "bank"], dtype=pl.String)
    created = pl.Series([None if missing == "created" else datetime(2026, 3, 2, 9, tzinfo=UTC)])
    length = pl.Series([None if missing == "length" else 60_000_000], dtype=pl.Int64)
    due = due_moments(known(), ZONE, names, created.cast(pl.Datetime("us", "UTC")), length)
    assert due.to_list() == [None]
    assert due.dtype == pl.Datetime("us", "UTC")


# minute by minute

DAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")


def minutes_open(
    spans: list[tuple[int, int, int]], closed: set[date], zone: ZoneInfo, begin: datetime
) -> Iterator[bool]:
    """Minute after minute from ``begin``, whether it is open."""
    shown = None
    for minute in range(60 * 24 * 40):
        local = (begin + timedelta(minutes=minute)).astimezone(zone)
        if not local.fold or shown is None:
            # in the hour that comes twice, hours that end in it ended the first time
            shown = local.replace(tzinfo=None) if not local.fold else before_the_second(local)
        yield any(covers(span, shown, closed) for span in spans)


def before_the_second(local: datetime) -> datetime:
    """The last minute that the clock showed before it was put back."""
    moment = local.astimezone(UTC)
    while moment.astimezone(local.tzinfo).fold:
        moment -= timedelta(minutes=1)
    return moment.astimezone(local.tzinfo).replace(tzinfo=None)


def covers(span: tuple[int, int, int], shown: datetime, closed: set[date]) -> bool:
    weekday, start, end = span
    minute, today = 60 * shown.hour + shown.minute, shown.date()
    if today in closed:
        return False
    if today.weekday() == weekday and start <= minute < (end if end > start else 1440):
        return True
    yesterday = today - timedelta(days=1)
    return end <= start and yesterday.weekday() == weekday and yesterday not in closed and minute < end


def counted(spans, closed, zone, created: datetime, minutes: int) -> datetime | None:
    if not minutes:
        return created
    for number, is_open in enumerate(minutes_open(spans, closed, zone, created), start=1):
        minutes -= is_open
        if not minutes:
            return created + timedelta(minutes=number)
    return None


CLOCK = st.integers(0, 95).map(lambda quarter: 15 * quarter)
SPANS = st.lists(st.tuples(st.integers(0, 6), CLOCK, CLOCK), min_size=1, max_size=6)
MOMENTS = st.sampled_from(("2026-03-25", "2026-10-21", "2026-03-04", "2026-04-01", "2026-09-30", "2026-10-30"))


@settings(max_examples=tried(40), deadline=None)
@given(
    SPANS,
    st.sampled_from(("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Asia/Kolkata")),
    MOMENTS,
    st.lists(st.tuples(st.integers(0, 7000), st.integers(0, 2000)), min_size=1, max_size=2),
    st.sets(st.integers(0, 12), max_size=3),
)
def test_any_calendar_is_counted_minute_by_minute(spans, zone, day, asked, away):
    first = datetime.fromisoformat(day).replace(tzinfo=UTC)
    closed = {(first + timedelta(days=n)).date() for n in away}
    texts = [f"{DAYS[d]} {s // 60:02}:{s % 60:02}-{e // 60:02}:{e % 60:02}" for d, s, e in spans]
    tables = {"any": {"hours": "; ".join(texts), "closed": sorted(str(day) for day in closed), "timezone": zone}}
    created = [first + timedelta(minutes=start) for start, _ in asked]
    expected = [
        counted(spans, closed, ZoneInfo(zone), begin, length) for begin, (_, length) in zip(created, asked, strict=True)
    ]
    frame = pl.DataFrame({"created_at": created, "sla": [60_000_000 * length for _, length in asked]}).with_columns(
        pl.col("created_at").cast(pl.Datetime("us", "UTC")), calendar=pl.lit("any"), tenant=pl.lit(None, pl.String)
    )
    calendars, faults = read_calendars(tables)
    assert faults == []
    due = due_moments(calendars, "UTC", frame["calendar"], frame["created_at"], frame["sla"]).to_list()
    audited = deadlines(frame, tables, "UTC").to_list()
    for right, ours, theirs in zip(expected, due, audited, strict=True):
        assert ours == theirs
        assert ours == right if right is not None else ours > first + timedelta(days=40)
