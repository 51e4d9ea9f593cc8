"""A table of PostgreSQL or SQLite: the newest of each task, put there in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from data.outlets.side import Done, OutletError
from data.store.reach import opened_database

_TIMES = ("start_at", "end_at")
_TYPES: dict[str, type[sa.types.TypeEngine[Any]]] = {
    "task_id": sa.Text,
    "version": sa.BigInteger,
    "agent_id": sa.Text,
    "sequence": sa.BigInteger,
    "start_at": sa.Text,
    "end_at": sa.Text,
    "state": sa.Text,
}
_BROUGHT = "allot_rows"


@dataclass(frozen=True)
class TableTarget:
    """Which table of which database; ``table`` may name its schema, as in ``work.plan``."""

    url: str = field(repr=False)
    table: str


def hand_to_table(target: TableTarget, rows: pl.DataFrame, done: Done) -> None:
    """Puts the rows into the table, which is made where there is none; no row replaces one of a higher version.

    Raises:
        OutletError: the database does not answer, or the table cannot take the rows; then none of them is there.
    """
    with opened_database(target.url, OutletError, may_make=True) as engine:
        if engine.dialect.name not in ("postgresql", "sqlite"):
            raise OutletError(f"kind sql hands out to PostgreSQL and SQLite, not {engine.dialect.name}")
        table = _table(engine, target.table)
        with engine.begin() as connection:
            if engine.dialect.name == "sqlite":
                _put_each(connection, table, rows)
            else:
                _put_all(connection, table, rows)
    done(rows)


def _table(engine: Engine, name: str) -> sa.Table:
    """The table as we know it, made where there is none."""
    schema, _, plain = name.rpartition(".")
    moment = sa.DateTime(timezone=True) if engine.dialect.name == "postgresql" else sa.Text()
    columns = (
        sa.Column(column, moment if column in _TIMES else kind, primary_key=column == "task_id")
        for column, kind in _TYPES.items()
    )
    table = sa.Table(plain, sa.MetaData(), *columns, schema=schema or None)
    with engine.begin() as connection:
        found = sa.inspect(connection)
        if found.has_table(plain, schema or None):
            _require(found, table, name)
        else:
            table.create(connection, checkfirst=True)
    return table


def _require(found: sa.Inspector, table: sa.Table, name: str) -> None:
    """Refuses a table that cannot take our rows.

    Raises:
        OutletError: it lacks a column, or does not have one row a task.
    """
    there = {column["name"] for column in found.get_columns(table.name, table.schema)}
    missing = [column.name for column in table.columns if column.name not in there]
    if missing:
        raise OutletError(f"the table {name} lacks {', '.join(missing)}; add them, or name a table that is made anew")
    keys: list[Sequence[str | None]] = [found.get_pk_constraint(table.name, table.schema)["constrained_columns"]]
    keys += [unique["column_names"] for unique in found.get_unique_constraints(table.name, table.schema)]
    keys += [index["column_names"] for index in found.get_indexes(table.name, table.schema) if index["unique"]]
    if ["task_id"] not in keys:
        raise OutletError(f"the table {name} has no primary key or unique index on task_id, so tasks could stand twice")


def _put_each(connection: Connection, table: sa.Table, rows: pl.DataFrame) -> None:
    """Puts the rows there one by one, within the transaction, as is quickest in SQLite."""
    put = sqlite.insert(table).values({name: sa.bindparam(name) for name in _TYPES})
    statement = str(_newest(put, table).compile(dialect=sqlite.dialect(paramstyle="named")))
    told = rows.with_columns(pl.col(_TIMES).dt.strftime("%Y-%m-%dT%H:%M:%S+00:00")).select(*_TYPES)
    connection.exec_driver_sql(statement, list(told.iter_rows(named=True)))


def _put_all(connection: Connection, table: sa.Table, rows: pl.DataFrame) -> None:
    """Brings the rows into a table of this transaction by COPY, and puts them there by one statement."""
    connection.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
    brought = sa.Table(
        _BROUGHT,
        sa.MetaData(),
        *(sa.Column(column.name, column.type) for column in table.columns),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    brought.create(connection, checkfirst=False)
    _bring(connection, brought, rows)
    chosen = sa.select(*(brought.c[name] for name in _TYPES))
    connection.execute(_newest(postgresql.insert(table).from_select(list(_TYPES), chosen), table))


def _bring(connection: Connection, brought: sa.Table, rows: pl.DataFrame) -> None:
    driver: Any = connection.connection.driver_connection
    told = rows.select(*_TYPES)
    with driver.cursor() as cursor:
        if not hasattr(cursor, "copy"):  # another driver than psycopg
            connection.execute(brought.insert(), list(told.iter_rows(named=True)))
            return
        text = BytesIO()
        told.write_csv(
            text, include_header=False, datetime_format="%Y-%m-%d %H:%M:%S%.6f+00", quote_style="non_numeric"
        )
        with cursor.copy(f"COPY {brought.name} ({', '.join(_TYPES)}) FROM STDIN (FORMAT csv)") as copy:
            copy.write(text.getvalue())


def _newest(put: Any, table: sa.Table) -> Any:  # the two dialects have no common type for this
    """The statement that leaves rows of a higher version alone."""
    others = {name: put.excluded[name] for name in _TYPES if name != "task_id"}
    older = table.c.version <= put.excluded.version
    return put.on_conflict_do_update(index_elements=["task_id"], set_=others, where=older)
