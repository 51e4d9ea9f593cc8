"""Charts of the workbook: drawn from the rows they name."""

import zipfile
from pathlib import Path
from typing import Any

from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from reports import RunView, write_workbook
from tests.reports.workbook.levels import section, sheet_of


def column_of(sheet: Worksheet, reference: str) -> list[Any]:
    """The values in the cells that a chart refers to."""
    area = CellRange(reference.rpartition("!")[2])
    return [sheet.cell(row, column).value for row, column in area.cells]


def test_charts_are_drawn_from_the_rows_they_name(mixed: RunView, tmp_path: Path) -> None:
    sheet = sheet_of(mixed, "Teams and sites", tmp_path)
    for chart, level in zip(sheet._charts, ("Team", "Site"), strict=True):  # type: ignore[attr-defined]
        names, values = chart.series[0].cat.strRef.f, chart.series[0].val.numRef.f
        shown, used = (column_of(sheet, place) for place in (names, values))
        rows = [row for row in section(sheet, level) if row[level] != "All people"]
        assert (shown, used) == ([row[level] for row in rows], [row["Utilization"] for row in rows])


def test_charts_are_stored_the_same_twice(mixed: RunView, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_workbook(mixed, tmp_path / f"{name}.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert sum(name.startswith("xl/charts/chart") for name in archive.namelist()) == 5
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
