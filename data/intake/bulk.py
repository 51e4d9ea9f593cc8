"""Many new tasks at once: the same rows as one by one, made column by column.

A first load of hundreds of thousands of tasks is creates alone. Whatever is more than that, `apply_operations` does.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.intake.apply import known_keys, note_events
from data.intake.operations import AHEAD
from data.store.tables import TASK_COLUMNS, event, task
from data.tables.schemas import DTYPES

_AT_ONCE = 5000
_LONGEST_ID, _LONGEST_TEXT = 500, 100_000
_FORM = ("key", "task_id", "capture_id", "version", "at")
_OWN = tuple(column.name for column in TASK_COLUMNS)


def create_in_bulk(
    connection: Connection,
    rows: pl.DataFrame,
    *,
    source: str,
    received_at: datetime,
    shared: bool = False,
    set_by: pl.DataFrame | None = None,
    came: pl.DataFrame | None = None,
) -> pl.Series:
    """Puts those rows into the store that create unknown tasks; which of them it took, for each row.

    ``rows`` have ``key``, ``task_id``, ``capture_id`` (text), ``version`` (a whole number), ``at`` (a moment), of which
    the last three may be missing, and values: columns of tasks in their types, and others. Where rules have changed
    values, ``came`` has the rows before that, and ``set_by`` the rule that set a column. In a writing transaction.
    """
    came = rows if came is None else came
    if rows.is_empty():
        return pl.Series([], dtype=pl.Boolean)
    taken = _fit(came) & _fit(rows)
    taken = taken.scatter(taken.arg_true(), _new(connection, rows.filter(taken), source))
    chosen = rows.filter(taken)
    if chosen.is_empty():
        return taken
    first = (connection.execute(sa.select(sa.func.max(event.c.event_id))).scalar() or 0) + 1
    form = _form(chosen, first, received_at)
    content = _json(came.filter(taken).drop(_FORM, strict=False))
    named = pl.DataFrame(height=chosen.height) if set_by is None else set_by.filter(taken)
    _insert(connection, event, _events(form, content, source, received_at, shared))
    _insert(connection, task, _tasks(chosen, form, content, _json(named), source, received_at, shared))
    note_events(connection, source, received_at)
    return taken


def _fit(rows: pl.DataFrame) -> pl.Series:
    """Rows with ids that are unique here, and values that a store can hold."""
    texts, numbers = pl.col(pl.String), pl.col(pl.Float32, pl.Float64)
    ids = [pl.col(name) for name in ("key", "task_id", "capture_id") if name in rows.columns]
    checks = [
        *(one.str.len_chars().fill_null(1).is_between(1, _LONGEST_ID) for one in ids),
        pl.col("task_id").is_not_null() & pl.col("task_id").is_unique(),
        pl.col("key").is_not_null() & pl.col("key").is_unique(),
        *(_each(texts.str.len_chars().fill_null(0) <= _LONGEST_TEXT, rows, pl.String)),
        *(_each(~texts.str.contains("\0", literal=True).fill_null(False), rows, pl.String)),
        *(_each(numbers.is_finite().fill_null(True), rows, pl.Float64)),
    ]
    return rows.select(pl.all_horizontal(checks)).to_series().fill_null(False)


def _each(check: pl.Expr, rows: pl.DataFrame, dtype: Any) -> list[pl.Expr]:
    return [check] if any(found == dtype for found in rows.dtypes) else []


def _new(connection: Connection, rows: pl.DataFrame, source: str) -> pl.Series:
    """Rows of which neither the task nor the key has been heard of."""
    if connection.execute(sa.select(event.c.event_id).limit(1)).first() is None:
        return pl.Series([True]).new_from_index(0, rows.height)
    names: list[str] = []
    for some in _slices(rows["task_id"].to_list()):
        names += connection.execute(sa.select(event.c.task_id).where(event.c.task_id.in_(some))).scalars()
    keys = [row.key for row in known_keys(connection, source, rows["key"].to_list())]
    return ~rows["task_id"].is_in(names) & ~rows["key"].is_in(keys)


def _form(rows: pl.DataFrame, first: int, received_at: datetime) -> pl.DataFrame:
    """What operations have beside values, with their place among all."""
    moment = pl.Datetime("us", "UTC")
    given = {name: pl.col(name) if name in rows.columns else pl.lit(None) for name in _FORM}
    at = given["at"].cast(moment)
    believed = pl.when(at <= received_at + AHEAD).then(at).otherwise(pl.lit(received_at, moment))
    return rows.select(
        pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias("event_id"),
        "key",
        "task_id",
        pl.coalesce(given["capture_id"].cast(pl.String), "task_id").alias("capture_id"),
        given["version"].cast(pl.Int64).alias("version"),
        at.alias("at"),
        believed.dt.epoch("us").alias("moment"),
    )


def _json(values: pl.DataFrame) -> pl.Series:
    """Each row as JSON, without what is missing."""
    times = pl.col(pl.Datetime("us", "UTC")).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
    plain = values.with_columns(times) if values.width else values
    members = [
        pl.when(pl.col(name).is_not_null()).then(
            pl.struct(name).struct.json_encode().str.strip_prefix("{").str.strip_suffix("}")
        )
        for name in plain.columns
    ]
    if not members:
        return pl.Series(["{}"]).new_from_index(0, values.height)
    inner = pl.concat_str(members, separator=",", ignore_nulls=True)
    return plain.select(pl.format("{}{}{}", pl.lit("{"), inner, pl.lit("}"))).to_series()


def _events(form: pl.DataFrame, content: pl.Series, source: str, received_at: datetime, shared: bool) -> pl.DataFrame:
    fixed = {"source": source, "operation": "create", "person": False, "shared": shared, "reopen": False}
    none = [pl.lit(None, pl.String).alias(name) for name in ("repeat_of", "agent_id", "status", "fault")]
    return form.drop("moment").with_columns(
        *(pl.lit(value).alias(name) for name, value in {**fixed, "outcome": "applied", "reason": ""}.items()),
        *none,
        pl.lit(received_at, pl.Datetime("us", "UTC")).alias("received_at"),
        content=content,
    )


def _tasks(
    rows: pl.DataFrame,
    form: pl.DataFrame,
    content: pl.Series,
    set_by: pl.Series,
    source: str,
    received_at: datetime,
    shared: bool,
) -> pl.DataFrame:
    types = {column.name: DTYPES[column.kind] for column in TASK_COLUMNS}
    there = rows.columns
    values = rows.select((pl.col(n) if n in there else pl.lit(None)).cast(t).alias(n) for n, t in types.items())
    extra = _json(rows.drop(*_FORM, *_OWN, strict=False))
    return values.with_columns(form["task_id"], form["capture_id"]).with_columns(
        pl.lit(source).alias("source"),
        pl.lit("queued").alias("status"),
        pl.lit(None, pl.String).alias("agent_id"),
        pl.lit(received_at, pl.Datetime("us", "UTC")).alias("changed_at"),
        extra=extra,
        set_by=set_by,
        came=content,
        state=_states(form, source, shared),
    )


def _states(form: pl.DataFrame, source: str, shared: bool) -> pl.Series:
    """What the fold goes on from, see `data/intake/codec.py`."""
    start = '{"stage":"queued","held":false,"error":null,"stated":"queued","shared":' + str(shared).lower()
    place = [pl.col("moment").cast(pl.String), pl.lit(","), pl.col("event_id").cast(pl.String), pl.lit("]")]
    chain = [pl.lit(json.dumps(source, ensure_ascii=False) + ":["), pl.col("version").cast(pl.String), pl.lit(",")]
    chains = pl.when(pl.col("version").is_not_null()).then(pl.concat_str(*chain, *place)).otherwise(pl.lit(""))
    parts = [pl.lit(start + ',"last":['), *place, pl.lit(',"chains":{'), chains, pl.lit("}}")]
    return form.select(pl.concat_str(parts)).to_series()


def _insert(connection: Connection, table: sa.Table, frame: pl.DataFrame) -> None:
    """Adds the rows by the driver's own means: SQLAlchemy's take most of the time."""
    driver: Any = connection.connection.driver_connection
    names = ", ".join(f'"{name}"' for name in frame.columns)
    if connection.dialect.name == "sqlite":
        times = pl.col(pl.Datetime("us", "UTC")).dt.strftime("%Y-%m-%d %H:%M:%S%.6f")
        marks = ", ".join("?" * frame.width)
        driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", frame.with_columns(times).rows())
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in frame.iter_rows():
            copy.write_row(row)


def _slices(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
