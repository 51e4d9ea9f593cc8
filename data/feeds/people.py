"""Stores tables of people for the next snapshot; they replace the source's earlier rows or are merged into them."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Literal

import polars as pl

from data.feeds.folder import Dropped
from data.intake.apply import cursor_of, note_events
from data.intake.intake import Counts, Intake, note_cursor
from data.intake.rows import clean
from data.sources.sources import read_table
from data.sources.workbook import Workbook
from data.store.people import keep_people_rows
from data.tables.columns import RawTable, from_frame
from data.tables.convert import Notation, decimal_sign, read_column
from data.tables.headers import sheet_names, spelling
from data.tables.schemas import ROW, TABLES, ColumnSchema
from models import SnapshotError, nearest

Mode = Literal["replace", "merge"]

_ENDINGS = (".parquet", ".csv", ".csv.gz", ".xlsx", ".xlsm")
_WORKBOOKS = (".xlsx", ".xlsm")


def file_of_people(intake: Intake, file: Dropped, tables: Sequence[str], mode: Mode) -> Counts:
    """Stores the tables in a file, which is named for its table or is a workbook with a sheet per table.

    Raises:
        SnapshotError: the file has another name, or cannot be read.
    """
    return keep_people(intake, tables_in(file.content, file.path.name, tables), mode)


def tables_in(content: bytes, name: str, tables: Sequence[str]) -> dict[str, RawTable]:
    """The tables of people in a file.

    Raises:
        SnapshotError: the file is none of these tables, or cannot be read.
    """
    if not name.lower().endswith(_ENDINGS):
        raise SnapshotError(f"{name} is not a file of a table; these end in {', '.join(_ENDINGS)}")
    called = sheet_names().get(spelling(PurePath(name).name.partition(".")[0]))
    if called is not None and called in tables:
        return {called: read_table(content, name, TABLES[called])}
    if name.lower().endswith(_WORKBOOKS):
        sheets = [sheet_names().get(spelling(sheet)) for sheet in Workbook(content, name).sheets]
        found = [table for table in tables if table in sheets]
        if found:
            return {table: read_table(content, name, TABLES[table]) for table in found}
    stem = PurePath(name).name.partition(".")[0]
    raise SnapshotError(f"{name} is not named for a table of the source: {', '.join(tables)}{nearest(stem, tables)}")


def frame_of_people(frame: pl.DataFrame, table: str, origin: str) -> RawTable:
    """A table of people from a frame of text.

    Raises:
        SnapshotError: a required column is missing.
    """
    return from_frame(TABLES[table], frame.select(clean(pl.all())), origin)


def keep_people(intake: Intake, found: Mapping[str, RawTable], mode: Mode) -> Counts:
    """Stores the rows of tables in one transaction, unless the same rows are stored already.

    Raises:
        SnapshotError: a table that needs rows has none.
    """
    for raw in found.values():
        if raw.frame.is_empty() and not raw.table.may_be_empty and not raw.table.optional:
            raise SnapshotError(f"{raw.origin} has no rows; {raw.table.name} stay as they are")
    counts = Counts()
    rows = {name: list(_rows(raw, intake.terms.zone)) for name, raw in found.items()}
    with intake.store.writing() as connection:
        hashes = (cursor_of(connection, intake.source) or {}).get("tables", {})
        for name, some in rows.items():
            told = f"{mode} {hashlib.sha256(json.dumps(some).encode()).hexdigest()}"
            if hashes.get(name) == told:
                counts.duplicate += len(some)
                continue
            hashes[name] = told
            keep_people_rows(connection, intake.source, name, some, merge=mode == "merge")
            counts.applied += len(some)
        note_cursor(connection, intake.source, {"tables": hashes})
        note_events(connection, intake.source, intake.clock())
    intake.counts.join(counts)
    return counts


def _rows(raw: RawTable, zone: str) -> Iterator[tuple[str, str]]:
    """Each row's key, and its values as JSON: normalized if they can be read, otherwise as received.

    In a table without a key, all values together are the key.
    """
    table = raw.table
    notation = _notation(raw, zone)
    columns = [_plain(raw.frame[column.name], column, notation) for column in table.columns]
    frame = pl.DataFrame([*columns, *raw.frame.drop(ROW, *table.names).get_columns()])
    for row in frame.iter_rows(named=True):
        values = {name: value for name, value in row.items() if value is not None}
        key = [values.get(name) for name in table.key] if table.key else values
        yield json.dumps(key, ensure_ascii=False), json.dumps(values, ensure_ascii=False, default=str)


def _notation(raw: RawTable, zone: str) -> Notation:
    if not raw.decimal_comma:
        return Notation(zone)
    names = [column.name for column in raw.table.columns if column.kind in ("number", "integer")]
    return Notation(zone, decimal_sign(raw.frame.select(names).get_columns()))


def _plain(raw: pl.Series, column: ColumnSchema, notation: Notation) -> pl.Series:
    """A column as text in a snapshot's notation; unreadable values stay as they are, and the snapshot reports them."""
    typed = read_column(raw, column, notation)
    told = typed.dt.to_string("iso:strict") if column.kind == "time" else typed.cast(pl.String)
    return told.fill_null(raw.cast(pl.String, strict=False)).alias(column.name)
