"""Codes of countries and their parts, and their holidays."""

from datetime import date

import pytest

from data.calendars.holidays import holiday_dates, holidays_fault


@pytest.mark.parametrize("code", ["DE", "DE-BY", "US-CA", "CN"])
def test_codes_of_countries_and_parts(code: str) -> None:
    assert holidays_fault(code) is None


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("XX", "'XX' is no country or part of one, such as DE or DE-BY"),
        ("DE-B", "'DE-B': DE has no part 'B'; it has "),
        ("DE_BY", "did you mean 'DE-BY'"),
        ("", "'' is no country"),
    ],
)
def test_other_codes_are_refused_with_what_there_is(code: str, said: str) -> None:
    assert said in str(holidays_fault(code))


def test_the_holidays_of_several_countries_and_years() -> None:
    days = holiday_dates(["DE-BY", "AT"], range(2026, 2028))
    assert {date(2026, 1, 6), date(2027, 10, 26), date(2026, 10, 3)} <= days
    assert {day.year for day in days} == {2026, 2027}
    assert holiday_dates([], range(2026, 2028)) == set()


def test_the_package_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "holidays", None)
    assert "allot[calendars]" in str(holidays_fault("DE"))
