"""Reads CSV files as grids of text: no value is converted, and a damaged file is refused.

It reads all CSV files: tables of a snapshot, added tasks, edits.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from data.sources.textfile import NotUtf8Error, as_text, without_mark
from data.tables.headers import spelling
from data.tables.schemas import loose
from models import SnapshotError

_QUOTE, _NEWLINE, _RETURN = b'"'[0], b"\n"[0], b"\r"[0]
_SEPARATORS = ",;\t|"
_BLANK_LINES = re.compile(rb"(?:[ \t\r\f\v]*\n)*")
_END_OF_FILE = re.compile(rb"(\n\x1a+\s*|\x1a+)\Z")  # Ctrl-Z, with which DOS and programs of its time end a text
_OTHER_KINDS = {
    b"PK\x03\x04": "an Excel workbook or a zip archive",
    b"\x1f\x8b": "compressed; such a file is named .csv.gz",
    b"PAR1": "a Parquet file; such a file is named .parquet",
}
_SAVE_AS_UTF8 = "save it again as 'CSV UTF-8'"
_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class CsvGrid:
    """The cells of a file as text, the header line first."""

    cells: pl.DataFrame
    separator: str


def read_csv_grid(content: bytes, names: Sequence[str], origin: str) -> CsvGrid:
    """The cells of a CSV file that should have columns of these names; blank lines are rows of nulls.

    Raises:
        SnapshotError: the file is empty, not UTF-8, or its lines do not have the header's number of cells.
    """
    try:
        lines, first_line = _lines(content, origin)
        header = lines[: lines.index(b"\n")].decode("utf-8", errors="replace").strip("\r")
        separator = _separator(header, names)
        _check_quotes(lines, separator, origin, first_line)
        _check_widths(lines, separator, origin, first_line)
        try:
            cells = pl.read_csv(lines, has_header=False, infer_schema=False, separator=separator, encoding="utf8")
        except pl.exceptions.PolarsError as error:
            as_text(lines, origin, _SAVE_AS_UTF8, first_line=first_line)
            raise SnapshotError(f"{origin} cannot be read as CSV: {error}") from error
    except NotUtf8Error as error:
        raise SnapshotError(str(error)) from error
    return CsvGrid(cells, separator)


def read_csv_rows(
    content: bytes, names: Sequence[str], origin: str, advice: str = ""
) -> list[tuple[int, dict[str, str]]]:
    """The rows of a small CSV file with all of these columns, each with its number; the header line is row 1.

    Cells are without space around them. Blank lines are left out, and so are columns of other names. ``advice`` ends
    what is said of a column that is missing.

    Raises:
        SnapshotError: the file cannot be read, or lacks one of the columns.
    """
    cells = read_csv_grid(content, names, origin).cells
    header, *rows = ([(cell or "").strip() for cell in row] for row in cells.iter_rows())
    places = {loose(name): place for place, name in reversed(list(enumerate(header)))}
    missing = [name for name in names if loose(name) not in places]
    if missing:
        found = ", ".join(f"'{name}'" for name in header)
        raise SnapshotError(f"{origin}: the required column '{missing[0]}' is missing (columns found: {found}){advice}")
    return [
        (number, {name: row[places[loose(name)]] for name in names})
        for number, row in enumerate(rows, start=2)
        if any(row)
    ]


def _lines(content: bytes, origin: str) -> tuple[bytes, int]:
    """The file from its header line on, every line ended by a newline, and that line's number."""
    for start, kind in _OTHER_KINDS.items():
        if content.startswith(start):
            raise SnapshotError(f"{origin} is not CSV but {kind}")
    text = without_mark(content, origin, _SAVE_AS_UTF8)
    if b"\n" not in text:
        text = text.replace(b"\r", b"\n")  # old line ends, still offered by Excel on a Mac
    text = _END_OF_FILE.sub(b"\n", text)
    body = _without_blank_lines(text)
    first_line = 1 + text.count(b"\n", 0, len(text) - len(body))
    if body[:4].lower() == b"sep=":  # a hint for Excel, not data
        body = body[body.find(b"\n") + 1 :] if b"\n" in body else b""
        first_line += 1
    if not body.strip():
        raise SnapshotError(f"{origin} is empty; a line with the column names is needed")
    return (body if body.endswith(b"\n") else body + b"\n"), first_line


def _without_blank_lines(text: bytes) -> bytes:
    """The text from its first line with content on; a tab before that line's content is an empty cell."""
    blank = _BLANK_LINES.match(text)
    return text[blank.end() :] if blank else text


def _separator(header: str, names: Sequence[str]) -> str:
    """The separator with which the header has most of the names, the comma when in doubt."""
    known = {spelling(name) for name in names}

    def named(separator: str) -> tuple[int, int]:
        try:
            found = next(csv.reader([header], delimiter=separator), [])
        except csv.Error:  # a line of such length or making is no header with this separator
            return 0, 0
        return sum(spelling(name) in known for name in found), len(found)

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
        text_of_line = lines[starts[record] : ends[record]].strip()
        if text_of_line:
            place = f"{origin} line {_line(lines, int(starts[record]), first_line)}"
            if record and (widths[record:] == 1).all():
                raise SnapshotError(_footer(place, text_of_line, int(widths[0])))
            sign = "a tab" if separator == "\t" else f"'{separator}'"
            raise SnapshotError(
                f"{place}: {widths[record]} cells where the header has {widths[0]}; "
                f"a cell that contains {sign} is written in quotes"
            )


def _footer(place: str, line: bytes, width: int) -> str:
    """What is said of one cell alone on the last lines of a file."""
    cell = line.decode("utf-8", errors="replace")
    shown = cell if len(cell) <= _LONGEST_SHOWN else f"{cell[:_LONGEST_SHOWN]}..."
    return (
        f"{place}: 1 cell, '{shown}', where the header has {width}: looks like a footer of the export; delete it, "
        "or export again if the file was cut off there"
    )


def _line(lines: bytes, position: int, first_line: int) -> int:
    return first_line + lines.count(b"\n", 0, position)
