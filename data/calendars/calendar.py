"""Calendars as configured: read from TOML tables, with all faults at once."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from data.calendars.holidays import holidays_fault
from data.calendars.hours import Span, read_hours
from data.tables.times import check_timezone
from models import nearest

KEYS = ("hours", "holidays", "closed", "timezone", "tenants", "default")


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Opening hours: the ``spans`` of a week, except on ``holidays`` (codes such as ``DE-BY``) and ``closed`` days.

    ``timezone`` is ``None`` if the calendar follows the snapshot's. The calendar applies to the work of ``tenants``
    unless the process names another, and to all work without a calendar if it is the ``default``. ``hours`` is the text
    as written.
    """

    name: str
    hours: str
    spans: tuple[Span, ...]
    holidays: tuple[str, ...] = ()
    closed: tuple[date, ...] = ()
    timezone: str | None = None
    tenants: tuple[str, ...] = ()
    default: bool = False

    def as_table(self) -> dict[str, object]:
        """The calendar as written in TOML, without empty keys."""
        table: dict[str, object] = {
            "hours": self.hours,
            "holidays": self.holidays[0] if len(self.holidays) == 1 else list(self.holidays),
            "closed": [day.isoformat() for day in self.closed],
            "timezone": self.timezone,
            "tenants": list(self.tenants),
            "default": self.default,
        }
        return {key: value for key, value in table.items() if value}


@dataclass(frozen=True)
class Calendars:
    """All calendars by name, and the work to which each applies."""

    by_name: Mapping[str, Calendar] = field(default_factory=dict)

    @property
    def default(self) -> str | None:
        """The calendar of all work for which no other is named."""
        return next((calendar.name for calendar in self.by_name.values() if calendar.default), None)

    def name_of(self, named: str, tenant: str) -> pl.Expr:
        """The calendar of each task, null for none: its process's, else its tenant's, else the default.

        ``named`` and ``tenant`` are columns of the frame.
        """
        of_tenant = {tenant: calendar.name for calendar in self.by_name.values() for tenant in calendar.tenants}
        tenants = pl.col(tenant).replace_strict(of_tenant, default=None, return_dtype=pl.String)
        return pl.coalesce(named, tenants, pl.lit(self.default, pl.String))

    def as_tables(self) -> dict[str, dict[str, object]]:
        """The calendars as written in TOML."""
        return {name: calendar.as_table() for name, calendar in self.by_name.items()}


def read_calendars(tables: Mapping[str, object]) -> tuple[Calendars, list[str]]:
    """Reads the tables ``[calendar.NAME]`` of a TOML file; returns the calendars and all faults.

    Calendars that can be read are returned even if others have faults, so that references to them can be checked.
    """
    faults: list[str] = []
    read: dict[str, Calendar] = {}
    for name, table in tables.items():
        if isinstance(table, Mapping):
            calendar, wrong = _read(name, table)
            faults += [f"unknown key 'calendar.{name}.{key}'{nearest(key, KEYS)}" for key in table if key not in KEYS]
            faults += [f"'calendar.{name}{key and '.'}{key}': {what}" for key, what in wrong]
            if calendar is not None:
                read[name] = calendar
        else:
            faults.append(f"'calendar.{name}': {table!r} is not a table; write [calendar.{name}] and hours below it")
    return Calendars(read), faults + _claimed_twice(read)


def _claimed_twice(calendars: Mapping[str, Calendar]) -> list[str]:
    defaults = [name for name, calendar in calendars.items() if calendar.default]
    counts = Counter(tenant for calendar in calendars.values() for tenant in set(calendar.tenants))
    faults = [f"the tenant '{tenant}' belongs to several calendars; keep one" for tenant, n in counts.items() if n > 1]
    if len(defaults) > 1:
        faults.append(f"the calendars {' and '.join(defaults)} are both the default; keep one")
    return faults


def _read(name: str, table: Mapping[str, object]) -> tuple[Calendar | None, list[tuple[str, str]]]:
    """The calendar, ``None`` without hours, and what is wrong: the key and why."""
    faults: list[tuple[str, str]] = []
    hours = _text_or_list("hours", table.get("hours"), faults)
    spans: tuple[Span, ...] = ()
    if "hours" not in table:
        faults.append(("", 'has no hours; write hours = "Mo-Fr 08:00-18:00"'))
    try:
        spans = read_hours("; ".join(hours)) if hours else ()
    except ValueError as error:
        faults.append(("hours", str(error)))
    if "hours" in table and not hours and not faults:
        faults.append(("hours", "is empty; write them like Mo-Fr 08:00-18:00"))
    codes = _text_or_list("holidays", table.get("holidays"), faults)
    faults += [("holidays", fault) for code in codes if (fault := holidays_fault(code))]
    closed = _days(table.get("closed", []), faults)
    zone = _zone(table.get("timezone"), faults)
    tenants = table.get("tenants", [])
    if not isinstance(tenants, list | tuple) or not all(isinstance(tenant, str) for tenant in tenants):
        faults.append(("tenants", f'{tenants!r} is no list of tenants such as ["acme"]'))
        tenants = []
    default = table.get("default", False)
    if not isinstance(default, bool):
        faults.append(("default", f"{default!r} is neither true nor false"))
    if not spans:
        return None, faults
    calendar = Calendar(
        name=name,
        hours="; ".join(hours),
        spans=spans,
        holidays=tuple(codes),
        closed=tuple(sorted(set(closed))),
        timezone=zone,
        tenants=tuple(tenants),
        default=default is True,
    )
    return calendar, faults


def _text_or_list(key: str, value: object, faults: list[tuple[str, str]]) -> list[str]:
    """A text or a list of texts as a list, without empty ones."""
    texts = value if isinstance(value, list | tuple) else [] if value is None else [value]
    if not all(isinstance(text, str) for text in texts):
        faults.append((key, f"{value!r} is no text"))
    return [text.strip() for text in texts if isinstance(text, str) and text.strip()]


def _days(values: object, faults: list[tuple[str, str]]) -> list[date]:
    days = []
    for value in values if isinstance(values, list | tuple) else [values]:
        try:
            days.append(_day(value))
        except ValueError:
            faults.append(("closed", f'{value!r} is no day; write days like ["2026-12-24"]'))
    return days


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and len(value.strip()) == len("2026-12-24"):
        return date.fromisoformat(value.strip())
    raise ValueError


def _zone(value: object, faults: list[tuple[str, str]]) -> str | None:
    if value is None or value == "":
        return None
    try:
        return check_timezone(str(value))
    except ValueError as error:
        faults.append(("timezone", str(error)))
        return None
