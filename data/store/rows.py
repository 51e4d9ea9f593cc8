"""Many rows at once."""

import json
from collections.abc import Sequence
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection


def among(connection: Connection, column: "sa.Column[str]", texts: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether a column has one of many texts, given as one parameter: thousands take long to prepare."""
    if connection.dialect.name == "sqlite":
        return column.in_(sa.select(sa.func.json_each(json.dumps(texts)).table_valued("value").c.value))
    return column == sa.func.any(sa.cast(texts, sa.ARRAY(sa.Text)))


def insert_rows(connection: Connection, table: sa.Table, rows: pl.DataFrame) -> None:
    """Adds rows by the driver's own means: SQLAlchemy looks at each value, which takes most of the time."""
    driver: Any = connection.connection.driver_connection
    names = ", ".join(f'"{name}"' for name in rows.columns)
    if connection.dialect.name == "sqlite":
        moments = [name for name, dtype in rows.schema.items() if isinstance(dtype, pl.Datetime)]
        flags = [name for name, dtype in rows.schema.items() if dtype == pl.Boolean]
        rows = rows.with_columns(
            *(pl.col(name).dt.strftime("%Y-%m-%d %H:%M:%S%.6f") for name in moments),
            *(pl.col(name).cast(pl.Int8) for name in flags),
        )
        marks = ", ".join("?" * rows.width)
        driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows.rows())
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows.iter_rows():
            copy.write_row(row)
