"""Weekdays and times of day as people write them, and wall clocks that are changed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.tables.weekdays import local_moment, read_clock, read_weekdays
from models import UnreadableError

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "days"), [("Fr-Mo", {4, 5, 6, 0}), ("Mo, Mi + Fr", {0, 2, 4}), ("täglich", set(range(7)))]
)
def test_weekdays(text: str, days: set[int]) -> None:
    assert read_weekdays(text) == days


def test_times_of_day() -> None:
    assert [read_clock(text) for text in ("8:00", "08:00:00", "1899-12-31 08:00:00", "8 Uhr")] == [
        timedelta(hours=8)
    ] * 4


def test_a_time_that_the_clock_skips_is_the_moment_of_the_jump() -> None:
    skipped, twice = datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001  local times
    assert local_moment(skipped, BERLIN) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert local_moment(twice, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Su-Tu", {6, 0, 1}),
        ("周一至周五", {0, 1, 2, 3, 4}),
        ("Mo. bis Mi.", {0, 1, 2}),
        ("Mi-Mi", {2}),
        ("Sa und So", {5, 6}),
    ],
)
def test_ranges_of_weekdays_in_several_languages(text: str, days: set[int]) -> None:
    assert read_weekdays(text) == days


@pytest.mark.parametrize("text", ["", "Xy", "Mo-", "Mo-Xy", "1-5", "Mo--Fr"])
def test_what_names_no_weekday_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError, match=f"'{text}'"):
        read_weekdays(text)


def test_the_end_of_a_day_is_a_time_and_nothing_later_is() -> None:
    assert read_clock("24:00") == timedelta(days=1)
    assert read_clock("08：30:15") == timedelta(hours=8, minutes=30, seconds=15)
    for text in ("24:01", "8:60", "8:00:60", "25:00", "-1:00", "8", "noon", ""):
        with pytest.raises(UnreadableError):
            read_clock(text)


def test_wall_clocks_that_do_not_jump_by_an_hour() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")  # by half an hour, at two
    assert local_moment(datetime(2026, 10, 4, 2, 15), lord_howe) == datetime(2026, 10, 3, 15, 30, tzinfo=UTC)  # noqa: DTZ001
