"""Other people's databases, read in batches; no message repeats a password."""

import json
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url

from data.intake.intake import UnreadableSourceError

BATCH = 20_000
"""Rows that are read at once."""

_Item = TypeVar("_Item")
_SELECT = re.compile(r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*(SELECT|WITH)\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Batch:
    """Some rows: ``frame`` has them as text, ``rows`` as the database gave them."""

    frame: pl.DataFrame
    rows: Sequence[Sequence[Any]]
    names: Sequence[str]

    def column(self, name: str) -> list[Any]:
        """The values of a column as the database gave them.

        Raises:
            KeyError: there is none of this name.
        """
        exact = [number for number, each in enumerate(self.names) if each == name]
        alike = exact or [number for number, each in enumerate(self.names) if each.casefold() == name.casefold()]
        if not alike:
            raise KeyError(name)
        return [row[alike[0]] for row in self.rows]


@contextmanager
def database(url: str) -> Iterator[Engine]:
    """The database of a URL.

    Raises:
        UnreadableSourceError: it is not there or does not answer, now or later in the body.
    """
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError as error:
        raise UnreadableSourceError("its url is not a URL; write it like postgresql+psycopg://host/name") from error
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        raise UnreadableSourceError(f"there is no file {parsed.database}")  # connecting would make one
    try:
        engine = sa.create_engine(parsed, poolclass=sa.NullPool)
        yield engine
    except ModuleNotFoundError as error:
        raise UnreadableSourceError(f"the driver of {parsed.drivername} is not installed: {error.name}") from error
    except (sa.exc.SQLAlchemyError, OSError) as error:
        raise UnreadableSourceError(_told(error, parsed.password)) from error


def _told(error: Exception, password: object) -> str:
    said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0][:300]
    return said.replace(str(password), "***") if password else said


def require_select(read: str) -> str:
    """A SELECT without what ends it.

    Raises:
        UnreadableSourceError: it is something else.
    """
    if not _SELECT.match(read):
        raise UnreadableSourceError("'read' must be a SELECT; rows are changed by 'mark' alone")
    return read.strip().rstrip(";").rstrip()


def literal(sql: str) -> str:
    """A statement whose colons are meant as they stand, not as names of parameters."""
    return sql.replace(":", "\\:")


def batches(connection: Connection, statement: sa.TextClause, **parameters: object) -> Iterator[Batch]:
    """The rows of a query, some at a time; never the whole."""
    streaming = connection.execution_options(stream_results=True, max_row_buffer=BATCH)
    with streaming.execute(statement, parameters) as result:
        names = list(result.keys())
        # rows of SQLAlchemy take longer to make than to read; past it only where it has read none ahead
        fetch = result.cursor.fetchmany if connection.dialect.name == "sqlite" else result.fetchmany
        while rows := fetch(BATCH):
            columns = zip(*rows, strict=True)
            frame = pl.DataFrame([_texts(values, name) for name, values in zip(names, columns, strict=True)])
            yield Batch(frame, rows, names)


def ahead(items: Iterator[_Item]) -> Iterator[_Item]:
    """The items; while one is in use, a thread makes the next."""
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = maker.submit(next, items, None)
            yield item


def _texts(values: tuple[Any, ...], name: str) -> pl.Series:
    """The values of a column as text."""
    kinds = set(map(type, values)) - {type(None)}
    if not kinds or kinds == {str}:
        return pl.Series(name, values, dtype=pl.String)
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
