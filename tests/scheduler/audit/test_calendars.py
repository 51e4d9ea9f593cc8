"""Deadlines on calendars as the audit works them out; dates by hand are in tests/data/calendars."""

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from models import CheckError
from scheduler.audit.calendars import calendar_tables, deadlines

BANK = {"hours": "Mo-Fr 08:00-18:00"}
MONDAY = datetime(2026, 3, 2, 17, tzinfo=UTC)


def due(tables: dict[str, Any], named: str | None = "bank", tenant: str | None = None, minutes: int = 120) -> Any:
    """When a task of Monday at five is due."""
    schema = {"created_at": pl.Datetime("us", "UTC"), "sla": pl.Int64, "calendar": pl.String, "tenant": pl.String}
    rows = [(MONDAY, 60_000_000 * minutes, named, tenant)]
    return deadlines(pl.DataFrame(rows, schema=schema, orient="row"), tables, "UTC").item()


def test_the_process_is_asked_first_then_the_tenant_then_the_default():
    tables = {
        "bank": BANK,
        "always": {"hours": "24/7", "tenants": ["acme"]},
        "noon": {"hours": "12:00-13:00", "default": True},
    }
    tuesday = {name: datetime(2026, 3, 3, hour, tzinfo=UTC) for name, hour in (("bank", 9), ("noon", 13))}
    assert due(tables, "bank", "acme") == tuesday["bank"]
    assert due(tables, None, "acme") == datetime(2026, 3, 2, 19, tzinfo=UTC)
    assert due(tables, None, "other", minutes=60) == tuesday["noon"]
    assert due({}, None) == datetime(2026, 3, 2, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    "hours",
    [
        "Mo-Fr 8:00–18:00",
        "Montag bis Freitag 08.00 bis 18.00 Uhr",
        "周一至周五 08：00-18：00",
        "Mo, Tu, We, Th, Fr 08:00-18:00",
    ],
)
def test_hours_in_several_notations(hours):
    assert due({"bank": {"hours": hours}}) == datetime(2026, 3, 3, 9, tzinfo=UTC)


def test_closed_days_are_left_out_and_no_time_at_all_is_no_delay():
    assert due({"bank": {**BANK, "closed": [date(2026, 3, 3)]}}) == datetime(2026, 3, 4, 9, tzinfo=UTC)
    assert due({"bank": BANK}, minutes=0) == MONDAY


def test_what_would_be_due_after_the_last_year_has_no_deadline():
    assert due({"bank": {"hours": "Mo 08:00-08:01"}}, minutes=60 * 24 * 7) is None


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"hours": "Xy 08:00-18:00"}, "the calendar 'bank' cannot be read"),
        ({"hours": "Mo 08:00"}, "cannot be read"),
        ({}, "cannot be read"),
        ({**BANK, "closed": ["2026-02-30"]}, "cannot be read"),
        ({**BANK, "timezone": "Mars/Base"}, "cannot be read"),
    ],
)
def test_a_calendar_that_cannot_be_read_is_refused(table, said):
    with pytest.raises(CheckError, match=said):
        due({"bank": table})


def test_a_calendar_that_is_not_there_is_refused():
    with pytest.raises(CheckError, match="the policy has no calendar 'bank', and tasks count on it"):
        due({"other": BANK})


@pytest.mark.parametrize("policy", [[], {"a": []}, "x"])
def test_a_policy_without_a_table_of_calendars_is_refused(policy):
    with pytest.raises(CheckError, match="policy calendar is no table of calendars"):
        calendar_tables({"policy": {"calendar": policy}})
    assert calendar_tables({}) == calendar_tables({"policy": None}) == {}
