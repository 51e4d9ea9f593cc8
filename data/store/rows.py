"""Many rows at once."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.tables import Utc

_AS_TEXT = {"literal_binds": True}
_TIME = pl.Datetime("us", "UTC")
_TYPES: Mapping[type[sa.types.TypeEngine[Any]], pl.DataType] = {
    Utc: _TIME,
    sa.Boolean: pl.Boolean(),
    sa.BigInteger: pl.Int64(),
    sa.Double: pl.Float64(),
    sa.Text: pl.String(),
}
_FEW = 20
_AT_ONCE = 500  # rows of a statement of SQLite, which takes half as long as one statement a row


def among(connection: Connection, column: "sa.Column[str]", texts: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether a column has one of many texts, given as one parameter: thousands take long to prepare."""
    if connection.dialect.name == "sqlite":
        return column.in_(sa.select(sa.func.json_each(json.dumps(texts)).table_valued("value").c.value))
    return column == sa.func.any(sa.cast(texts, sa.ARRAY(sa.Text)))


def read_frame(connection: Connection, chosen: Any, schema: Mapping[str, Any]) -> pl.DataFrame:
    """The rows of a statement, whose columns are those of the schema."""
    with connection.execute(chosen) as result:
        if connection.dialect.name != "sqlite":
            return frame_from(connection, [tuple(row) for row in result], schema)
        # the driver's own cursor: SQLAlchemy's rows take longer to build than to read
        return frame_from(connection, result.cursor.fetchall(), schema)


def frame_from(connection: Connection, rows: Sequence[Sequence[Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    """Rows as the driver of a connection returns them; SQLite keeps moments and days as text."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    texts = _OF_TEXT if connection.dialect.name == "sqlite" else {}
    # column by column: for rows, polars takes half as long again
    return pl.DataFrame(
        texts[dtype](_column(name, values, pl.String())) if dtype in texts else _column(name, values, dtype)
        for (name, dtype), values in zip(schema.items(), columns, strict=True)
    )


def _column(name: str, values: Sequence[Any], dtype: Any) -> pl.Series:
    try:
        return pl.Series(name, values, dtype)
    except TypeError:  # SQLite's numbers for truth, or a value of another type, which polars reads in rows only
        return pl.DataFrame([(value,) for value in values], {name: dtype}, orient="row").to_series()


def _moments(texts: pl.Series) -> pl.Series:
    found = texts.str.to_datetime("%Y-%m-%d %H:%M:%S.%6f", time_unit="us", strict=False)  # as the store writes them
    if found.null_count() > texts.null_count():  # a third as fast, but reads any number of digits
        found = texts.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us")
    return found.dt.replace_time_zone("UTC")


def _days(texts: pl.Series) -> pl.Series:
    return texts.str.to_date("%Y-%m-%d")


_OF_TEXT: Mapping[pl.DataType, Callable[[pl.Series], pl.Series]] = {_TIME: _moments, pl.Date(): _days}


def insert_rows(
    connection: Connection, table: sa.Table, rows: pl.DataFrame, same: Mapping[str, Any] | None = None
) -> None:
    """Adds rows by the driver's own means: SQLAlchemy looks at each value, which takes most of the time.

    ``same`` has the columns that are the same in all rows.
    """
    driver: Any = connection.connection.driver_connection
    same = same or {}
    rows = pl.DataFrame([column for column in rows if column.null_count() < rows.height])
    if not rows.width:
        return
    if connection.dialect.name != "sqlite":
        moments = [name for name in rows.columns if rows[name].dtype == pl.String and _is_moment(table.c[name])]
        rows = rows.with_columns(pl.col(moments) + "+00")  # as text, whatever zone the session has
        rows = rows.with_columns(pl.lit(value).alias(name) for name, value in same.items())
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({_names(rows.columns)}) FROM STDIN") as copy:
            for row in rows.iter_rows():
                copy.write_row(row)
        return
    # as part of the statement they are not handed over again and again
    words = [
        str(sa.literal(value, table.c[name].type).compile(dialect=connection.dialect, compile_kwargs=_AS_TEXT))
        for name, value in same.items()
    ]
    begin = f"INSERT INTO {table.name} ({_names([*rows.columns, *same])}) VALUES "
    columns, places = _each_once(rows)
    flat, width = _row_by_row(_kept(columns)), columns.width
    size = width * _AT_ONCE
    whole = len(flat) // size * size
    for start, end, number in ((0, whole, _AT_ONCE), (whole, len(flat), 1)):
        if start < end:
            told = ", ".join(f"({', '.join([marks, *words])})" for marks in _rows_of_marks(tuple(places), number))
            step = width * number
            driver.executemany(begin + told, (flat[place : place + step] for place in range(start, end, step)))


def put_rows(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds rows that have the same columns: a few by SQLAlchemy, for which a frame takes longer, many as a frame."""
    if len(rows) < _FEW:
        connection.execute(table.insert(), [dict(row) for row in rows])
    else:
        insert_rows(connection, table, frame_of(table, rows))


def update_rows(connection: Connection, table: sa.Table, key: str, rows: pl.DataFrame) -> None:
    """Writes rows over those with the same key, by the driver's own means."""
    driver: Any = connection.connection.driver_connection
    names = [name for name in rows.columns if name != key]
    is_sqlite = connection.dialect.name == "sqlite"
    mark = "?" if is_sqlite else "%s"
    told = ", ".join(f'"{name}" = {mark}' for name in names)
    values = (_kept(rows) if is_sqlite else rows).select(*names, key).rows()
    driver.cursor().executemany(f'UPDATE {table.name} SET {told} WHERE "{key}" = {mark}', values)


def frame_of(table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows with the same columns in the types of a table."""
    return pl.DataFrame(rows, schema={name: _type(table.c[name].type) for name in rows[0]})


def _type(kind: sa.types.TypeEngine[Any]) -> pl.DataType:
    return next(ours for theirs, ours in _TYPES.items() if isinstance(kind, theirs))


def _kept(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows as SQLite keeps them: moments are text."""
    moments = [name for name, dtype in rows.schema.items() if isinstance(dtype, pl.Datetime)]
    # as strftime("%Y-%m-%d %H:%M:%S%.6f") writes them, in less than half the time
    return rows.with_columns(pl.col(name).dt.replace_time_zone(None).cast(pl.String) for name in moments)


def _each_once(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[int]]:
    """The columns that differ, and the place of each column among them, from 1: often two ids are the same."""
    columns: list[pl.Series] = []
    places = []
    for column in rows:
        same = (place for place, other in enumerate(columns, start=1) if _are_same(column, other))
        place = next(same, None)
        if place is None:
            columns.append(column)
        places.append(place or len(columns))
    return pl.DataFrame(columns), places


@lru_cache(8)  # batches of one kind come one after the other
def _rows_of_marks(places: tuple[int, ...], rows: int) -> list[str]:
    """The marks of each of so many rows of a statement."""
    width = max(places)
    return [", ".join(_marks(places, row * width)) for row in range(rows)]


def _marks(places: Sequence[int], before: int) -> Iterator[str]:
    """The marks of a row's values; ``before`` is how many values come before them.

    With a number only where a value is used again: SQLite compares each number with all others.
    """
    for number, place in enumerate(places):
        yield f"?{before + place}" if place in places[:number] else "?"


def _are_same(column: pl.Series, other: pl.Series) -> bool:
    return column.dtype == other.dtype and column[0] == other[0] and column.equals(other)


def _row_by_row(rows: pl.DataFrame) -> list[Any]:
    """The values of all rows, one row after the other."""
    flat: list[Any] = [None] * (rows.height * rows.width)
    for number, column in enumerate(rows):
        flat[number :: rows.width] = column.to_list()
    return flat


def _is_moment(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, Utc)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
