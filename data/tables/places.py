"""Adds to rejected rows where people find them: the cell of a workbook, and the sheet that a row came from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from data.tables.cells import Place
from data.tables.columns import RawTable
from data.tables.headers import spelling
from data.tables.rejects import Wrong, Wrongs, in_one
from data.tables.schemas import ROW
from models import Code, Message, Notice

_TOTAL_WORDS = "total|totals|sum|grand total|Summe|Gesamt|Gesamtsumme|Zwischensumme|Insgesamt|合计|总计|小计|共计"
_TOTALS = frozenset(spelling(word) for word in _TOTAL_WORDS.split("|"))


def placed(rejects: pl.DataFrame, wrongs: Wrongs, raw: RawTable) -> tuple[pl.DataFrame, Sequence[Message]]:
    """The rejects of a table with their cells in the messages, each row of another sheet once, as that sheet's.

    ``wrongs`` are of their messages; the messages that they have now come with them.
    """
    lines = [_placed(line, wrongs[line["message"]], raw) for line in rejects.iter_rows(named=True)]
    told = {
        (line["table"], line[ROW], line["column"] if line["table"] != raw.table.name else ""): line for line in lines
    }
    texts = [line | {"message": str(line["message"])} for line in told.values()]
    return pl.DataFrame(texts, schema=rejects.schema), [line["message"] for line in told.values()]


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


def _placed(line: dict[str, Any], wrong: Sequence[Wrong], raw: RawTable) -> dict[str, Any]:
    """The line as people find it, its message not yet a mere text."""
    place, cells = raw.places.get(line[ROW]), raw.cells
    if place is not None:
        there = {"table": place.table, ROW: place.row}
        if place.why is not None:
            return line | there | {"message": _at(place.cells[line["column"]], place.why)}
        return line | there | {"message": _by_cell(wrong, place.cells.__getitem__)}
    if cells is None:
        return line | {"message": in_one([each.message for each in wrong])}
    return line | {"message": _by_cell(wrong, lambda name: cells.cell(line[ROW], name)).then(_hint(line, raw))}


def _by_cell(wrong: Sequence[Wrong], cell: Callable[[str], Message]) -> Message:
    """The message with the cell before each of its faults."""
    return in_one([_at(cell(each.column), each.message) for each in wrong])


def _at(where: Message, message: Message) -> Message:
    return Message(Code.AT, where=where, message=message)


def _hint(line: Mapping[str, Any], raw: RawTable) -> Message | None:
    """What a row looks like that is no row of the table at all."""
    if line["rule"] != "required":
        return None
    values = raw.frame.filter(pl.col(ROW) == line[ROW]).row(0, named=True)
    filled = [str(value) for name, value in values.items() if name != ROW and value is not None]
    if filled and spelling(filled[0].strip(" :")) in _TOTALS:
        return Message(Code.LIKE_TOTALS)
    return Message(Code.LIKE_A_NOTE) if len(filled) == 1 and len(raw.frame.columns) > 3 else None
