"""The moment, the horizon and the time zone of a snapshot."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from data.snapshot.period import Period, read_period
from models import SnapshotError

EIGHT = datetime(2026, 1, 5, 7, tzinfo=UTC)
START: dict[str, object] = {"as_of": "2026-01-05T08:00", "timezone": "Europe/Berlin"}
DAY: dict[str, object] = START | {"horizon": "10h"}


def period(
    settings: dict[str, object],
    as_of: str | datetime | None = None,
    horizon: str | timedelta | datetime | None = None,
) -> Period:
    return read_period(settings, "snapshot.toml", as_of=as_of, horizon=horizon)


def refused(settings: dict[str, object], as_of: str | None = None, horizon: str | timedelta | None = None) -> str:
    with pytest.raises(SnapshotError) as refusal:
        period(settings, as_of, horizon)
    return str(refusal.value)


def test_from_settings() -> None:
    assert period(DAY) == Period(EIGHT, EIGHT + timedelta(hours=10), "Europe/Berlin", ())


@pytest.mark.parametrize(
    "as_of",
    [
        datetime(2026, 1, 5, 8),  # noqa: DTZ001  local is meant
        datetime(2026, 1, 5, 9, tzinfo=timezone(timedelta(hours=2))),
        "2026-01-05 07:00Z",
    ],
)
def test_as_of_is_local_or_has_an_offset(as_of: object) -> None:
    assert period(DAY | {"as_of": as_of}).as_of == EIGHT


def test_a_date_is_its_midnight() -> None:
    assert period(DAY | {"as_of": date(2026, 1, 5)}).as_of == EIGHT - timedelta(hours=8)


def test_the_time_zone_is_utc_by_default() -> None:
    assert period(DAY | {"timezone": None}).as_of == EIGHT + timedelta(hours=1)


@pytest.mark.parametrize("key", ["horizon_end", "Horizon End"])
def test_horizon_end_is_a_moment(key: str) -> None:
    assert period(START | {key: "2026-01-05T18:00"}).horizon_end == EIGHT + timedelta(hours=10)


def test_a_day_of_the_horizon_has_24_hours_over_a_change_of_the_clock() -> None:
    found = period(START | {"as_of": "2026-03-28T08:00", "horizon": "1d"})
    assert found.horizon_end - found.as_of == timedelta(hours=24)


@pytest.mark.parametrize(
    "horizon", ["10h", "600m", "2026-01-05T18:00", timedelta(hours=10), EIGHT + timedelta(hours=10)]
)
def test_the_given_horizon_counts_instead(horizon: str | timedelta | datetime) -> None:
    for settings in (START, DAY | {"horizon": "5d"}, START | {"horizon_end": "2026-02-01"}):
        assert period(settings, horizon=horizon).horizon_end == EIGHT + timedelta(hours=10)


def test_the_given_moment_counts_instead_and_is_local() -> None:
    assert period(DAY, as_of="2026-01-05T09:00").as_of == EIGHT + timedelta(hours=1)


def test_no_horizon_is_refused() -> None:
    assert refused(START) == ("the end of planning is missing: give horizon_end in snapshot.toml, or --horizon")


def test_two_horizons_are_refused() -> None:
    assert refused(DAY | {"horizon_end": "2026-01-06"}) == (
        "snapshot.toml has both horizon_end and horizon; keep one of them"
    )


@pytest.mark.parametrize("end", ["2026-01-05T08:00", "2026-01-04"])
def test_an_end_that_is_not_after_the_start_is_refused(end: str) -> None:
    assert "is not after as_of 2026-01-05T07:00:00+00:00" in refused(START | {"horizon_end": end})


def test_a_negative_length_is_refused() -> None:
    assert "is not after as_of" in refused(START, horizon=timedelta(hours=-1))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (DAY | {"as_of": "today"}, "snapshot.toml: as_of 'today' is not a time; write it like"),
        (DAY | {"as_of": 5}, "snapshot.toml: as_of 5 is not a time; write it like"),
        (DAY | {"as_of": "2026-03-29T02:30"}, "snapshot.toml: as_of '2026-03-29T02:30' does not exist"),
        (DAY | {"as_of": "1850-01-01"}, "is not within the years 1900 to 9999"),
        (
            DAY | {"horizon": 90},
            "snapshot.toml: horizon '90' is not a length of time; write a number and s, m",
        ),
        (DAY | {"timezone": "Berlin"}, "snapshot.toml: timezone 'Berlin' is not an IANA time zone"),
        (DAY | {"timezone": "Europe/Berlni"}, "did you mean 'Europe/Berlin'?"),
        (DAY | {"As Of": "2026-01-05"}, "snapshot.toml: the key 'as_of' is there twice"),
    ],
)
def test_unreadable_settings_are_refused(settings: dict[str, object], message: str) -> None:
    assert message in refused(settings)


def test_unreadable_wishes_are_refused() -> None:
    assert refused(DAY, as_of="now").startswith("as_of 'now' is not a time")
    assert refused(DAY, horizon="soon").startswith("horizon 'soon' is not a length of time")


def test_a_key_that_is_not_known_is_warned_about() -> None:
    assert period(DAY | {"horizont_end": "x"}).warnings == (
        "snapshot.toml: the key 'horizont_end' is not known and not used; did you mean 'horizon_end'?",
    )


def test_a_horizon_beyond_the_calendar_is_refused():
    with pytest.raises(SnapshotError, match="ends after the year 9999"):
        read_period({"as_of": "9999-12-31T23:59", "horizon": "10h"}, "snapshot.toml", as_of=None, horizon=None)


def test_defaults_fill_what_the_settings_leave_open() -> None:
    ours = {"timezone": "Asia/Tokyo", "horizon": "2h"}
    found = read_period({"as_of": "2026-01-05T16:00"}, "snapshot.toml", as_of=None, horizon=None, defaults=ours)
    assert found == Period(EIGHT, EIGHT + timedelta(hours=2), "Asia/Tokyo", ())
    for settings in (DAY, START | {"horizon_end": "2026-01-05T18:00"}):
        found = read_period(settings, "snapshot.toml", as_of=None, horizon=None, defaults=ours)
        assert found == Period(EIGHT, EIGHT + timedelta(hours=10), "Europe/Berlin", ())
