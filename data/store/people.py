"""The rows of people that sources brought, kept as they came for the next snapshot."""

import json
from collections.abc import Sequence
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.tables import person_row
from data.tables.schemas import TABLES, TableSchema

_AT_ONCE = 2000


def keep_people_rows(
    connection: Connection, source: str, table: str, rows: Sequence[tuple[str, str]], *, merge: bool
) -> None:
    """Keeps rows, each with its key and its values as JSON, in place of the source's earlier ones.

    ``merge``: only those of the same keys are replaced.
    """
    mine = (person_row.c.source == source) & (person_row.c.table_name == table)
    number = 0
    if not merge:
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


def _frame(table: TableSchema, rows: list[dict[str, Any]]) -> pl.DataFrame:
    names = dict.fromkeys([*table.names, *(name for row in rows for name in row)])
    return pl.DataFrame({name: pl.Series(name, [row.get(name) for row in rows], dtype=pl.String) for name in names})
