"""The cursor of a database: what is kept of it, and where reading goes on."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from data.feeds.sqlcursor import given, kept, since
from tests.data.intake.operation_case import NOON

FIVE = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("value", "start"),
    [
        ("2026-03-02 08:00:00", "2026-03-02 07:55:00"),
        ("2026-03-02T08:00:00.123456Z", "2026-03-02T07:55:00.123456Z"),
        ("2026-03-02", "2026-03-01"),
        ("2027-03-02 08:00:00", "2026-03-02 12:55:00"),  # a clock that is wrong does not stop the reading
        ("A0017", "A0017"),
        (4711, 4711),
        (1772438400, 1772438100),
        (1772438400000, 1772438100000),
        (datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 2, 7, 55, tzinfo=UTC)),
        (datetime(2030, 3, 2, 8), datetime(2026, 3, 2, 12, 55)),  # noqa: DTZ001
        (date(2026, 3, 2), date(2026, 3, 1)),
    ],
)
def test_the_cursor_goes_back_by_the_overlap_in_its_own_notation(value, start):
    assert since(kept(value), FIVE, NOON, "Europe/Berlin") == start


@pytest.mark.parametrize(
    ("value", "start"),
    [
        ("2026-03-02T08:00:00+02:00", "2026-03-02T07:55:00+02:00"),
        ("2026-03-02 00:02:00", "2026-03-01 23:57:00"),
        ("2026-02-30 08:00:00", "2026-02-30 08:00:00"),  # no day of the calendar
        ("2027-03-02 08:00:00+01:00", "2026-03-02 12:55:00+01:00"),
        (1772438400.5, 1772438100.5),
        (True, True),
        (None, None),
    ],
)
def test_what_is_no_moment_has_no_overlap_and_no_notation_is_lost(value, start):
    assert since(kept(value), FIVE, NOON, "Europe/Berlin") == start


@pytest.mark.parametrize("value", [datetime(2026, 3, 2, 8, tzinfo=UTC), date(2026, 3, 2), 7, 1.5, "A17", None])
def test_what_is_kept_is_json_and_comes_back_as_it_was(value):
    assert given(json.loads(json.dumps(kept(value)))) == value
