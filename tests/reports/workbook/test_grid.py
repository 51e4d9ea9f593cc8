"""A sheet laid out on a grid: every text has the room it takes."""

import polars as pl
import pytest
from openpyxl import Workbook

from reports.content.table import Column, Table
from reports.words.wording import Unit
from reports.workbook.grid import Grid, _lines
from reports.workbook.sheet import Sheet
from reports.workbook.style import Look
from tests.reports.runs import view_of
from tests.reports.workbook.sheets import Open


def test_long_texts_get_the_lines_they_need(opened: Open) -> None:
    sheet = opened(view_of(warnings=["short", "long " * 100, "endless " * 9000]))["Summary"]
    heights = {
        str(cell.value)[:5]: sheet.row_dimensions[cell.row].height for (cell, *_) in sheet.iter_rows() if cell.value
    }
    assert (heights["short"], heights["long "], heights["endle"]) == (15, 45, 300)


@pytest.mark.parametrize(
    ("value", "size", "width", "lines"),
    [
        (None, 10, 10, 1),
        (12345678901234567890, 10, 5, 1),
        ("", 10, 10, 0),
        ("x" * 9, 10, 10, 1),
        ("x" * 10, 10, 10, 2),
        ("名" * 5, 10, 10, 2),  # twice as wide
        ("x" * 9, 20, 10, 2),
        ("x" * 10_000, 10, 10, 20),
    ],
)
def test_how_many_lines_a_text_takes(value: object, size: int, width: int, lines: int) -> None:
    assert _lines(value, Look(size=size), width) == lines


def test_the_longest_texts_get_the_room_that_is_left() -> None:
    grid = Grid(Sheet(Workbook(write_only=True), "t", ""), (10, 10, 10, 10))
    shape = (Column("a", "A", Unit.TEXT), Column("n", "N", Unit.COUNT), Column("b", "B", Unit.PROSE))
    frame = pl.DataFrame({"a": ["x", None], "n": [1, 2], "b": ["longer than", "y"]})
    assert grid._spans(Table("t", frame, shape)) == [1, 1, 2]
    assert grid._spans(Table("t", frame.clear(), shape)) == [2, 1, 1]
