"""The task list as a snapshot: the open work of all sources at one moment, with the people that sources brought.

It has the tasks that are not final, in the columns of the contract and all further columns of the sources, with their
values after the rules.
"""

import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import sqlalchemy as sa
from polars import selectors
from sqlalchemy.engine import Connection

from data.intake.codec import values_of
from data.intake.rules import Rules
from data.intake.state import FINAL
from data.store.leases import leased_tasks
from data.store.listing import task_frame
from data.store.people import people_tables
from data.store.tables import TASK_COLUMNS, progress, task
from data.tables.schemas import DTYPES, ROW, TABLES
from models import OptionError, disk_errors_at

LARGEST_CSV = 50_000
"""Up to this many tasks, a snapshot is written as CSV files, which people can open; above, as Parquet files."""
SOURCES = "sources.csv"
SETTINGS = "snapshot.toml"
_AT_ONCE = 5000  # ids in one question
NO_RULES = Rules()
_OWN = ("task_id", "status", "agent_id")
_OF_THE_LIST = ("set_by", "capture_id", "changed_at")
_MOMENT = "%Y-%m-%dT%H:%M:%S%.6f"


@dataclass(frozen=True)
class Listed:
    """The tables of open work and people; and for each source ``source``, ``last_event`` and its ``age`` in seconds.

    ``failed``: the tasks that are held because a rule fails for them, and why.
    """

    tables: Mapping[str, pl.DataFrame]
    sources: pl.DataFrame
    failed: Mapping[str, str] = field(default_factory=dict)


def list_open_work(
    connection: Connection, now: datetime, rules: Rules = NO_RULES, zone: str = "UTC", *, as_planned: bool = True
) -> Listed:
    """The task list of a store as tables of a snapshot, in a read transaction.

    The rules run again, for the moment ``now``, on the values as received. A task for which a rule fails keeps these
    values and is held for an error. ``as_planned``: tasks that people have been handed are as plans see them.
    """
    tasks, people = task_frame(connection, without=FINAL, unasked=_OF_THE_LIST), people_tables(connection)
    failed: dict[str, str] = {}
    if rules.rules and not tasks.is_empty():
        came = _as_they_came(connection, tasks).drop("source")
        tasks, failed = _ruled(tasks, came, rules, now, zone, people.get("processes"))
    if "pairs" in people:
        people["pairs"] = _without_final(connection, people["pairs"], tasks["task_id"])
    if as_planned:
        tasks = _as_handed_out(tasks, *leased_tasks(connection, now))
    return Listed({"tasks": tasks, **_with_required(people)}, _sources(connection, now), failed)


def _without_final(connection: Connection, pairs: pl.DataFrame, listed: pl.Series) -> pl.DataFrame:
    """The pairs without those of final tasks; of tasks that nobody knows they stay, for the snapshot to tell."""
    others = pairs.filter(~pairs["task_id"].is_in(listed.to_list()))["task_id"].drop_nulls().unique().to_list()
    final: list[str] = []
    for start in range(0, len(others), _AT_ONCE):
        chosen = sa.select(task.c.task_id).where(task.c.task_id.in_(others[start : start + _AT_ONCE]))
        final += connection.execute(chosen).scalars()
    return pairs.filter(~pairs["task_id"].is_in(final).fill_null(value=False))


def _as_handed_out(tasks: pl.DataFrame, leased: Mapping[str, str], over: Collection[str]) -> pl.DataFrame:
    """The tasks as plans have to see them: what somebody has been handed stays theirs and comes first, like work in
    progress; what nobody took up in time is queued.
    """
    if not leased and not over:
        return tasks
    status = {**dict.fromkeys(leased, "in_progress"), **dict.fromkeys(over, "queued")}
    new = pl.col("task_id").replace_strict(status, default=None, return_dtype=pl.String)
    back = pl.col("task_id").is_in(list(over))
    return tasks.with_columns(status=pl.coalesce(new, "status"), agent_id=pl.when(~back).then("agent_id"))


def _with_required(people: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables of people; a required table that no source has brought is empty."""
    needed = (table for name, table in TABLES.items() if name != "tasks" and not table.optional)
    return {**{table.name: table.empty().drop(ROW) for table in needed}, **people}


def _as_they_came(connection: Connection, tasks: pl.DataFrame) -> pl.DataFrame:
    """The tasks with the values as received, where rules have set others."""
    chosen = sa.select(task.c.task_id, task.c.came).where(task.c.status.not_in(sorted(FINAL)), task.c.came != "")
    came = {row.task_id: values_of(row.came) for row in connection.execute(chosen)}
    if not came:
        return tasks
    places = tasks["task_id"].is_in(list(came)).arg_true()
    rows = [came[name] for name in tasks["task_id"].gather(places)]
    types = {column.name: DTYPES[column.kind] for column in TASK_COLUMNS}
    values = {n: pl.Series([row.get(n) for row in rows], dtype=dtype, strict=False) for n, dtype in types.items()}
    return tasks.with_columns(tasks[name].scatter(places, values[name]) for name in types)


def _ruled(
    tasks: pl.DataFrame, came: pl.DataFrame, rules: Rules, now: datetime, zone: str, processes: pl.DataFrame | None
) -> tuple[pl.DataFrame, dict[str, str]]:
    """The tasks with their values after the rules, and why those are held for which one fails.

    ``processes`` is text, as received.
    """
    numbers = [column.name for column in TABLES["processes"].columns if column.kind == "number"]
    if processes is not None:
        processes = processes.with_columns(pl.col(numbers).cast(pl.Float64, strict=False))
    ruled = rules.apply(came, as_of=now, zone=zone, processes=processes)
    counts = [ruled.values[name] for name in ruled.values.columns if name in tasks.columns and name not in _OWN]
    held = ruled.failed.is_not_null() & tasks["status"].is_in(["queued"])
    status = pl.when(held).then(pl.lit("errorheld")).otherwise(tasks["status"]).alias("status")
    tasks = tasks.with_columns(counts).with_columns(status)
    told = tasks.select("task_id", why=ruled.failed).filter(
        (tasks["status"] == "errorheld") & ruled.failed.is_not_null()
    )
    return tasks, dict(told.iter_rows())


def _sources(connection: Connection, now: datetime) -> pl.DataFrame:
    rows = connection.execute(sa.select(progress.c.source, progress.c.last_event_at).order_by(progress.c.source)).all()
    ages = [None if row.last_event_at is None else max(0.0, (now - row.last_event_at).total_seconds()) for row in rows]
    types = {"source": pl.String(), "last_event": pl.Datetime("us", "UTC"), "age": pl.Float64()}
    return pl.DataFrame([(*row, age) for row, age in zip(rows, ages, strict=True)], schema=types, orient="row")


def write_snapshot(listed: Listed, folder: Path, *, as_of: datetime, horizon: str, zone: str) -> None:
    """Writes a snapshot folder: a file per table, `snapshot.toml` and `sources.csv`, moved there once all are written.

    Tables of an earlier snapshot in the folder are replaced.

    Raises:
        OptionError: the folder has tables that are no snapshot of the list.
    """
    _require_room(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with disk_errors_at(folder), tempfile.TemporaryDirectory(dir=folder, prefix=".partial-") as name:
        written = list(_files(listed, Path(name), zone))
        settings = Path(name) / SETTINGS
        settings.write_text(_settings(as_of, horizon, zone), encoding="utf-8")
        for table in listed.tables:
            for ending in ("csv", "parquet"):
                (folder / f"{table}.{ending}").unlink(missing_ok=True)
        for file in (*written, settings):
            file.replace(folder / file.name)


def _require_room(folder: Path) -> None:
    """Refuses a folder with tables of somebody else, which would be replaced."""
    tables = [f"{table}.{ending}" for table in TABLES for ending in ("csv", "parquet")]
    found = [name for name in (SETTINGS, *tables) if (folder / name).exists()]
    if found and not (folder / SOURCES).exists():
        raise OptionError(f"{folder} holds files that do not belong to a snapshot ({found[0]}); name a new folder")


def _files(listed: Listed, folder: Path, zone: str) -> Iterator[Path]:
    readable = listed.tables["tasks"].height <= LARGEST_CSV
    for name, table in listed.tables.items():
        file = folder / f"{name}.{'csv' if readable else 'parquet'}"
        if readable:
            _write_csv(table, file, zone)
        else:
            table.write_parquet(file)
        yield file
    file = folder / SOURCES
    _write_csv(listed.sources, file, zone)
    yield file


def _write_csv(table: pl.DataFrame, file: Path, zone: str) -> None:
    """Writes a CSV file: moments with their UTC offset, and a byte-order mark by which Excel recognizes UTF-8."""
    told = table.with_columns(selectors.datetime(time_zone="*").dt.convert_time_zone(zone).dt.strftime(f"{_MOMENT}%:z"))
    told.write_csv(file, include_bom=True)


def _settings(as_of: datetime, horizon: str, zone: str) -> str:
    moment = as_of.astimezone(ZoneInfo(zone)).isoformat()
    return f'as_of = "{moment}"\nhorizon = "{horizon}"\ntimezone = "{zone}"\n'
