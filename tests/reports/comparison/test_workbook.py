"""A comparison as a workbook."""

import openpyxl
import pytest

from reports import (
    write_comparison_workbook,
)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_workbook_has_every_change(comparison, tmp_path, language):
    path = tmp_path / "c.xlsx"
    write_comparison_workbook(comparison, path, language)
    book = openpyxl.load_workbook(path)
    assert len(book.sheetnames) == 4
    tasks = book[book.sheetnames[1]]
    assert [row[0] for row in tasks.iter_rows(min_row=2, values_only=True)] == comparison.tasks["task_id"].to_list()
    people = book[book.sheetnames[2]]
    assert {cell.value for cell in people["B"][1:]} >= {"=Zoë", "<b>三</b>"}
    assert {cell.data_type for cell in people["B"]} == {"s"}
    book.close()
