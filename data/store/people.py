"""Rows of people (agents, skills, shifts, processes) that sources brought, stored as text for the next snapshot."""

import json
from collections.abc import Sequence
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.numbers import last_number
from data.store.tables import person_row
from data.tables.schemas import TABLES, TableSchema

_AT_ONCE = 2000


def keep_people_rows(
    connection: Connection, source: str, table: str, rows: Sequence[tuple[str, str]], *, merge: bool
) -> None:
    """Stores rows, each a key and its values as JSON, and deletes the source's earlier rows.

    With ``merge``, only earlier rows of the same keys are replaced.
    """
    mine = (person_row.c.source == source) & (person_row.c.table_name == table)
    number = 0
    if not merge:
        connection.execute(person_row.delete().where(mine))
    else:
        keys = list(dict.fromkeys(key for key, _ in rows))
        for start in range(0, len(keys), _AT_ONCE):
            connection.execute(person_row.delete().where(mine & person_row.c.key.in_(keys[start : start + _AT_ONCE])))
        number = last_number(connection, person_row.c.number, mine)
    new = [
        {"source": source, "table_name": table, "number": n, "key": key, "content": content}
        for n, (key, content) in enumerate(rows, start=number + 1)
    ]
    if new:
        connection.execute(person_row.insert(), new)


def people_tables(
    connection: Connection, sources: Sequence[str] | None = None, tables: Sequence[str] = tuple(TABLES)
) -> dict[str, pl.DataFrame]:
    """The tables of people that sources brought, as text, the columns of the contract first.

    ``sources`` chooses the sources and the order of their rows; ``None`` means all, sorted by name. Only those of
    ``tables`` that some source has brought are returned.
    """
    chosen = sa.select(person_row).order_by(person_row.c.source, person_row.c.table_name, person_row.c.number)
    chosen = chosen.where(person_row.c.table_name.in_(tables))
    rows: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in connection.execute(chosen):
        rows.setdefault(row.table_name, {}).setdefault(row.source, []).append(json.loads(row.content))
    found = {}
    for name, by_source in rows.items():
        counting = [source for source in (sources or sorted(by_source)) if source in by_source]
        if counting:
            found[name] = _frame(TABLES[name], [row for source in counting for row in by_source[source]])
    return found


def _frame(table: TableSchema, rows: list[dict[str, Any]]) -> pl.DataFrame:
    names = dict.fromkeys([*table.names, *(name for row in rows for name in row)])
    return pl.DataFrame({name: pl.Series(name, [row.get(name) for row in rows], dtype=pl.String) for name in names})
