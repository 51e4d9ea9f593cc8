"""Opening hours as people write them."""

from datetime import timedelta

import pytest

from data.calendars.hours import Span, read_hours


def hours(text: str) -> list[tuple[int, float, float, bool]]:
    """Weekday, first and last hour of each span, and whether it is the rest of a night."""
    hour = timedelta(hours=1)
    return [(span.weekday, span.start / hour, span.end / hour, span.carried) for span in read_hours(text)]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Mo 08:00-12:00", [(0, 8, 12, False)]),
        ("Mo 8:00–12:00, 13:00-17:30", [(0, 8, 12, False), (0, 13, 17.5, False)]),
        ("Mo 8 Uhr bis 12 Uhr; So 10:00-11:00", [(0, 8, 12, False), (6, 10, 11, False)]),
        ("周一 08：00至12：00", [(0, 8, 12, False)]),
        ("Mo 08:00-24:00", [(0, 8, 24, False)]),
        ("Mo 00:00-00:00", [(0, 0, 24, False)]),
        ("So 22:00-06:00", [(0, 0, 6, True), (6, 22, 24, False)]),
        ("So 22:00-00:00", [(6, 22, 24, False)]),
        ("Mo 08:00-12:00; Mo 08:00-12:00", [(0, 8, 12, False)]),
    ],
)
def test_spans(text: str, spans: list[tuple[int, float, float, bool]]) -> None:
    assert hours(text) == spans


def test_hours_without_days_are_every_days() -> None:
    assert {span.weekday for span in read_hours("08:00-12:00")} == set(range(7))
    assert read_hours(" 24/7 ") == tuple(Span(day, timedelta(0), timedelta(days=1)) for day in range(7))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "''"),
        ("closed", "'closed'"),
        ("Mo 08:00-12:00 maybe", "'maybe'"),
        ("Xy 08:00-12:00", "'Xy'"),
        ("Mo 8-12", "'8' is not a time of day; write it like 08:00"),
        ("Mo 08:00-25:00", "'25:00'"),
        ("Mo 24:00-08:00", "'24:00-08:00' begins where the day ends"),
    ],
)
def test_the_part_that_cannot_be_understood_is_quoted(text: str, part: str) -> None:
    with pytest.raises(ValueError, match=part):
        read_hours(text)
