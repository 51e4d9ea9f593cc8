"""A run's workbook, written and opened again."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from reports import RunView, write_workbook
from tests.reports.workbook.sheets import Open


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    def write_and_open(view: RunView, **options: Any) -> Workbook:
        write_workbook(view, tmp_path / "plan.xlsx", **options)
        return load_workbook(tmp_path / "plan.xlsx")

    return write_and_open
