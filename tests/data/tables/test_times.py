"""Times as people write them, over the changes of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.tables.times import calendar, check_timezone, explain_times, parse_moment, parse_times

BERLIN = "Europe/Berlin"


def read(text: str, zone: str = BERLIN) -> str | None:
    moment = parse_times(pl.Series([text]), zone).item()
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ").replace(".000000", "") if moment else None


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-05", "2026-01-04T23:00:00Z"),
        ("2026-01-05T08:00", "2026-01-05T07:00:00Z"),
        ("2026-01-05 08:00", "2026-01-05T07:00:00Z"),
        ("2026-01-05t08:00:30", "2026-01-05T07:00:30Z"),
        ("2026-07-05T08:00:00", "2026-07-05T06:00:00Z"),
        ("2026-07-05 08:00:00", "2026-07-05T06:00:00Z"),
        ("2026-01-05T08:00:00.5", "2026-01-05T07:00:00.500000Z"),
        ("2026-01-05T08:00:00,123456789", "2026-01-05T07:00:00.123456Z"),
        ("2026-01-05T08:00Z", "2026-01-05T08:00:00Z"),
        ("2026-01-05T08:00:00z", "2026-01-05T08:00:00Z"),
        ("2026-01-05T08:00:00+05:30", "2026-01-05T02:30:00Z"),
        ("2026-01-05T08:00:00-0530", "2026-01-05T13:30:00Z"),
        ("2026-01-05 08:00:00 -05", "2026-01-05T13:00:00Z"),
        ("2026-01-05T24:00", "2026-01-05T23:00:00Z"),
        ("2024-02-29T00:00:00", "2024-02-28T23:00:00Z"),
        ("20260105T0800", "2026-01-05T07:00:00Z"),
        ("20260105t080030Z", "2026-01-05T08:00:30Z"),
        ("20260105T080030.5+0530", "2026-01-05T02:30:30.500000Z"),
        ("20260105T240000", "2026-01-05T23:00:00Z"),
    ],
)
def test_reads_iso_8601(text: str, utc: str) -> None:
    assert read(text) == utc


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29T08:00",
        "2026-13-01",
        "2026-01-05T25:00",
        "2026-01-05T24:01",
        "2026-01-05T08:60",
        "2026-01-05T08:00:60",
        "2026-01-05T08",
        "2026-1-5",
        "20260105",
        "20260105T08",
        "20260105T08000",
        "20260105 0800",
        "20261305T0800",
        "05.01.2026 08:00",
        "01/05/2026",
        "2026-01-05T08:00+25:00",
        "2026-01-05T08:00 CET",
        "46027.5",
        "8:00",
        "tomorrow",
    ],
)
def test_reads_nothing_else(text: str) -> None:
    assert read(text) is None


def test_an_ambiguous_local_time_is_the_earlier_one() -> None:
    assert read("2026-10-25T02:30") == "2026-10-25T00:30:00Z"


def test_an_offset_says_which_of_two_is_meant() -> None:
    assert read("2026-10-25T02:30+01:00") == "2026-10-25T01:30:00Z"


def test_a_local_time_that_the_clock_skips_is_none() -> None:
    assert read("2026-03-29T02:30") is None
    assert read("2026-03-29T03:00") == "2026-03-29T01:00:00Z"


@pytest.mark.parametrize(("night", "hours"), [("2026-03-28", 7), ("2026-10-24", 9), ("2026-11-07", 8)])
def test_a_night_shift_over_a_change_of_the_clock_has_its_true_length(night: str, hours: int) -> None:
    morning = str(date.fromisoformat(night) + timedelta(days=1))
    start, end = parse_times(pl.Series([f"{night}T22:00", f"{morning}T06:00"]), BERLIN)
    assert end - start == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("46027.5", "'46027.5' is a bare number, not a time; give the cell a date format"),
        ("05.01.2026", "'05.01.2026' is not a time; write it like 2026-01-05T08:00 (ISO 8601)"),
        ("2026-02-30", "'2026-02-30' is not in the calendar"),
        ("20260230T0800", "'20260230T0800' is not in the calendar"),
        ("2026-03-29T02:30", "'2026-03-29T02:30' does not exist: the clock of Europe/Berlin skips it"),
    ],
)
def test_says_why_a_text_is_no_time(text: str, reason: str) -> None:
    assert explain_times(pl.Series([text]), BERLIN) == [reason]


def test_one_moment_from_each_type() -> None:
    eight = datetime(2026, 1, 5, 7, tzinfo=UTC)
    assert parse_moment(" 2026-01-05T08:00 ", BERLIN) == eight
    assert parse_moment(datetime(2026, 1, 5, 8), BERLIN) == eight  # noqa: DTZ001  local is meant
    assert parse_moment(eight, "Asia/Tokyo") == eight
    assert parse_moment(date(2026, 1, 5), BERLIN) == eight - timedelta(hours=8)
    with pytest.raises(ValueError, match="skips it"):
        parse_moment("2026-03-29T02:30", BERLIN)


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/New_York", "EST5EDT"])
def test_knows_iana_zones(name: str) -> None:
    assert check_timezone(name) == name


@pytest.mark.parametrize(
    ("name", "hint"), [("europe/berlin", "Europe/Berlin"), ("Europe/Berlni", "Europe/Berlin"), ("utc", "UTC")]
)
def test_names_the_nearest_zone(name: str, hint: str) -> None:
    with pytest.raises(ValueError, match=f"'{name}' is not an IANA time zone.*did you mean '{hint}'"):
        check_timezone(name)


@pytest.mark.parametrize("name", ["", "../x", "/etc/localtime", "UTC\0"])
def test_refuses_names_of_no_zone(name: str) -> None:
    with pytest.raises(ValueError, match="is not an IANA time zone"):
        check_timezone(name)


def test_the_calendar_ends_with_9999_on_every_clock() -> None:
    assert calendar("UTC")[1].year == 9999
    assert calendar("Asia/Tokyo")[1] == datetime(9999, 12, 31, 14, 59, 59, 999999, tzinfo=UTC)
    assert calendar("America/New_York")[1] == datetime.max.replace(tzinfo=UTC)


ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo"]


@given(
    local=st.datetimes(datetime(1970, 1, 1), datetime(2037, 12, 31)),  # noqa: DTZ001  local times are meant
    zone=st.sampled_from(ZONES),
    timespec=st.sampled_from(["minutes", "seconds", "microseconds"]),
)
def test_agrees_with_the_standard_library(local: datetime, zone: str, timespec: str) -> None:
    text = local.isoformat(timespec=timespec)
    written = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))  # fold 0: the earlier one
    moment = written.astimezone(UTC)
    skipped = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != written.replace(tzinfo=None)
    assert parse_times(pl.Series([text]), zone).item() == (None if skipped else moment)
