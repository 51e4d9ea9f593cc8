"""Calendars as they are configured: every fault is told at once, and what can be read is."""

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from data.calendars import read_calendars


def faults(**table: Any) -> list[str]:
    """What is wrong with a calendar that has hours and these keys."""
    return read_calendars({"bank": {"hours": "Mo-Fr 08:00-18:00", **table}})[1]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"hours": ""}, "'calendar.bank.hours': is empty; write them like Mo-Fr 08:00-18:00"),
        ({"hours": []}, "'calendar.bank.hours': is empty; write them like Mo-Fr 08:00-18:00"),
        ({"hours": 8}, "'calendar.bank.hours': 8 is no text"),
        ({"holidays": 7}, "'calendar.bank.holidays': 7 is no text"),
        ({"closed": "Christmas"}, "'calendar.bank.closed': 'Christmas' is no day; write days like [\"2026-12-24\"]"),
        ({"closed": [datetime(2026, 12, 24)]}, "is no day"),  # noqa: DTZ001
        ({"closed": ["2026-02-30"]}, "is no day"),
        ({"timezone": "Berlin"}, "'calendar.bank.timezone'"),
        ({"tenants": "acme"}, "'calendar.bank.tenants': 'acme' is no list of tenants such as [\"acme\"]"),
        ({"tenants": [1]}, "is no list of tenants"),
        ({"default": "yes"}, "'calendar.bank.default': 'yes' is neither true nor false"),
        ({"holiday": "DE"}, "unknown key 'calendar.bank.holiday'; did you mean 'holidays'?"),
    ],
)
def test_a_fault_names_its_key(table: dict[str, Any], said: str) -> None:
    (fault,) = faults(**table)
    assert said in fault


def test_all_faults_are_told_and_other_calendars_are_read() -> None:
    tables = {"a": {"closed": 1, "default": 1}, "b": {"hours": "24/7"}, "c": "Mo-Fr 08:00-18:00"}
    calendars, found = read_calendars(tables)
    assert list(calendars.by_name) == ["b"]
    assert [fault.split(":")[0] for fault in found] == [
        "'calendar.a'",
        "'calendar.a.closed'",
        "'calendar.a.default'",
        "'calendar.c'",
    ]


def test_what_two_calendars_claim_is_told() -> None:
    tables = {name: {"hours": "24/7", "default": True, "tenants": ["acme", "acme"]} for name in ("a", "b")}
    assert read_calendars(tables)[1] == [
        "the tenant 'acme' belongs to several calendars; keep one",
        "the calendars a and b are both the default; keep one",
    ]


def test_a_calendar_is_written_as_it_was_read_without_what_is_empty() -> None:
    tables: dict[str, Any] = {
        "a": {"hours": ["Mo 08:00-12:00", " ", "Di 09:00-10:00"], "holidays": "DE", "closed": [date(2026, 12, 24)] * 2},
        "b": {"hours": "24/7", "holidays": ["DE", "AT"], "timezone": "", "tenants": [], "default": False},
    }
    calendars, found = read_calendars(tables)
    written = calendars.as_tables()
    assert found == []
    assert written == {
        "a": {"hours": "Mo 08:00-12:00; Di 09:00-10:00", "holidays": "DE", "closed": ["2026-12-24"]},
        "b": {"hours": "24/7", "holidays": ["DE", "AT"]},
    }
    assert read_calendars(written)[0].as_tables() == written


def test_the_process_names_the_calendar_before_the_tenant_and_the_default() -> None:
    tables = {
        "a": {"hours": "24/7", "tenants": ["acme"]},
        "b": {"hours": "24/7"},
        "c": {"hours": "24/7", "default": True},
    }
    work = pl.DataFrame({"calendar": ["b", None, None, None], "tenant": ["acme", "acme", "other", None]})
    calendars = read_calendars(tables)[0]
    assert work.select(calendars.name_of("calendar", "tenant")).to_series().to_list() == ["b", "a", "c", "c"]
    none = read_calendars({})[0]
    assert work.select(none.name_of("calendar", "tenant")).to_series().to_list() == ["b", None, None, None]
