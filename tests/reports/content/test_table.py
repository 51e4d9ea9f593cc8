import polars as pl

from reports.content.table import Column, Table
from reports.words.wording import Unit

TABLE = Table("T", pl.DataFrame({"a": [1, 2, 3], "m": [True, False, True]}), (Column("a", "A", Unit.COUNT),), rest="x")


def test_what_is_left_out_is_said() -> None:
    assert TABLE.left_out(2) == "The first 2 of 3 rows; the other 1 are in x."
    assert TABLE.left_out(3) == ""


def test_marks_are_optional() -> None:
    assert TABLE.marked() == [False] * 3
    assert Table("T", TABLE.frame, TABLE.columns, marks="m").marked() == [True, False, True]


def test_cells_are_those_of_the_columns() -> None:
    assert TABLE.head(2).cells() == [(1,), (2,)]
