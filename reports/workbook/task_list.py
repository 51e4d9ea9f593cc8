"""The task list as a workbook: one sheet, its headers the names of the columns, so that it can be read again."""

from datetime import datetime
from os import PathLike

import polars as pl

from reports.content.table import Column, Table
from reports.words.wording import Unit
from reports.workbook.archive import empty_book, save
from reports.workbook.book import ROWS_PER_SHEET
from reports.workbook.sheet import Sheet

_TITLE = "tasks"


def write_task_list(frame: pl.DataFrame, path: str | PathLike[str], moment: datetime, zone: str) -> None:
    """Writes the tasks of the frame as they stood at a moment; ``zone`` is whose clock times are told by."""
    local = frame.with_columns(pl.col(pl.Datetime("us", "UTC")).dt.convert_time_zone(zone))
    columns = tuple(Column(name, name, _kind(dtype)) for name, dtype in local.schema.items())
    rest = "the store: narrow the list with --where"
    table = Table(_TITLE, local, columns, rest=rest)
    book = empty_book(_TITLE, _TITLE, moment)
    sheet = Sheet(book, _TITLE, f"allot, times are {zone}")
    sheet.write_table(table, ROWS_PER_SHEET)
    save(book, path, moment, [sheet])


def _kind(dtype: pl.DataType) -> Unit:
    if dtype.is_temporal():
        return Unit.TIME
    return Unit.NUMBER if dtype.is_numeric() else Unit.TEXT
