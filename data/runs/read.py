"""A run read back from its folder, without its snapshot."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from data.runs.folder import NotARunFolderError
from models import RUN_TABLES, SCHEMA_VERSION, AllotError, RunRecord

_Content = TypeVar("_Content")
_RUN_ID = re.compile(rb'"run_id": *"([^"]+)"')
_BEGINNING = 500  # bytes


class UnreadableRunError(AllotError):
    """A run's folder is damaged, or of a version that cannot be read."""


def read_record(folder: Path) -> RunRecord:
    """What the run in a folder says of itself.

    Raises:
        NotARunFolderError: there is no run.
        UnreadableRunError: run.json is damaged, or of another version.
    """
    file = folder / "run.json"
    if not file.exists():
        raise NotARunFolderError(f"{folder} is not the folder of a run: there is no run.json in it")
    run = read_file(file, _read_json)
    if not isinstance(run, dict) or "schema_version" not in run:
        raise NotARunFolderError(f"{folder} is not the folder of a run: its run.json has no schema_version")
    if run["schema_version"] != SCHEMA_VERSION:
        raise UnreadableRunError(
            f"{file}: schema_version is {run['schema_version']!r}, and this allot reads {SCHEMA_VERSION}; use the "
            "version that made the run, or plan again"
        )
    try:
        return RunRecord.from_json(run)
    except ValueError as error:
        raise UnreadableRunError(f"{file} is damaged: {error}; plan again") from error


def run_id_of(folder: Path) -> str | None:
    """The id of the run in a folder, by the beginning of run.json alone; ``None`` if that does not have it."""
    try:
        with (folder / "run.json").open("rb") as file:
            found = _RUN_ID.search(file.read(_BEGINNING))
    except OSError:
        return None
    return None if found is None else found[1].decode()


def read_tables(folder: Path, run: RunRecord, *others: str, most: int | None = None) -> dict[str, pl.DataFrame]:
    """The plan, what is not planned, and ``others`` of the tables that every run has.

    With ``most``, the first so many tasks of the plan, and of what is not planned.

    Raises:
        UnreadableRunError: a table is missing, damaged, or of another run.
    """
    frames = {name: _read_table(folder, name, most) for name in ("plan", "unplanned")}
    _refuse_other_rows(folder, run)
    return frames | {name: _read_table(folder, name) for name in others}


def read_further(folder: Path, name: str) -> pl.DataFrame | None:
    """A table that not every run has; ``None`` where it is not there.

    Raises:
        UnreadableRunError: it is damaged.
    """
    return _read_table(folder, name) if (folder / f"{name}.parquet").exists() else None


def read_rejects(folder: Path) -> pl.DataFrame:
    """The rows that were set aside.

    Raises:
        UnreadableRunError: the table is missing or damaged.
    """
    return read_file(folder / "rejects.csv", _read_rejects)


def read_file(file: Path, read: Callable[[Path], _Content]) -> _Content:
    """What ``read`` makes of a file of a run.

    Raises:
        UnreadableRunError: it is missing or damaged.
    """
    try:
        return read(file)
    except FileNotFoundError as error:
        raise UnreadableRunError(f"{file} is missing: the run in {file.parent} is not whole; plan again") from error
    except (KeyError, TypeError) as error:
        raise UnreadableRunError(f"{file} is damaged: {error!r}; plan again") from error
    except (OSError, ValueError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise UnreadableRunError(f"{file} cannot be read: {error}; plan again") from error


def _read_json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def _read_rejects(file: Path) -> pl.DataFrame:
    return pl.read_csv(file, infer_schema=False).with_columns(pl.col("row").cast(pl.Int64))


def _read_table(folder: Path, name: str, most: int | None = None) -> pl.DataFrame:
    file = folder / f"{name}.parquet"
    frame = read_file(file, lambda place: pl.read_parquet(place, n_rows=most))
    faults = RUN_TABLES[name].faults(frame)
    if faults:
        raise UnreadableRunError(f"{file} is damaged: {'; '.join(faults)}; plan again")
    return frame


def _refuse_other_rows(folder: Path, run: RunRecord) -> None:
    """Refuses tables that are not those run.json was written with."""
    for table, said in (
        ("plan", run.counts and run.counts.planned),
        ("unplanned", run.counts and run.counts.unplanned),
    ):
        found = pl.scan_parquet(folder / f"{table}.parquet").select(pl.len()).collect().item()
        if said != found:
            rows = "1 row" if found == 1 else f"{found:,} rows"
            raise UnreadableRunError(
                f"{folder / table}.parquet has {rows}, and run.json says {said}: they are not of one run"
            )
