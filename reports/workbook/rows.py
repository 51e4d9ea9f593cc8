"""The rows of a large worksheet as XML, made column by column.

openpyxl takes half a minute for a million cells, one at a time; this takes two seconds. Workbook and styles
stay with openpyxl: only the rows of the long tables come from here (ECMA-376 part 1, 18.3.1.73 ``row``,
18.3.1.4 ``c``).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl
from openpyxl.utils import get_column_letter

_AT_ONCE = 20_000
"""Rows made in one go: some ten megabytes."""
_UNWRITABLE = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x{FFFE}\x{FFFF}]"
_UNWRITABLE_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_TEXT = 32_767
FIRST_YEAR = 1901
"""A worksheet's days are counted from 1900, with one too many in that year."""
_DAY_US = 86_400_000_000
_DAYS_BEFORE_1970 = 25_569


@dataclass(frozen=True)
class Cells:
    """The cells of a column: text, numbers or naive times, and the number of the style of plain and of marked
    rows in the workbook's stylesheet; ``styled_empty`` when empty cells have it in plain rows too."""

    values: pl.Series
    plain: int
    marked: int
    styled_empty: bool = False


def row_chunks(columns: Sequence[Cells], marks: pl.Series, first_row: int) -> Iterator[bytes]:
    """The rows from ``first_row`` on, in chunks; text stays text, whatever it begins with.

    Empty cells are written for their style only: in marked rows, and in columns to be filled in.
    """
    frame = pl.DataFrame([marks.alias("mark"), *(c.values.alias(str(i)) for i, c in enumerate(columns))])
    frame = frame.with_row_index("row", offset=first_row)
    cells = [_cell(i, column) for i, column in enumerate(columns)]
    line = pl.concat_str(pl.lit('<row r="'), "row", pl.lit('">'), *cells, pl.lit("</row>"))
    for chunk in frame.iter_slices(_AT_ONCE):
        yield "".join(chunk.select(line).to_series()).encode()


def writable(text: pl.Expr) -> pl.Expr:
    """Text as a worksheet can hold it: without control characters, which XML does not allow, and of limited length."""
    return text.str.replace_all(_UNWRITABLE, "\N{REPLACEMENT CHARACTER}").str.slice(0, _LONGEST_TEXT)


def writable_text(text: str) -> str:
    """:func:`writable` of one text, without the work of a frame."""
    return _UNWRITABLE_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)[:_LONGEST_TEXT]


def _cell(i: int, column: Cells) -> pl.Expr:
    """The XML of the cells of column ``i``."""
    style = pl.when("mark").then(pl.lit(str(column.marked))).otherwise(pl.lit(str(column.plain)))
    opening = pl.concat_str(pl.lit(f'<c r="{get_column_letter(i + 1)}'), "row", pl.lit('" s="'), style, pl.lit('"'))
    value = pl.col(str(i))
    if column.values.dtype == pl.String:
        content = _text(value)
    elif column.values.dtype == pl.Datetime:
        serial = value.dt.epoch("us") / _DAY_US + _DAYS_BEFORE_1970
        content = pl.when(value.dt.year() >= FIRST_YEAR).then(_number(serial)).otherwise(_text(value.cast(pl.String)))
    else:
        content = _number(value)
    empty = (
        pl.when(pl.col("mark") | column.styled_empty).then(pl.concat_str(opening, pl.lit("/>"))).otherwise(pl.lit(""))
    )
    return pl.when(value.is_null()).then(empty).otherwise(pl.concat_str(opening, content))


def _number(value: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit("><v>"), value.cast(pl.String), pl.lit("</v></c>"))


def _text(value: pl.Expr) -> pl.Expr:
    """Text in its cell; a bare carriage return would be read as a line feed."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
        value = value.str.replace_all(character, entity, literal=True)
    opening = ' t="inlineStr"><is><t xml:space="preserve">'
    return pl.concat_str(pl.lit(opening), value, pl.lit("</t></is></c>"))
