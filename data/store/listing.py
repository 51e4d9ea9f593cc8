"""The views of the store as frames: the task list, the operations, and the history of one task."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pyarrow.parquet as pq
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.further import columns_of
from data.store.rows import frame_from
from data.store.tables import TASK_COLUMNS, event, failure, lease, task
from data.tables.schemas import DTYPES
from models import nearest

_AT_ONCE = 20_000
_TIME = pl.Datetime("us", "UTC")
_A_TIME = "2026-03-02 08:00"

VIEWS: Mapping[str, Mapping[str, pl.DataType]] = {
    "task_list": {
        **dict.fromkeys(("task_id", "source", "status", "agent_id"), pl.String()),
        **{column.name: DTYPES[column.kind] for column in TASK_COLUMNS},
        **dict.fromkeys(("extra", "set_by", "capture_id"), pl.String()),
        "changed_at": _TIME,
    },
    "operations": {
        **dict.fromkeys(("source", "key", "task_id", "operation"), pl.String()),
        "received_at": _TIME,
        **dict.fromkeys(("outcome", "reason"), pl.String()),
        "event_id": pl.Int64(),
        "version": pl.Int64(),
        "at": _TIME,
        "agent_id": pl.String(),
    },
    "runs": {
        "run_id": pl.String(),
        "as_of": _TIME,
        "folder": pl.String(),
        **dict.fromkeys(("objective", "bound", "gain_gap"), pl.Float64()),
        "version": pl.Int64(),
        "published_at": _TIME,
    },
    "assignments": {
        **dict.fromkeys(("run_id", "task_id", "agent_id"), pl.String()),
        "start_at": _TIME,
        "end_at": _TIME,
        "state": pl.String(),
    },
    "kpis": {
        "run_id": pl.String(),
        "as_of": _TIME,
        **dict.fromkeys(("level", "key", "measure"), pl.String()),
        "value": pl.Float64(),
    },
    "actuals": {
        **dict.fromkeys(("task_id", "agent_id"), pl.String()),
        **dict.fromkeys(("started_at", "ended_at"), _TIME),
        "minutes": pl.Float64(),
        "result": pl.String(),
    },
    "targets": {
        **dict.fromkeys(("level", "key", "measure"), pl.String()),
        "value": pl.Float64(),
        **dict.fromkeys(("valid_from", "valid_to"), pl.Date()),
    },
    "alerts": {
        "alert_id": pl.Int64(),
        **dict.fromkeys(("name", "level", "key", "measure"), pl.String()),
        "value": pl.Float64(),
        "state": pl.String(),
        "since": _TIME,
        "until": _TIME,
    },
    "actions": {
        "action_id": pl.Int64(),
        "alert_id": pl.Int64(),
        "at": _TIME,
        **dict.fromkeys(("by", "kind", "text"), pl.String()),
    },
}
"""The views that other programs may rely on, with their columns and types. The migrations make them."""


def view_frames(
    connection: Connection,
    view: str,
    but: Mapping[str, Collection[str]] | None = None,
    unasked: Collection[str] = (),
) -> Iterator[pl.DataFrame]:
    """The rows of a view as frames of limited size; the last frame is empty.

    ``but`` leaves out rows in which the column has one of the texts, ``unasked`` leaves out columns.
    """
    types = {name: dtype for name, dtype in VIEWS[view].items() if name not in unasked}
    chosen = _choice(view, types)
    for name, texts in (but or {}).items():
        chosen = chosen.where(sa.column(name, sa.Text).not_in(sorted(texts)))
    # the driver's own cursor: SQLAlchemy's rows take three times as long
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor() if connection.dialect.name == "sqlite" else driver.cursor(name="view")
    cursor.execute(str(chosen.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})))
    while rows := cursor.fetchmany(_AT_ONCE):
        yield frame_from(connection, rows, types)
    cursor.close()
    yield pl.DataFrame(schema=types)


def _choice(view: str, names: Iterable[str]) -> Any:  # the type of a choice of columns counts them
    return sa.select(*(sa.column(name) for name in names)).select_from(sa.table(view))


def task_frame(connection: Connection, without: Collection[str] = (), *, unasked: Collection[str] = ()) -> pl.DataFrame:
    """The task list, sorted by id: the columns of tasks, then all further columns that sources brought.

    ``without`` leaves out tasks of these statuses, ``unasked`` leaves out columns.
    """
    but = {"status": without} if without else None
    frame = pl.concat(view_frames(connection, "task_list", but, unasked))
    # here, not by the database: that would look every task up by its id, and its order of texts may be another
    frame = frame if frame["task_id"].is_sorted() else frame.sort("task_id")
    own = set(VIEWS["task_list"])
    return frame.drop("extra").with_columns(one for one in columns_of(frame["extra"]) if one.name not in own)


def chosen_tasks(frame: pl.DataFrame, where: str, zone: str) -> pl.DataFrame:
    """The tasks for which an SQL expression over the columns is true; times are those of the clock in ``zone``.

    Raises:
        ValueError: the expression cannot be read or evaluated; the message says why.
    """
    times = [name for name, dtype in frame.schema.items() if dtype == _TIME]
    seen = frame.with_columns(pl.col(times).dt.convert_time_zone(zone).dt.replace_time_zone(None))
    try:
        asked = pl.sql_expr(where)
        for name in asked.meta.root_names():
            if name not in frame.columns:
                said = f"there is no column '{name}'{nearest(name, frame.columns)}; columns: {', '.join(frame.columns)}"
                raise ValueError(f"{where!r} is not a condition on tasks: {said}")
        numbers = seen.with_row_index("\0row").filter(asked)["\0row"]
        return frame[numbers]
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        said = str(error).partition("\n")[0].partition(" (create native")[0].removesuffix(" as Expr")
        advice = f"; a time is written TIMESTAMP '{_A_TIME}'" if "date/datetime/time" in said else ""
        raise ValueError(f"{where!r} is not a condition on tasks: {said}{advice}") from error


def task_history(connection: Connection, task_id: str) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """A task (``None`` if it is not in the list), and the operations on it in the order of arrival.

    ``error`` of the task is why it is held for an error; a rule that failed is the reason of its operation.
    """
    found: list[list[dict[str, Any]]] = []
    for view, order in (("task_list", "task_id"), ("operations", "event_id")):
        chosen = _choice(view, VIEWS[view]).where(sa.column("task_id") == task_id).order_by(sa.column(order))
        rows = connection.execute(chosen).all()
        found.append(frame_from(connection, [tuple(row) for row in rows], VIEWS[view]).to_dicts())
    tasks, operations = found
    told = sa.select(failure.c.event_id, failure.c.rule).join(event, event.c.event_id == failure.c.event_id)
    rules = dict(connection.execute(told.where(event.c.task_id == task_id)).all())
    for operation in operations:
        operation["reason"] = operation["reason"] or rules.get(operation["event_id"], "")
    if not tasks:
        return None, operations
    state = connection.execute(sa.select(task.c.state).where(task.c.task_id == task_id)).scalar_one()
    return {**tasks[0], "error": json.loads(state).get("error")}, operations


def plain_row(row: Mapping[str, Any], zone: str) -> dict[str, Any]:
    """A row of a view with values as in JSON, moments in a time zone."""
    values = {name: json.loads(value) if name in ("set_by", "extra") else value for name, value in row.items()}
    return {
        name: value.astimezone(ZoneInfo(zone)).isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def export_views(connection: Connection, folder: Path, views: Iterable[str] = VIEWS) -> dict[str, int]:
    """Writes views to the folder as a Parquet file; returns the number of rows of each."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    for view in views:
        file, counts[view] = folder / f"{view}.parquet", 0
        unfinished = file.with_name(f".{file.name}.writing")
        schema = pl.DataFrame(schema=dict(VIEWS[view])).to_arrow().schema
        with pq.ParquetWriter(unfinished, schema) as writer:
            for frame in view_frames(connection, view):
                writer.write_table(frame.to_arrow())
                counts[view] += frame.height
        unfinished.replace(file)
    return counts


def count_tasks(connection: Connection) -> dict[str, int]:
    """How many tasks have each status; those that are leased are counted as ``leased`` besides."""
    chosen = sa.select(task.c.status, sa.func.count()).group_by(task.c.status)
    found = {row[0]: row[1] for row in connection.execute(chosen)}
    return {**found, "leased": connection.execute(sa.select(sa.func.count()).select_from(lease)).scalar_one()}
