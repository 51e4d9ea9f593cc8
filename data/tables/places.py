"""Adds to rejected rows where people find them: the cell of a workbook, and the sheet that a row came from."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import polars as pl

from data.tables.cells import Place
from data.tables.columns import RawTable
from data.tables.headers import spelling
from data.tables.schemas import ROW
from models import Notice

_ALSO = "; also: "
_TOTAL_WORDS = "total|totals|sum|grand total|Summe|Gesamt|Gesamtsumme|Zwischensumme|Insgesamt|合计|总计|小计|共计"
_TOTALS = frozenset(spelling(word) for word in _TOTAL_WORDS.split("|"))
_TOTAL = "this looks like a row of totals: delete it, or move it to another sheet"
_NOTE = "this looks like a note below the table: delete it, or move it to another sheet"


def placed(rejects: pl.DataFrame, raw: RawTable) -> pl.DataFrame:
    """The rejects of a table with their cells in the messages, each row of another sheet once, as that sheet's."""
    if rejects.is_empty() or (raw.cells is None and not raw.places):
        return rejects
    lines = [_placed(line, raw) for line in rejects.iter_rows(named=True)]
    told = {
        (line["table"], line[ROW], line["column"] if line["table"] != raw.table.name else ""): line for line in lines
    }
    return pl.DataFrame(list(told.values()), schema=rejects.schema)


def placed_notice(notice: Notice, places: Mapping[int, Place], origins: Mapping[str, str]) -> Notice:
    """The notice with the rows that people find; where the first of them stands in another sheet, those of that one."""
    if not any(row in places for row in notice.rows):
        return notice
    first = places.get(notice.rows[0])
    if first is None:
        return replace(notice, rows=tuple(row for row in notice.rows if row not in places))
    there = [places[row] for row in notice.rows if row in places]
    rows = dict.fromkeys(place.row for place in there if place.table == first.table)
    return replace(notice, table=first.table, place=origins[first.table], rows=tuple(rows))


def _placed(line: dict[str, object], raw: RawTable) -> dict[str, object]:
    row, column, message = int(str(line[ROW])), str(line["column"]), str(line["message"])
    place, cells = raw.places.get(row), raw.cells
    if place is not None:
        if place.why:
            return line | {"table": place.table, ROW: place.row, "message": f"{place.cells[column]}: {place.why}"}
        told = _by_cell(message, column, raw, place.cells.__getitem__)
        return line | {"table": place.table, ROW: place.row, "message": told}
    if cells is None:
        return line
    told = _by_cell(message, column, raw, lambda name: cells.cell(row, name))
    return line | {"message": told + _hint(line, raw)}


def _by_cell(message: str, first: str, raw: RawTable, cell: Callable[[str], str]) -> str:
    """The message with the cell before each of its faults."""
    return _ALSO.join(f"{cell(_column(part, first, raw))}: {part}" for part in message.split(_ALSO))


def _column(part: str, first: str, raw: RawTable) -> str:
    """The column that a message is about: it names it first."""
    name = re.split(r"[ :]", part, maxsplit=1)[0]
    return name if name in raw.table.names else first


def _hint(line: dict[str, object], raw: RawTable) -> str:
    """What a row looks like that is no row of the table at all."""
    if line["rule"] != "required":
        return ""
    values = raw.frame.filter(pl.col(ROW) == line[ROW]).row(0, named=True)
    filled = [str(value) for name, value in values.items() if name != ROW and value is not None]
    if filled and spelling(filled[0].strip(" :")) in _TOTALS:
        return f"; {_TOTAL}"
    return f"; {_NOTE}" if len(filled) == 1 and len(raw.frame.columns) > 3 else ""
