"""Where people find a value: its cell in a workbook, or the row of another sheet that it came from."""

from collections.abc import Mapping
from dataclasses import dataclass

from models import Code, Message


@dataclass(frozen=True)
class Corner:
    """The sheet of a workbook and its first used cell: row and column, counted from 1."""

    sheet: str
    row: int
    column: int

    def cell(self, row: int, column: int) -> Message:
        """What people call a cell, by its distance from the corner."""
        from openpyxl.utils import get_column_letter

        return Message(Code.CELL, sheet=self.sheet, cell=f"{get_column_letter(self.column + column)}{self.row + row}")


@dataclass(frozen=True)
class Cells:
    """The cells of a table in a sheet: its header is ``above`` rows below the corner, each column is ``at`` a place."""

    corner: Corner
    above: int
    at: Mapping[str, int]

    def cell(self, row: int, column: str) -> Message:
        """What people call the cell of a row (the header's is 1); the sheet and row where the column is not there."""
        if column not in self.at:
            return Message(Code.SHEET_ROW, sheet=self.corner.sheet, row=str(self.corner.row + self.above + row - 1))
        return self.corner.cell(self.above + row - 1, self.at[column])


@dataclass(frozen=True)
class Place:
    """The position of the row from which a row was made: table, row, and its cells by column of this table.

    ``why`` is its fault, if that is known better than from its new columns.
    """

    table: str
    row: int
    cells: Mapping[str, Message]
    why: Message | None = None

    def __str__(self) -> str:
        return f"{self.row} of {self.table}"


def row_name(row: int, places: Mapping[int, Place]) -> str:
    """What people call a row of a table, which may stand elsewhere."""
    return str(places.get(row, row))
