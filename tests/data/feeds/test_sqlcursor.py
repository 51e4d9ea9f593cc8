"""The cursor of a database: what is kept of it, and where reading goes on."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from data.feeds.sqlcursor import given, highest, kept, since
from tests.data.intake.operation_case import NOON

FIVE = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("value", "start"),
    [
        ("2026-03-02 08:00:00", "2026-03-02 07:55:00"),
        ("2026-03-02T08:00:00.123456Z", "2026-03-02T07:55:00.123456Z"),
        ("2026-03-02 08:00", "2026-03-02 07:55"),
        ("2026-03-02T08:00+01:00", "2026-03-02T07:55+01:00"),
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
        ("0001-01-01 00:00:00", "0001-01-01 00:00:00"),
        (datetime(1, 1, 1), datetime(1, 1, 1)),  # noqa: DTZ001
        ("0800-01-01", "0799-12-31"),
        ("2026-02-30 08:00:00", "2026-02-30 08:00:00"),  # no day of the calendar
        ("2027-03-02 08:00:00+01:00", "2026-03-02 12:55:00+01:00"),
        (1772438400.5, 1772438100.5),
        (True, True),
        (None, None),
    ],
)
def test_what_is_no_moment_has_no_overlap_and_no_notation_is_lost(value, start):
    assert since(kept(value), FIVE, NOON, "Europe/Berlin") == start


@pytest.mark.parametrize(
    "value", [datetime(2026, 3, 2, 8, tzinfo=UTC), date(2026, 3, 2), 7, 1.5, "A17", b"\x00\xff", None]
)
def test_what_is_kept_is_json_and_comes_back_as_it_was(value):
    assert given(json.loads(json.dumps(kept(value)))) == value


@pytest.mark.parametrize(
    ("values", "before", "reached", "other"),
    [
        (["2026-03-02 08:00:00", "2026-03-02 09:00:00", None], None, "2026-03-02 09:00:00", None),
        ([None, 1, "", "2026-03-02 08:00", "n/a", b"1"], None, "2026-03-02 08:00", b"1"),
        (["n/a"], "2026-03-02 08:00:00", "2026-03-02 08:00:00", "n/a"),
        ([None], 7, 7, None),
        ([1, 2], None, 2, None),
        (["A17", "B3"], "A2", "B3", None),
        ([b"\x00", b"\x01"], None, {"bytes": "01"}, None),
        ([Decimal(1772438400)], None, 1772438400, None),
        ([date(2026, 3, 2), "never"], None, {"date": "2026-03-02"}, "never"),
        (["2026-03-02 08:00:00", "9999-12-31 00:00:00"], None, "2026-03-02 08:00:00", "9999-12-31 00:00:00"),
        (["9999-12-31 00:00:00"], "2026-03-02 08:00:00", "2026-03-02 08:00:00", "9999-12-31 00:00:00"),
        (["9999-12-31 00:00:00"], "9999-12-31 00:00:00", "2026-03-02 13:00:00", "9999-12-31 00:00:00"),
        (["2026-03-02 08:00:00", "2026-03-02 13:01:00"], None, "2026-03-02 08:00:00", None),
        ([1772438400, 4102444800], None, 1772438400, 4102444800),
        ([4102444800], None, int(NOON.timestamp()), 4102444800),
        ([1772438400, int(NOON.timestamp()) + 1], None, 1772438400, None),
        ([1772438400, "n/a"], None, 1772438400, "n/a"),
        (["A17", b"\x00"], None, "A17", b"\x00"),
        (["A17", b"\x00"], 7, 7, b"\x00"),
        (["9999-99-99"], None, None, "9999-99-99"),
        (["0000-00-00"], "2026-03-02", "2026-03-02", "0000-00-00"),
        ([Decimal(1772438400), Decimal(4102444800)], None, 1772438400, Decimal(4102444800)),
        ([Decimal("1772438400.5"), Decimal("4102444800.5")], None, 1772438400.5, Decimal("4102444800.5")),
        ([Decimal("7.25")], None, "7.25", None),
        ([1.5, float("inf")], None, 1.5, float("inf")),
        ([Decimal(7), Decimal("Infinity")], None, 7, Decimal("Infinity")),
    ],
)
def test_only_times_that_have_passed_move_the_cursor_of_times(values, before, reached, other):
    assert highest(values, before, NOON, "Europe/Berlin") == (reached, other)
