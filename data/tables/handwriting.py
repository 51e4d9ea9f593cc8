"""Converts what people write into cells to the contract's notation, if it can mean one thing only.

``30.11.2026 17:00`` is a time; ``45,5``, ``40 min`` and ``1.250,00 €`` are numbers. Ambiguous values (``1,250``,
``3/2/2026``) stay as they are, and are reported as unreadable.
"""

import re
from collections.abc import Callable
from decimal import Decimal

import polars as pl

from data.tables.schemas import ColumnSchema, TableSchema

_CLOCK = r"(?:[,T]?\s*(?:um\s+)?(\d{1,2})[:：](\d\d)(?:[:：](\d\d))?(?:\s*Uhr)?)?"
_DAY_FIRST = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d\d)" + _CLOCK)
"""A day as it is written in German; elsewhere, points separate no days."""
_YEAR_FIRST = re.compile(r"(\d{4})[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})日?" + _CLOCK)
_TIME_OF_DAY = re.compile(r"1899-12-3[01][ T](\d\d:\d\d)(?::00(?:\.0+)?|(:\d\d)(?:\.\d+)?)?")
"""A cell that holds a time without a day: Excel counts days from there."""
_A_WHOLE_DAY = re.compile(r"1900-01-01[ T]00:00:00")

_AS_IT_SHOULD_BE = r"^(?:\d+(?:\.\d+)?|(?:19[1-9]|20)\d\d-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?)$"
"""Nearly all cells: nothing is to be done."""

_CURRENCY = re.compile(r"(?:€|\$|£|¥|￥|元|EUR|USD|CHF|GBP|CNY|RMB)", re.IGNORECASE)
_PER_HOUR = re.compile(r"\s*/\s*(?:h|Std\.?|Stunde|hour|小时)$", re.IGNORECASE)
_IN_MINUTES = re.compile(r"\s*(?:min|mins|minuten?|minutes?|分钟|分)\.?$", re.IGNORECASE)
_IN_HOURS = re.compile(r"\s*(?:h|hrs?|hours?|std|stunden?|小时)\.?$", re.IGNORECASE)
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_COMMA = re.compile(r"([+-]?)(\d*),(\d+)")
_THOUSAND_OR_NOT = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
_GROUPED = re.compile(r"([+-]?)(\d{1,3})((?:(?P<group>[.,'’\s])\d{3})(?:(?P=group)\d{3})*)(?:([.,])(\d+))?")


def read_handwriting(table: TableSchema, frame: pl.DataFrame) -> pl.DataFrame:
    """The table's columns of text with times and numbers in the contract's notation."""
    changed = [_rewritten(frame[column.name], column) for column in table.columns if column.name in frame.columns]
    return frame.with_columns(changed)


def plain_time(text: str) -> str:
    """The time in ISO 8601; a time of day alone, and anything else, unchanged."""
    if of_day := _TIME_OF_DAY.fullmatch(text):
        return of_day[1] + (of_day[2] or "")
    if _A_WHOLE_DAY.fullmatch(text):
        return "24:00"
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year, *clock = found.groups()
    elif found := _YEAR_FIRST.fullmatch(text):
        year, month, day, *clock = found.groups()
    else:
        return text
    century = "20" if len(year) == 2 else ""
    return f"{century}{year}-{month:0>2}-{day:0>2}{_iso_clock(clock)}"


def plain_number(text: str, unit: str = "") -> str:
    """The number with a decimal point and without its unit; anything that is not certainly a number, unchanged."""
    rest, factor = text, 1
    if unit == "min":
        rest, factor = (_IN_HOURS.sub("", text), 60) if _IN_HOURS.search(text) else (_IN_MINUTES.sub("", text), 1)
    elif unit in ("points", "per hour"):
        rest = _CURRENCY.sub("", _PER_HOUR.sub("", text) if unit == "per hour" else text, count=1).strip()
    if rest != text and _THOUSAND_OR_NOT.fullmatch(rest):
        return text
    percent = " %" if not unit and rest.endswith("%") else ""
    number = _number(rest.removesuffix("%").strip() if percent else rest)
    if number is None:
        return text
    return number + percent if factor == 1 else format(Decimal(number) * factor, "f")


def _rewritten(values: pl.Series, column: ColumnSchema) -> pl.Series:
    how = _reader(column)
    if how is None or values.dtype != pl.String:
        return values
    texts = values.filter(~values.str.contains(_AS_IT_SHOULD_BE)).unique()
    told = {text: plain for text in texts if (plain := how(text)) != text}
    return values.replace(told) if told else values


def _reader(column: ColumnSchema) -> Callable[[str], str] | None:
    if column.kind == "time":
        return plain_time
    if column.kind in ("number", "integer"):
        return lambda text: plain_number(text, column.unit)
    return None


def _iso_clock(clock: list[str]) -> str:
    hour, minute, second = clock
    return "" if hour is None else f"T{hour:0>2}:{minute}" + (f":{second}" if second else "")


def _number(text: str) -> str | None:
    """Digits with a decimal point; nothing for a text that is no number, or might be two."""
    if _PLAIN.fullmatch(text):
        return text
    if found := _GROUPED.fullmatch(text):
        return _ungrouped(found)
    if found := _COMMA.fullmatch(text):
        return f"{found[1]}{found[2] or '0'}.{found[3]}"
    return None


def _ungrouped(found: "re.Match[str]") -> str | None:
    """A number with signs between its thousands; nothing where a single sign may be the decimal one."""
    sign, first, groups, group, decimal, digits = found.groups()
    if decimal == group or first.startswith("0"):
        return f"{sign}{first}.{groups[1:]}" if first == "0" and len(groups) == 4 and not decimal else None
    if group in ".," and len(groups) == 4 and decimal is None:
        return None
    return sign + first + re.sub(r"\D", "", groups) + (f".{digits}" if digits else "")
