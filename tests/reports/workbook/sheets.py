"""Workbooks opened again: their sheets, rows and texts."""

from collections.abc import Callable
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Open = Callable[..., Workbook]


SHEETS = [
    *("Summary", "Plan", "Team schedule", "Agents", "Teams and sites", "Tenants and segments", "Skills"),
    *("SLA risk", "Unplanned", "Rejected rows", "Policy"),
]


def rows(sheet: Worksheet, header: int = 1) -> list[dict[str, Any]]:
    """The rows below the header, by title."""
    titles, *others = sheet.iter_rows(min_row=header, values_only=True)
    return [dict(zip(map(str, titles), row, strict=True)) for row in others]


def text_of(sheet: Worksheet) -> str:
    return "\n".join(str(value) for row in sheet.iter_rows(values_only=True) for value in row if value is not None)
