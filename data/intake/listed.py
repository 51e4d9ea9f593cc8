"""The task list as a snapshot: the open work of all sources at one moment, with the people that came in.

What is listed is what a plan needs: tasks that are not final, in the columns of the contract and those that sources
bring besides, with the values that count after the rules.
"""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import sqlalchemy as sa
from polars import selectors
from sqlalchemy.engine import Connection

from data.intake.state import FINAL
from data.store.listing import task_frame
from data.store.tables import progress
from models import disk_errors_at

LARGEST_CSV = 50_000
"""Up to so many tasks a snapshot is written as CSV files, which people can open; above, as Parquet files."""
SOURCES = "sources.csv"
_OF_THE_LIST = ("set_by", "capture_id", "changed_at")
_MOMENT = "%Y-%m-%dT%H:%M:%S%.6f"


@dataclass(frozen=True)
class Listed:
    """The open work, the people, and how old what each source said is: ``source``, ``last_event``, ``age`` in s."""

    tables: Mapping[str, pl.DataFrame]
    sources: pl.DataFrame


def list_open_work(connection: Connection, now: datetime) -> Listed:
    """The task list of a store as tables of a snapshot, in a transaction that reads."""
    tasks = task_frame(connection, without=FINAL).drop(_OF_THE_LIST)
    return Listed({"tasks": tasks}, _sources(connection, now))


def _sources(connection: Connection, now: datetime) -> pl.DataFrame:
    rows = connection.execute(sa.select(progress.c.source, progress.c.last_event_at).order_by(progress.c.source)).all()
    ages = [None if row.last_event_at is None else max(0.0, (now - row.last_event_at).total_seconds()) for row in rows]
    types = {"source": pl.String(), "last_event": pl.Datetime("us", "UTC"), "age": pl.Float64()}
    return pl.DataFrame([(*row, age) for row, age in zip(rows, ages, strict=True)], schema=types, orient="row")


def write_snapshot(listed: Listed, folder: Path, *, as_of: datetime, horizon: str, zone: str) -> None:
    """Writes the folder of a snapshot whole: a file a table, `snapshot.toml` and `sources.csv`.

    Tables of an earlier snapshot in the folder are replaced; the folder may hold nothing else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with disk_errors_at(folder), tempfile.TemporaryDirectory(dir=folder, prefix=".partial-") as name:
        written = list(_files(listed, Path(name), zone))
        settings = Path(name) / "snapshot.toml"
        settings.write_text(_settings(as_of, horizon, zone), encoding="utf-8")
        for table in listed.tables:
            for ending in ("csv", "parquet"):
                (folder / f"{table}.{ending}").unlink(missing_ok=True)
        for file in (*written, settings):
            file.replace(folder / file.name)


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
    """Moments have their offset, so that no local time is in doubt; a byte-order mark says UTF-8 to Excel."""
    told = table.with_columns(selectors.datetime(time_zone="*").dt.convert_time_zone(zone).dt.strftime(f"{_MOMENT}%:z"))
    told.write_csv(file, include_bom=True)


def _settings(as_of: datetime, horizon: str, zone: str) -> str:
    moment = as_of.astimezone(ZoneInfo(zone)).isoformat()
    return f'as_of = "{moment}"\nhorizon = "{horizon}"\ntimezone = "{zone}"\n'
