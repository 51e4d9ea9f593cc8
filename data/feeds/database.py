"""Reads the databases of sources in batches; no message contains a password."""

import gc
import json
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeVar

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from data.feeds.statements import fault_of_read
from data.intake.intake import UnreadableSourceError
from data.store.reach import opened_database

BATCH = 40_000
"""Rows per batch."""

_Item = TypeVar("_Item")
_NO_TEXTS = (TypeError, ValueError, OverflowError, RuntimeError, pl.exceptions.PanicException)
"""What polars raises at values that are no texts."""
_RENAMED = re.compile(r":\d+\Z")
_COMMENT = re.compile(r"(?:--[^\n'\"]*|/\*[^'\"*]*\*/)\Z")


@dataclass(frozen=True)
class Batch:
    """Rows of a query: in ``frame`` as text, in ``columns`` as the driver returns them; ``names`` are their names."""

    frame: pl.DataFrame
    columns: Sequence[Sequence[Any]]
    names: Sequence[str]

    def column(self, name: str) -> Sequence[Any]:
        """The values of a column as the driver returns them.

        Raises:
            KeyError: there is no column of this name.
        """
        exact = [number for number, each in enumerate(self.names) if each == name]
        alike = exact or [number for number, each in enumerate(self.names) if each.casefold() == name.casefold()]
        if not alike:
            raise KeyError(name)
        return self.columns[alike[0]]


@contextmanager
def database(url: str) -> Iterator[Engine]:
    """The database of a URL, for the body of a ``with``.

    Raises:
        UnreadableSourceError: the database is missing or does not answer, when it is opened or in the body.
    """
    with opened_database(url, UnreadableSourceError) as engine:
        yield engine


def require_select(read: str) -> str:
    """The SELECT without semicolons and comments at its end.

    Raises:
        UnreadableSourceError: the statement is not a SELECT.
    """
    fault = fault_of_read(read)
    if fault is not None:
        raise UnreadableSourceError(f"'read' {fault}")
    text, before = read.strip(), ""
    while text != before:
        before, text = text, _COMMENT.sub("", text.rstrip("; \n\r\t")).rstrip()
    return text


def asked(read: str, rest: str = "") -> sa.TextClause:
    """The query; ``rest`` is what else to ask of its rows, such as a WHERE or an ORDER BY."""
    plain = read.replace(":", "\\:")  # or a colon in it could begin a parameter
    return sa.text(f"SELECT * FROM ({plain}\n) allot_read {rest}" if rest else plain)  # it may end with a comment


def batches(connection: Connection, read: str, rest: str = "", **parameters: object) -> Iterator[Batch]:
    """The rows of a query, as :func:`asked`, in batches of :data:`BATCH`; never held in memory as a whole.

    Raises:
        UnreadableSourceError: it returns a column twice.
    """
    streaming = connection.execution_options(stream_results=True, max_row_buffer=BATCH)
    with streaming.execute(asked(read, rest), parameters) as result:
        names = _names(connection, result, read, rest)
        # SQLAlchemy's rows take longer to build than to read; for SQLite, where it buffers none, its cursor avoids that
        fetch = result.cursor.fetchmany if connection.dialect.name == "sqlite" else result.fetchmany
        while columns := _fetched(fetch):
            frame = pl.DataFrame([_texts(values, name) for name, values in zip(names, columns, strict=True)])
            yield Batch(frame, columns, names)


def first_row(connection: Connection, read: str, rest: str = "") -> Batch:
    """The first row of a query, as :func:`asked`, or none, with its columns.

    Raises:
        UnreadableSourceError: it returns a column twice.
    """
    streaming = connection.execution_options(stream_results=True, max_row_buffer=1)
    with streaming.execute(asked(read, rest)) as result:
        names, rows = _names(connection, result, read, rest), [tuple(row) for row in result.fetchmany(1)]
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return Batch(pl.DataFrame([_texts(v, name) for name, v in zip(names, columns, strict=True)]), columns, names)


def _names(connection: Connection, result: sa.CursorResult[Any], read: str, rest: str) -> list[str]:
    """The names of a query's columns; where more is asked, SQLite calls the second of a name otherwise, 'kind:1'."""
    names = list(result.keys())
    if rest and connection.dialect.name == "sqlite" and any(_RENAMED.search(name) for name in names):
        with connection.execute(asked(read)) as plain:
            names = list(plain.keys())
    require_once(names)
    return names


def require_once(names: Sequence[str]) -> None:
    """Refuses names of a query's columns of which one is there twice.

    Raises:
        UnreadableSourceError: one is.
    """
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UnreadableSourceError(f"'read' returns the column '{twice}' twice; name one of them otherwise, with AS")


def _fetched(fetch: Callable[[int], Sequence[Sequence[Any]]]) -> list[tuple[Any, ...]]:
    """The columns of the next rows; none at the end.

    Python's collector looks at every new row, which takes half of the time; nothing in them is for it to collect.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        return list(zip(*fetch(BATCH), strict=True))
    finally:
        if was_on:
            gc.enable()


def ahead(items: Iterator[_Item]) -> Iterator[_Item]:
    """The items; while one is in use, a thread makes the next."""
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = maker.submit(next, items, None)
            yield item


def _texts(values: tuple[Any, ...], name: str) -> pl.Series:
    """The values of a column as text."""
    first = next((value for value in values if value is not None), None)
    if first is None or isinstance(first, str):
        with suppress(*_NO_TEXTS):
            return pl.Series(name, values, dtype=pl.String)  # nearly all are; to look at all takes half as long again
    kinds = set(map(type, values)) - {type(None)}
    if kinds == {float} or (kinds == {int} and all(v is None or -(2**62) < v < 2**62 for v in values)):
        return pl.Series(name, values).cast(pl.String)
    return pl.Series(name, [None if value is None else as_text(value) for value in values], dtype=pl.String)


def as_text(value: object) -> str:
    """A value of a database as text."""
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case datetime() | date() | time():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, default=str)
        case _:
            return str(value)
