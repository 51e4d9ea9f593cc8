"""Reads a file of operations as rows: CSV, Excel, JSON lines, XML. A file is read whole before any row is applied."""

import json

from data.feeds.xmlfile import xml_entries
from data.intake.rows import KNOWN, Entry, Rows, entry_rows, grid_rows, json_entries
from data.sources.csvfile import read_csv_grid
from data.sources.sources import unpacked
from data.sources.textfile import NotUtf8Error, without_mark
from data.sources.workbook import Workbook
from models import SnapshotError

MOST_BYTES = 2**30
"""The largest file that is read, in bytes."""

_TABLES = (".csv", ".tsv", ".txt")
_WORKBOOKS = (".xlsx", ".xlsm")
_LINES = (".jsonl", ".ndjson", ".json")
_KNOWN = (*_TABLES, ".csv.gz", *_WORKBOOKS, *_LINES, ".xml")


def file_rows(content: bytes, name: str, sha256: str, names: tuple[str, ...] = ()) -> Rows:
    """The rows of a file; the ending of its name gives the format. ``names`` are further columns to expect.

    Raises:
        SnapshotError: the file as a whole cannot be read.
    """
    small = name.lower()
    if small.endswith(".gz"):
        content, small = unpacked(content, name), small.removesuffix(".gz")
    if small.endswith(_TABLES):
        grid = read_csv_grid(content, [*KNOWN, *names], name)
        return grid_rows(grid.cells, sha256, name, decimal_comma=grid.separator == ";")
    if small.endswith(_WORKBOOKS):
        return _workbook(content, name, sha256)
    if small.endswith(_LINES):
        return entry_rows(_json_file(content, name, sha256), name)
    if small.endswith(".xml"):
        return entry_rows(xml_entries(content, name, sha256), name)
    raise SnapshotError(f"{name} is not a file of operations; these end in {', '.join(_KNOWN)}")


def _workbook(content: bytes, name: str, sha256: str) -> Rows:
    book = Workbook(content, name)
    sheet = next((each for each in book.sheets if each.casefold() == "tasks"), None)
    if sheet is None and len(book.sheets) == 1:
        sheet = book.sheets[0]
    if sheet is None:
        raise SnapshotError(f"{name} has no sheet 'tasks', and {len(book.sheets)} other sheets; rename the right one")
    cells, first_row = book.grid(sheet), book.corner(sheet).row
    return grid_rows(cells, sha256, f"{name}, sheet '{sheet}'", first_row=first_row)


def _json_file(content: bytes, name: str, sha256: str) -> list[Entry]:
    """The entries of a file of JSON lines, or of one JSON document."""
    try:
        text = without_mark(content, name)
        text.decode("utf-8")
    except (NotUtf8Error, UnicodeDecodeError) as error:
        raise SnapshotError(f"{name} is not UTF-8; save it again as UTF-8") from error
    if not name.lower().endswith((".jsonl", ".ndjson")) and (whole := _document(text, name, sha256)) is not None:
        return whole
    lines = [(number, line) for number, line in enumerate(text.split(b"\n"), start=1) if line.strip()]
    entries = [e for number, line in lines for e in json_entries(line, f"{sha256}:{number}", f"line {number}")]
    if lines and all(entry.fault is not None for entry in entries):
        first = entries[0] if entries else None
        raise SnapshotError(f"{name}: no line is a JSON object" + (f"; {first.place}: {first.fault}" if first else ""))
    return entries


def _document(text: bytes, name: str, sha256: str) -> list[Entry] | None:
    """The entries of a file that is one JSON document; ``None`` if it is one document per line."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return None
        raise SnapshotError(f"{name} is not JSON: {error}") from error
    except (ValueError, RecursionError) as error:
        raise SnapshotError(f"{name} is JSON that cannot be read: {type(error).__name__}") from error
    return json_entries(text, sha256, "object")
