"""The sheets of key figures, opened again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from reports import RunView, write_workbook

SPECIAL = ["<script>alert(1)</script>", "🧾 Claims", "n" * 200, "=1+1", "a/b:c*?", "名前"]


def sheet_of(view: RunView, title: str, folder: Path, **options: Any) -> Worksheet:
    write_workbook(view, folder / "plan.xlsx", **options)
    found = load_workbook(folder / "plan.xlsx")[title]
    assert isinstance(found, Worksheet)
    return found


def section(sheet: Worksheet, first: str) -> list[dict[str, Any]]:
    """The rows of the table whose first column has this title, by title."""
    lines = iter(sheet.iter_rows(values_only=True))
    header = next(line for line in lines if line[0] == first and line[1] is not None)
    titles = [str(title) for title in header if title is not None]
    return list(_until_empty(lines, titles))


def _until_empty(lines: Iterator[tuple[Any, ...]], titles: list[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line[0] is None:
            return
        yield dict(zip(titles, line, strict=False))
