"""A worksheet laid out on a grid of columns: sentences, rows that span columns, small tables."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from openpyxl.cell import Cell

from reports.content.table import Table
from reports.workbook.sheet import Sheet
from reports.workbook.style import HEADER, LABEL, SECTION, Look, aligned

LINE = 15.0
"""Height of a line of text, in points."""
_LETTER = 0.82
"""The width of a letter of text, in the digits that column widths count."""
_MOST_LINES = 20


@dataclass(frozen=True)
class Grid:
    """A sheet with columns of fixed widths, in characters."""

    sheet: Sheet
    widths: tuple[int, ...]

    def __post_init__(self) -> None:
        self.sheet.widths(self.widths)
        self.sheet.hide_grid()

    def section(self, title: str) -> None:
        """A section title, with a space before it."""
        self.sheet.append()
        self.sentence(title, SECTION, 22)

    def sentence(self, text: str, look: Look, height: float = LINE) -> None:
        """Text over the whole width."""
        self.row([(text, look)], [len(self.widths)], height)

    def table(self, table: Table) -> None:
        """A small table: the column with the longest texts takes the width that is left."""
        spans = self._spans(table)
        self.row([(column.title, aligned(HEADER, column.kind)) for column in table.columns], spans)
        for values, marked in zip(table.cells(), table.marked(), strict=True):
            looks = [aligned(replace(LABEL, bold=marked), column.kind) for column in table.columns]
            self.row(list(zip(values, looks, strict=True)), spans)

    def row(self, values: Sequence[tuple[object, Look]], spans: Sequence[int], height: float = LINE) -> None:
        """Values side by side, each over its span of the grid, text on as many lines as it needs."""
        row: list[Cell] = []
        joined: list[tuple[int, int]] = []
        for (value, look), span in zip(values, spans, strict=True):
            first = len(row)
            lines = _lines(value, look, sum(self.widths[first : first + span]))
            if lines > 1:
                look, height = replace(look, wrap=True), max(height, lines * LINE)
            row += [self.sheet.cell(value, look), *(self.sheet.cell(None, look) for _ in range(span - 1))]
            joined.append((first + 1, first + span))
        self.sheet.append(row, height)
        for place in joined:
            self.sheet.merge(*place)

    def _spans(self, table: Table) -> list[int]:
        """How many columns of the grid each column takes."""
        spans = [1] * len(table.columns)
        texts = [i for i, column in enumerate(table.columns) if column.kind.is_text]
        longest = max(texts, key=lambda i: max((len(str(row[i] or "")) for row in table.cells()), default=0))
        spans[longest] += len(self.widths) - len(spans)
        return spans


def _lines(value: object, look: Look, width: float) -> int:
    """The lines a text takes at this width, in characters; wide characters count twice."""
    if not isinstance(value, str):
        return 1
    room = _LETTER * (len(value) + len(value.encode())) / 2 * look.size / 10
    return min(ceil(room / (width - 2)), _MOST_LINES)
