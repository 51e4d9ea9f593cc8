"""One worksheet of a workbook, written from top to bottom without keeping it in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from math import ceil
from typing import Any

import polars as pl
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.formatting.rule import DataBarRule
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break

from reports.content.table import Column, Table
from reports.content.view import RunView
from reports.words.language import _, spoken
from reports.words.plain import as_text
from reports.words.wording import Unit, room, shown
from reports.workbook.rows import FIRST_YEAR, Cells, row_chunks, writable, writable_text
from reports.workbook.style import (
    BAR,
    ENTRY,
    ENTRY_HEADER,
    EXACT_MINUTES,
    EXACT_TIME,
    FORMATS,
    HEADER,
    LEFT_OUT,
    NOTE,
    Look,
    aligned,
)

_WIDEST = {False: 42.0, True: 90.0}
"""The widest a column gets, by whether it is to be read to its end."""
_A4 = 9
_PAGE_WIDTH = 140
"""Letters of the body size that a landscape page takes."""
_SMALLEST = 0.5
"""Letters are not printed smaller than this part of their size."""


def footer(view: RunView) -> str:
    """The footer of every printed page."""
    return _("allot {run}, times are {zone}", run=view.run.run_id, zone=view.timezone)


class Sheet:
    """A landscape worksheet that prints at page width, with ``footer`` on every printed page.

    ``more`` are the rows, as XML, that follow those written cell by cell.
    """

    def __init__(self, book: Workbook, title: str, footer: str) -> None:
        self.row = 0
        self.more: Iterator[bytes] = iter(())
        self._ws: Any = book.create_sheet(title)  # the stubs know no write-only sheet
        self._ws.page_setup.orientation = "landscape"
        self._ws.page_setup.paperSize = _A4
        self._ws.page_setup.fitToHeight = 0
        self._ws.sheet_properties.pageSetUpPr.fitToPage = True
        self._ws.page_margins.left = self._ws.page_margins.right = 0.4
        self._ws.page_margins.top, self._ws.page_margins.bottom = 0.5, 0.7
        foot = self._ws.oddFooter
        for part, text in (
            (foot.left, footer.replace("&", "&&")),
            (foot.center, title),
            (foot.right, "&P / &N"),
        ):
            part.text, part.font, part.size = text, spoken().face, 8

    def cell(self, value: Any, look: Look) -> Cell:
        """A cell for the next row, times as wall time; text stays text, whatever it begins with."""
        cell = look.dress(WriteOnlyCell(self._ws))
        if isinstance(value, datetime):
            value = value.replace(tzinfo=None) if value.year >= FIRST_YEAR else f"{value:%Y-%m-%d %H:%M}"
        if isinstance(value, str):
            cell.value = writable_text(value)
            cell.data_type = "s"
        else:
            cell.value = value
        return cell

    def append(self, cells: Sequence[Cell | None] = (), height: float | None = None) -> None:
        """Writes the next row; ``height`` in points."""
        self.row += 1
        if height is not None:
            self._ws.row_dimensions[self.row].height = height
        self._ws.append(list(cells))

    def merge(self, first: int, last: int) -> None:
        """Joins the cells of the last row from column ``first`` to ``last``, counted from 1."""
        if last > first:
            self._ws.merged_cells.add(f"{_place(first, self.row)}:{_place(last, self.row)}")

    def widths(self, widths: Sequence[float]) -> None:
        """Sets the columns' widths in characters; before the first row."""
        for i, width in enumerate(widths):
            self._ws.column_dimensions[get_column_letter(i + 1)].width = width

    @property
    def worksheet(self) -> Any:
        """The worksheet itself, for what refers to its cells."""
        return self._ws

    def place_chart(self, chart: Any, first: tuple[int, int], last: tuple[int, int]) -> None:
        """Puts a chart over the cells from ``first`` to ``last``, each column and row counted from 1."""
        begin = AnchorMarker(col=first[0] - 1, row=first[1] - 1)
        chart.anchor = TwoCellAnchor(editAs="oneCell", _from=begin, to=AnchorMarker(col=last[0], row=last[1]))
        self._ws.add_chart(chart)

    def hide_grid(self) -> None:
        """No grid lines on the screen; before the first row."""
        self._ws.sheet_view.showGridLines = False

    def write_table(self, table: Table, most: int, page_of: str = "") -> None:
        """The whole sheet as one table with a filter and a header that stays, of ``most`` rows at most.

        Columns without any value are there, but hidden. Each value of the column ``page_of`` begins a printed page.
        """
        kept = table.head(most)
        values = [_values(column, kept.frame[column.name]) for column in table.columns]
        self.widths([_width(*pair) for pair in zip(table.columns, values, strict=True)])
        empty = (len(v) > 0 and v.null_count() == len(v) for v in values)
        self._hide([gone and not column.entry for column, gone in zip(table.columns, empty, strict=True)])
        above = [(table.note, replace(NOTE, wrap=True), 32), (table.left_out(most), LEFT_OUT, 20)]
        above = [note for note in above if note[0]]
        head = 1 + len(above)
        self._ws.freeze_panes = f"A{head + 1}"
        self._ws.print_title_rows = f"{1 if page_of else head}:{head}"
        if page_of:
            self._break_pages(kept.frame[page_of], head)
        for text, look, height in above:
            self.append([self.cell(text, look)], height)
            self.merge(1, len(table.columns) if look.wrap else 1)
        self.append([self.cell(column.title, _header(column)) for column in table.columns], height=30)
        cells = [self._styled(*pair) for pair in zip(table.columns, values, strict=True)]
        self.more = row_chunks(cells, pl.Series(kept.marked(), dtype=pl.Boolean), head + 1)
        self._ws.auto_filter.ref = f"A{head}:{_place(len(table.columns), head + kept.height)}"
        self._ws.print_area = f"A1:{_place(len(table.columns), head + kept.height)}"
        if not page_of:
            self._fit_pages()
        for i, column in enumerate(table.columns, 1):
            if kept.height and column.kind is Unit.SHARE:
                self.draw_bars(i, head + 1, head + kept.height)
            if kept.height and column.choices:
                self._offer(column.choices, i, head + 1, head + kept.height)

    def _fit_pages(self) -> None:
        """Prints all columns, on as many pages side by side as it takes to read them; before the first row."""
        pages = ceil(self._printed_width() * _SMALLEST / _PAGE_WIDTH)
        self._ws.page_setup.fitToWidth = max(1, pages)
        if pages > 1:
            self._ws.print_title_cols = "A:B"

    def _printed_width(self) -> float:
        """The width of the columns that are not hidden, in letters."""
        return float(sum(size.width for size in self._ws.column_dimensions.values() if not size.hidden))

    def _break_pages(self, values: pl.Series, head: int) -> None:
        """Begins a page wherever the value changes, in rows below the row ``head``; before the first row.

        A sheet that is fitted to a page has its own breaks (Excel ignores others), so the scale is set instead.
        """
        self._ws.sheet_properties.pageSetUpPr.fitToPage = False
        scale = min(1.0, max(_SMALLEST, _PAGE_WIDTH / self._printed_width()))
        self._ws.page_setup.scale = int(100 * scale)
        changes = (values != values.shift()).fill_null(value=False).arg_true()
        for row in changes:
            self._ws.row_breaks.append(Break(id=head + row))

    def draw(self, chart: Any, column: int) -> None:
        """Puts a chart beside the table, its corner in this column, counted from 1; it is printed with the table."""
        self._ws.add_chart(chart, _place(column, 2))
        self._ws.print_area = None  # with none, all that is on the sheet is printed

    def _hide(self, hidden: Sequence[bool]) -> None:
        for i, hide in enumerate(hidden):
            self._ws.column_dimensions[get_column_letter(i + 1)].hidden = hide

    def _styled(self, column: Column, values: pl.Series) -> Cells:
        """The column with its styles, entered in the workbook."""
        plain = ENTRY if column.entry else Look()
        look = replace(aligned(plain, column.kind), number_format=_format(column, values))
        if column.kind.is_text and _longest(values) + 2.0 > _WIDEST[column.kind is Unit.PROSE]:
            look = replace(look, wrap=True)
        marked = look if column.entry else replace(look, fill="late-soft")
        styles = [each.dress(WriteOnlyCell(self._ws)).style_id for each in (look, marked)]
        return Cells(values, plain=styles[0], marked=styles[1], styled_empty=column.entry)

    def _offer(self, choices: Sequence[str], column: int, first: int, last: int) -> None:
        """A list to choose from in the cells of a column, counted from 1, in these rows."""
        rule = DataValidation("list", formula1=f'"{",".join(choices)}"', allow_blank=True, showErrorMessage=True)
        rule.errorTitle, rule.error = _("Not in the list"), _("Choose from the list, or leave the cell empty.")
        rule.add(f"{_place(column, first)}:{_place(column, last)}")
        self._ws.data_validations.append(rule)

    def draw_bars(self, column: int, first: int, last: int) -> None:
        """Bars from 0 to 1 behind the shares of a column, counted from 1, in these rows."""
        rule = DataBarRule("num", 0, "num", 1, color=BAR)  # type: ignore[no-untyped-call]  # stubs
        self._ws.conditional_formatting.add(f"{_place(column, first)}:{_place(column, last)}", rule)


def _values(column: Column, values: pl.Series) -> pl.Series:
    """The values as a worksheet can hold them: naive wall time, clean text, plain numbers."""
    if isinstance(values.dtype, pl.Datetime):
        return values.dt.replace_time_zone(None)
    if not column.kind.is_text:
        return values
    return pl.DataFrame({"text": as_text(values)}).select(writable(pl.col("text")))["text"]


def _format(column: Column, values: pl.Series) -> str:
    """The number format a column needs: seconds and parts of minutes only where there are any."""
    if column.kind is Unit.TIME and (values.dt.second() > 0).any():
        return EXACT_TIME
    if column.kind is Unit.MINUTES and (values != values.round()).any():
        return EXACT_MINUTES
    return _(FORMATS[column.kind])


def _header(column: Column) -> Look:
    """Titles of figures are centred: at the right a filter's button would hide them."""
    if column.entry:
        return replace(ENTRY_HEADER, wrap=True)
    look = replace(HEADER, wrap=True)
    return look if column.kind.is_text or column.kind is Unit.TIME else replace(look, align="center")


def _width(column: Column, values: pl.Series) -> float:
    """A width that shows the column's values, within reason, and its title beside the filter's button."""
    least = max(8.0, min(room(column.title) + 4.0, 14.0))
    if column.entry:
        return max(17.0, room(column.title) + 4.0)
    if column.kind is Unit.TIME:
        return max(least, 20.0 if _format(column, values) == EXACT_TIME else 17.0)
    known = values.drop_nulls()
    if column.kind.is_text:
        longest = _longest(known)
    else:
        longest = max(len(shown(value, column.kind)) for value in (known.min(), known.max()))
    return max(least, min(longest + 2.0, _WIDEST[column.kind is Unit.PROSE]))


def _longest(texts: pl.Series) -> float:
    """The room that the longest text takes: wide characters take three bytes and twice the room."""
    known = texts.drop_nulls()
    return max(((known.str.len_chars() + known.str.len_bytes()) / 2).to_list(), default=0.0)


def _place(column: int, row: int) -> str:
    return f"{get_column_letter(column)}{row}"
