"""CSV files as grids of text: nothing is converted, and nothing that is broken is read around."""

import csv
from dataclasses import dataclass

import numpy as np
import polars as pl

from data.headers import column_names, spelling
from data.schemas import Table
from models import SnapshotError

_QUOTE, _NEWLINE, _RETURN = b'"'[0], b"\n"[0], b"\r"[0]
_SEPARATORS = ",;\t|"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_OTHER_KINDS = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\x1f\x8b": "compressed; such a file is named .csv.gz",
    b"PAR1": "a Parquet file; such a file is named .parquet",
}
_SAVE_AS_UTF8 = "save it again as 'CSV UTF-8'"


@dataclass(frozen=True)
class CsvGrid:
    """The cells of a file as text, the header line first."""

    cells: pl.DataFrame
    separator: str


def read_csv_grid(content: bytes, table: Table, origin: str) -> CsvGrid:
    """The cells of a CSV file of that table; blank lines are rows of nulls.

    Raises:
        SnapshotError: the file is empty, not UTF-8, or its lines do not have the header's number of cells.
    """
    lines, first_line = _lines(content, origin)
    header = lines[: lines.index(b"\n")].decode("utf-8", errors="replace").strip("\r")
    separator = _separator(header, table)
    _check_quotes(lines, separator, origin, first_line)
    _check_widths(lines, separator, origin, first_line)
    try:
        cells = pl.read_csv(lines, has_header=False, infer_schema=False, separator=separator, encoding="utf8")
    except pl.exceptions.PolarsError as error:
        raise SnapshotError(_unreadable(lines, origin, first_line, error)) from error
    return CsvGrid(cells, separator)


def _lines(content: bytes, origin: str) -> tuple[bytes, int]:
    """The file from its header line on, every line ended by a newline, and that line's number."""
    for start, kind in _OTHER_KINDS.items():
        if content.startswith(start):
            raise SnapshotError(f"{origin} is not CSV but {kind}")
    if content[:2] in _UTF_16_MARKS or b"\0" in content[:2]:
        raise SnapshotError(f"{origin} is written in UTF-16, not UTF-8; {_SAVE_AS_UTF8}")
    text = content.removeprefix(b"\xef\xbb\xbf")
    if b"\n" not in text:
        text = text.replace(b"\r", b"\n")  # old line ends, still offered by Excel on a Mac
    body = text.lstrip()
    first_line = 1 + text[: len(text) - len(body)].count(b"\n")
    if body[:4].lower() == b"sep=":  # a hint for Excel, not data
        body = body[body.find(b"\n") + 1 :] if b"\n" in body else b""
        first_line += 1
    if not body.strip():
        raise SnapshotError(f"{origin} is empty; a line with the column names is needed")
    return (body if body.endswith(b"\n") else body + b"\n"), first_line


def _separator(header: str, table: Table) -> str:
    """The separator with which the header names most columns of the table, the comma when in doubt."""
    known = column_names(table)

    def named(separator: str) -> tuple[int, int]:
        try:
            names = next(csv.reader([header], delimiter=separator), [])
        except csv.Error:  # a line of such length or making is no header with this separator
            return 0, 0
        return sum(spelling(name) in known for name in names), len(names)

    return max(_SEPARATORS, key=named)


def _check_quotes(lines: bytes, separator: str, origin: str, first_line: int) -> None:
    """Refuse a quote that neither begins nor ends a cell, and one that is never closed."""
    text = np.frombuffer(lines, np.uint8)
    quotes = np.flatnonzero(text == _QUOTE)
    if not len(quotes):
        return
    opening, closing = quotes[0::2], quotes[1::2]
    before = np.where(opening > 0, text[opening - 1], _NEWLINE)
    after = text[closing + 1]
    fits_before = np.isin(before, [ord(separator), _NEWLINE, _QUOTE])
    fits_after = np.isin(after, [ord(separator), _NEWLINE, _RETURN, _QUOTE])
    stray = np.concatenate([opening[~fits_before], closing[~fits_after]])
    if not len(stray) and len(quotes) % 2:
        stray = opening[-1:]
    if len(stray):
        raise SnapshotError(
            f'{origin} line {_line(lines, int(stray.min()), first_line)}: a quote (") that does not fit; '
            'a cell that contains one is written "so ""quoted"" as this"'
        )


def _check_widths(lines: bytes, separator: str, origin: str, first_line: int) -> None:
    """Refuse a line with more or fewer cells than the header; blank lines are fine."""
    text = np.frombuffer(lines, np.uint8)
    marks = np.flatnonzero((text == ord(separator)) | (text == _NEWLINE) | (text == _QUOTE))
    kinds = text[marks]
    outside = (np.cumsum(kinds == _QUOTE, dtype=np.int32) % 2 == 0) & (kinds != _QUOTE)
    marks, kinds = marks[outside], kinds[outside]
    last = np.flatnonzero(kinds == _NEWLINE)
    widths = np.diff(last, prepend=-1)
    ends = marks[last]
    starts = np.concatenate([[0], ends[:-1] + 1])
    for record in np.flatnonzero(widths != widths[0]):
        if lines[starts[record] : ends[record]].strip():
            raise SnapshotError(
                f"{origin} line {_line(lines, int(starts[record]), first_line)}: {widths[record]} cells "
                f"where the header has {widths[0]}; a cell that contains '{separator}' is written in quotes"
            )


def _line(lines: bytes, position: int, first_line: int) -> int:
    return first_line + lines.count(b"\n", 0, position)


def _unreadable(lines: bytes, origin: str, first_line: int, error: Exception) -> str:
    try:
        lines.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = _line(lines, wrong.start, first_line)
        return f"{origin} line {line}: not UTF-8 (an encoding such as Windows-1252?); {_SAVE_AS_UTF8}"
    return f"{origin} cannot be read as CSV: {error}"
