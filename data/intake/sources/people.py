"""Tables of people: kept as they came for the next snapshot, in place of a source's earlier rows or merged into them."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any, Literal

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.intake.apply import cursor_of
from data.intake.intake import Counts, Intake, note_cursor
from data.intake.rows import clean
from data.intake.sources.folder import Dropped
from data.sources.sources import read_table
from data.sources.workbook import Workbook
from data.store.tables import person_row, progress
from data.tables.columns import RawTable, from_frame
from data.tables.convert import Notation, decimal_sign, read_column
from data.tables.headers import sheet_names, spelling
from data.tables.schemas import ROW, TABLES, Column, Table
from models import SnapshotError, nearest

Mode = Literal["replace", "merge"]

_ENDINGS = (".parquet", ".csv", ".csv.gz", ".xlsx", ".xlsm")
_WORKBOOKS = (".xlsx", ".xlsm")
_AT_ONCE = 2000


def file_of_people(intake: Intake, file: Dropped, tables: Sequence[str], mode: Mode) -> Counts:
    """Keeps the tables in a file, which is called after its table or is a workbook with a sheet for each.

    Raises:
        SnapshotError: it is called otherwise or cannot be read.
    """
    return keep_people(intake, tables_in(file.content, file.path.name, tables), mode)


def tables_in(content: bytes, name: str, tables: Sequence[str]) -> dict[str, RawTable]:
    """The tables of people in a file.

    Raises:
        SnapshotError: it is none of them or cannot be read.
    """
    if not name.lower().endswith(_ENDINGS):
        raise SnapshotError(f"{name} is none of {', '.join(_ENDINGS)}, the files that tables can be read from")
    called = sheet_names().get(spelling(PurePath(name).name.partition(".")[0]))
    if called in tables:
        return {called: read_table(content, name, TABLES[called])}
    if name.lower().endswith(_WORKBOOKS):
        sheets = [sheet_names().get(spelling(sheet)) for sheet in Workbook(content, name).sheets]
        found = [table for table in tables if table in sheets]
        if found:
            return {table: read_table(content, name, TABLES[table]) for table in found}
    stem = PurePath(name).name.partition(".")[0]
    raise SnapshotError(f"{name} is called after none of the source's tables: {', '.join(tables)}{nearest(stem, tables)}")


def frame_of_people(frame: pl.DataFrame, table: str, origin: str) -> RawTable:
    """A table of people in a frame of text.

    Raises:
        SnapshotError: a required column is missing.
    """
    return from_frame(TABLES[table], frame.select(clean(pl.all())), origin)


def keep_people(intake: Intake, found: Mapping[str, RawTable], mode: Mode) -> Counts:
    """Keeps the rows of tables, all in one transaction, unless they are those that are kept already.

    Raises:
        SnapshotError: a table that must have rows has none.
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
            _keep(connection, intake.source, name, some, mode)
            counts.applied += len(some)
        note_cursor(connection, intake.source, {"tables": hashes})
        _note_news(connection, intake.source, intake.clock())
    intake.counts.join(counts)
    return counts


def _keep(connection: Connection, source: str, table: str, rows: list[tuple[str, str]], mode: Mode) -> None:
    mine = (person_row.c.source == source) & (person_row.c.table_name == table)
    number = 0
    if mode == "replace":
        connection.execute(person_row.delete().where(mine))
    else:
        keys = list(dict.fromkeys(key for key, _ in rows))
        for start in range(0, len(keys), _AT_ONCE):
            connection.execute(person_row.delete().where(mine & person_row.c.key.in_(keys[start : start + _AT_ONCE])))
        number = connection.execute(sa.select(sa.func.max(person_row.c.number)).where(mine)).scalar() or 0
    new = [
        {"source": source, "table_name": table, "number": n, "key": key, "content": content}
        for n, (key, content) in enumerate(rows, start=number + 1)
    ]
    if new:
        connection.execute(person_row.insert(), new)


def _note_news(connection: Connection, source: str, now: datetime) -> None:
    connection.execute(progress.update().where(progress.c.source == source).values(last_event_at=now))


def _rows(raw: RawTable, zone: str) -> Iterator[tuple[str, str]]:
    """Each row's key, and its values as JSON: in one notation where they can be read, else as they came.

    Rows of a table without a key are told apart by all their values.
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


def _plain(raw: pl.Series, column: Column, notation: Notation) -> pl.Series:
    """A column as text in the notation of a snapshot; what cannot be read stays as it is, for the snapshot to tell."""
    typed = read_column(raw, column, notation)
    told = typed.dt.to_string("iso:strict") if column.kind == "time" else typed.cast(pl.String)
    return told.fill_null(raw.cast(pl.String, strict=False)).alias(column.name)


def people_tables(connection: Connection, sources: Sequence[str] | None = None) -> dict[str, pl.DataFrame]:
    """The tables of people that sources brought, as text, with the columns of the contract first.

    ``sources`` are those that count, in the order in which their rows follow each other; ``None``: all, by name. A
    table that none has brought is not there.
    """
    chosen = sa.select(person_row).order_by(person_row.c.source, person_row.c.table_name, person_row.c.number)
    rows: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in connection.execute(chosen):
        rows.setdefault(row.table_name, {}).setdefault(row.source, []).append(json.loads(row.content))
    found = {}
    for name, by_source in rows.items():
        counting = [source for source in (sources or sorted(by_source)) if source in by_source]
        if counting:
            found[name] = _frame(TABLES[name], [row for source in counting for row in by_source[source]])
    return found


def _frame(table: Table, rows: list[dict[str, Any]]) -> pl.DataFrame:
    names = dict.fromkeys([*table.names, *(name for row in rows for name in row)])
    return pl.DataFrame({name: pl.Series(name, [row.get(name) for row in rows], dtype=pl.String) for name in names})
