"""Takes in tasks from a database: rows that changed since the last read, or all rows and which are missing.

Rows are read in batches. An unchanged row costs one comparison: of its key if a cursor is used, of its hash in a full
read.
"""

import hashlib
import pickle
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import IO, Any, Literal

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from data.feeds.database import (
    Batch,
    ahead,
    as_text,
    asked,
    batches,
    database,
    first_row,
    require_once,
    require_select,
)
from data.feeds.missing import FullRead, settle_missing
from data.feeds.sqlcursor import highest, since
from data.intake.bulk import prepared
from data.intake.form import FAULT, Formed, formed
from data.intake.intake import Intake, UnreadableSourceError, note_cursor
from data.intake.rows import Rows, Terms
from models import nearest

Missing = Literal["keep", "complete", "cancel"]

_MARKED_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class SqlReading:
    """The settings of a source of kind sql; docs/intake.md explains them."""

    url: str = field(repr=False)
    read: str
    cursor: str | None = None
    overlap: timedelta = timedelta(minutes=5)
    full: bool = False
    missing: Missing = "keep"
    mark: str | None = None
    accept_missing: bool = False


def take_sql(intake: Intake, reading: SqlReading) -> None:
    """Takes in the rows of a database.

    Raises:
        UnreadableSourceError: the database does not answer, or too many rows are missing at once. Rows that are already
            in the store stay there.
    """
    read = require_select(reading.read)
    with database(reading.url) as engine, tempfile.TemporaryFile() as marks:
        if reading.full:
            _take_all(intake, reading, engine, read, marks)
        else:
            _take_changed(intake, reading, engine, read, marks)


def try_sql(terms: Terms, reading: SqlReading) -> None:
    """Runs the query up to its first row, and compares what it returns with what the settings name; changes nothing.

    Raises:
        UnreadableSourceError: the database does not answer, or the query fails or lacks a column.
        MappingError, SnapshotError: it lacks a column that the map names, or that of the task's id.
    """
    read = require_select(reading.read)
    with database(reading.url) as engine, _told_of(engine, read, reading.cursor), engine.connect() as connection:
        batch = first_row(connection, read, _from_cursor(connection, reading.cursor, None))
    _column(batch, reading.cursor)
    if terms.mapper is not None and not batch.frame.height:
        terms.mapper(batch.frame, "'read'", optional=False)
        return
    whole = formed(Rows(frame=batch.frame, keys=[""] * batch.frame.height, origin="'read'"), terms)
    for name in _parameters(reading.mark) if reading.mark is not None else ():
        _parameter(name, batch, whole)


def _take_changed(intake: Intake, reading: SqlReading, engine: Engine, read: str, marks: IO[bytes]) -> None:
    """Takes in the rows from the cursor on, or all rows of the query if no cursor is used."""
    reached, strange = (intake.cursor() or {}).get("cursor"), None
    with _told_of(engine, read, reading.cursor), engine.connect() as connection:
        start = since(reached, reading.overlap, intake.clock(), intake.terms.zone)
        given = {} if start is None else {"allot_since": start}
        found = batches(connection, read, _from_cursor(connection, reading.cursor, start), **given)
        for batch, whole in ahead(_keyed(intake, found, reading.cursor)):
            if reading.cursor is not None:
                reached, other = highest(batch.column(reading.cursor), reached, intake.clock(), intake.terms.zone)
                strange = strange if other is None else other
            _note_marks(reading, batch, whole, marks)
            # rows are marked at the end; if that fails, the next run must read them again
            intake.take(whole, cursor=None if reading.mark else _noted(reached), reads_again=True)
    if strange is not None:
        intake.said.append(
            f"the cursor '{reading.cursor}' has values that are no times of the past, such as "
            f"'{as_text(strange)[:40]}'; they do not move it, and their rows are read each time"
        )
    if reading.mark is not None:
        _mark(reading, marks)
        with intake.store.writing() as connection:
            note_cursor(connection, intake.source, {"cursor": reached})


def _keyed(intake: Intake, found: Iterator[Batch], cursor: str | None) -> Iterator[tuple[Batch, Formed]]:
    for batch in found:
        yield batch, prepared(_with_keys(intake, batch, _column(batch, cursor)))


def _noted(reached: Any) -> Callable[[], Any]:
    return lambda: {"cursor": reached}


def _from_cursor(connection: Connection, cursor: str | None, start: Any) -> str:
    """What to ask of the rows of the query: those from ``start`` on, sorted by the cursor."""
    if cursor is None:
        return ""
    column = connection.dialect.identifier_preparer.quote(cursor)
    if start is None:
        return f"ORDER BY {column}"
    # sorted by the plain column, SQLite reads the whole index, in order, instead of the new part of it
    order = f"+{column}" if connection.dialect.name == "sqlite" else column
    return f"WHERE {column} >= :allot_since OR {column} IS NULL ORDER BY {order}"


def _column(batch: Batch, name: str | None) -> pl.Series | None:
    """A column as text.

    Raises:
        UnreadableSourceError: there is no column of this name.
    """
    if name is None:
        return None
    for each in batch.frame.columns:
        if each.casefold() == name.casefold():
            return batch.frame[each]
    raise UnreadableSourceError(_no_cursor(name, batch.names))


@contextmanager
def _told_of(engine: Engine, read: str, cursor: str | None) -> Iterator[None]:
    """Lets a database fail, but says so if it is for the column of the cursor, as not every database does.

    Raises:
        UnreadableSourceError: the query works and has no column of this name, or one of its columns twice.
    """
    try:
        yield
    except sa.exc.DatabaseError:
        names = None if cursor is None else _names(engine, read)
        if cursor is None or names is None:
            raise
        require_once(names)
        alike = str.casefold if engine.dialect.name == "sqlite" else str
        if alike(cursor) in map(alike, names):
            raise
        raise UnreadableSourceError(_no_cursor(cursor, names)) from None


def _names(engine: Engine, read: str) -> list[str] | None:
    """The columns of a query; ``None`` if it fails by itself."""
    try:
        with engine.connect() as connection:
            return list(connection.execute(asked(read, "WHERE 1 = 0")).keys())
    except sa.exc.SQLAlchemyError:
        return None


def _no_cursor(name: str, names: Sequence[str]) -> str:
    return f"'cursor' names the column '{name}', which 'read' does not return{_known(name, names)}"


def _known(name: str, names: Sequence[str]) -> str:
    """What to write instead of a name: the columns of the query, and the nearest of them."""
    return f" (it returns {', '.join(names)}){nearest(name, names)}"


def _with_keys(intake: Intake, batch: Batch, cursor: pl.Series | None, load: int | None = None) -> Formed:
    """The rows as operations; rows without a key get one from cursor, capture id, operation and hash.

    The cursor comes first so that new keys are put at one place of their index, not all over it.
    """
    hashes = row_hashes(batch.frame, intake.terms.signature if load is not None else "")
    whole = formed(Rows(frame=batch.frame, keys=hashes, origin=intake.source), intake.terms)
    moment = pl.lit("") if cursor is None else pl.lit(cursor.fill_null(""))
    if load is not None:  # an unreadable row is refused once, not in every read
        moment = pl.when(pl.col(FAULT).is_null()).then(pl.lit(f"load {load}")).otherwise(pl.lit(""))
    parts = [moment, pl.col("capture_id"), pl.col("operation"), pl.col("\0hash")]
    made = pl.concat_str(parts, separator="|")
    frame = whole.frame.with_columns(pl.Series("\0hash", hashes, dtype=pl.String))
    own = pl.col("key") != pl.col("\0hash")
    keys = frame.select(pl.when(own).then("key").otherwise(made).alias("key"))["key"]
    return replace(whole, frame=whole.frame.with_columns(keys))


def row_hashes(frame: pl.DataFrame, signature: str = "") -> list[str]:
    """A hash of each row's values, nulls left out."""
    places = sorted(range(frame.width), key=lambda place: frame.columns[place])
    named = [pl.format("{}={}", pl.lit(frame.columns[place]), pl.nth(place)) for place in places]
    told = frame.select(pl.concat_str([pl.lit(signature), *named], separator="\x1f", ignore_nulls=True)).to_series()
    return [hashlib.sha256(text).hexdigest()[:32] for text in told.cast(pl.Binary).to_list()]


def _take_all(intake: Intake, reading: SqlReading, engine: Engine, read: str, marks: IO[bytes]) -> None:
    """Takes in new and changed rows, then completes or cancels the tasks of missing ones."""
    load = (intake.cursor() or {}).get("load", 0) + 1
    with intake.store.writing() as connection:
        # a row that returns to an earlier content is new in every full read, also after one that was interrupted
        note_cursor(connection, intake.source, {"load": load})
    full = FullRead(intake, load)
    with engine.connect() as connection:
        for batch in batches(connection, read):
            hashes = row_hashes(batch.frame, intake.terms.signature)
            whole = _with_keys(intake, batch, None, load)
            _note_marks(reading, batch, whole, marks)
            full.take(whole, hashes)
    _mark(reading, marks)
    if reading.missing != "keep":
        settle_missing(full, reading.missing, accepted=reading.accept_missing)


def _note_marks(reading: SqlReading, batch: Batch, whole: Formed, marks: IO[bytes]) -> None:
    """Writes what `mark` needs of each row to a file, until all rows are in the store; memory could be too small."""
    if reading.mark is None:
        return
    columns = {name: _parameter(name, batch, whole) for name in _parameters(reading.mark)}
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    for start in range(0, len(rows), _MARKED_AT_ONCE):
        pickle.dump(rows[start : start + _MARKED_AT_ONCE], marks)


def _parameters(mark: str) -> list[str]:
    """The parameters of `mark`.

    Raises:
        UnreadableSourceError: there are none, so the statement would mark every row.
    """
    names = list(sa.text(mark)._bindparams)
    if not names:
        raise UnreadableSourceError("'mark' names no column of the row, such as WHERE id = :task_id")
    return names


def _parameter(name: str, batch: Batch, whole: Formed) -> Sequence[Any]:
    try:
        return batch.column(name)
    except KeyError:
        if name in ("task_id", "capture_id"):
            return whole.frame[name].to_list()
        raise UnreadableSourceError(
            f"'mark' names :{name}, which 'read' does not return{_known(name, batch.names)}"
        ) from None


def _mark(reading: SqlReading, marks: IO[bytes]) -> None:
    """Marks the rows, which are in the store now.

    Raises:
        UnreadableSourceError: that fails.
    """
    if reading.mark is None or not marks.tell():
        return
    marks.seek(0)
    try:
        with database(reading.url) as engine, engine.connect() as connection:
            for rows in _pickled(marks):
                with connection.begin():
                    connection.execute(sa.text(reading.mark), rows)
    except UnreadableSourceError as error:
        raise UnreadableSourceError(
            f"'mark' failed: {error}; the rows are in the store, and are read again until they can be marked"
        ) from error


def _pickled(file: IO[bytes]) -> Iterator[list[Mapping[str, Any]]]:
    while True:
        try:
            yield pickle.load(file)
        except EOFError:
            return
