"""A run read back from its folder, without its snapshot."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from data import SCHEMA_VERSION, NotARunFolderError
from models import MESSAGE_COLUMNS, PLAN_COLUMNS, UNPLANNED_COLUMNS, AllotError
from scheduler.edits import what_counts

if TYPE_CHECKING:
    from reports import RunView

_COLUMNS = {"plan": PLAN_COLUMNS, "unplanned": UNPLANNED_COLUMNS}
"""What the two tables have that say how every task ends."""
_MOMENTS = ("as_of", "horizon_end")
_KEYS = (
    "run_id", "as_of", "horizon_end", "timezone", "engine", "stop", "proof", "objective", "bound", "gap", "gain_gap",
    "empty_objective", "counts", "agents", "check", "warnings", "seed", "policy", "inputs", "versions",
)  # fmt: skip
_Content = TypeVar("_Content")


class UnreadableRunError(AllotError):
    """A run's folder is damaged, or of a version that cannot be read."""


def read_view(folder: Path) -> "RunView":
    """The run in a folder as the reports receive it.

    Raises:
        NotARunFolderError: there is no run.
        UnreadableRunError: a file is missing, damaged, or of another version; the message names it.
    """
    from reports import Messages, RunView

    run = read_run(folder)
    tables, edits = read_tables(folder, run, "agents", "kpis"), folder / "edits.json"
    try:
        return RunView(
            run=run,
            rejects=read_file(folder / "rejects.csv", _read_rejects),
            **tables,
            hours=read_further(folder, "hours"),
            changes=read_further(folder, "changes"),
            messages=Messages(read_messages(folder)),
            edits=read_file(edits, _read_edits) if edits.exists() else (),
        )
    except ValueError as error:
        raise UnreadableRunError(f"{folder} is damaged: {error}") from error


def read_run(folder: Path) -> dict[str, Any]:
    """run.json of a run's folder.

    Raises:
        NotARunFolderError: there is no run.
        UnreadableRunError: run.json is damaged, or of another version.
    """
    file = folder / "run.json"
    if not file.exists():
        raise NotARunFolderError(f"{folder} is not the folder of a run: there is no run.json in it")
    run = read_file(file, lambda path: json.loads(path.read_text(encoding="utf-8")))
    if not isinstance(run, dict) or "schema_version" not in run:
        raise NotARunFolderError(f"{folder} is not the folder of a run: its run.json has no schema_version")
    if run["schema_version"] != SCHEMA_VERSION:
        raise UnreadableRunError(
            f"{file}: schema_version is {run['schema_version']!r}, and this allot reads {SCHEMA_VERSION}; use the "
            "version that made the run, or plan again"
        )
    missing = [key for key in _KEYS if key not in run]
    if missing:
        raise UnreadableRunError(f"{file} is damaged: it lacks {', '.join(missing)}; plan again")
    _refuse_other_moments(file, run)
    return run


def read_tables(folder: Path, run: Mapping[str, Any], *others: str) -> dict[str, pl.DataFrame]:
    """The plan, what is not planned, and ``others`` of the tables that every run has; ``run`` is its run.json.

    Raises:
        UnreadableRunError: a table is missing, damaged, or of another run.
    """
    frames = {name: read_file(folder / f"{name}.parquet", pl.read_parquet) for name in (*_COLUMNS, *others)}
    _refuse_other_columns(folder, frames)
    _refuse_other_rows(folder, run, frames)
    return frames


def read_further(folder: Path, name: str) -> pl.DataFrame | None:
    """A table that not every run has; ``None`` where it is not there.

    Raises:
        UnreadableRunError: it is damaged.
    """
    file = folder / f"{name}.parquet"
    return read_file(file, pl.read_parquet) if file.exists() else None


def read_messages(folder: Path) -> pl.DataFrame | None:
    """The messages of a run's texts; ``None`` where an earlier version has written it.

    Raises:
        UnreadableRunError: the table is damaged.
    """
    table = read_further(folder, "messages")
    missing = [] if table is None else [name for name in MESSAGE_COLUMNS if name not in table.columns]
    if missing:
        raise UnreadableRunError(f"{folder / 'messages'}.parquet is damaged: it lacks {', '.join(missing)}; plan again")
    return table


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


def _read_edits(file: Path) -> tuple[str, ...]:
    return what_counts(json.loads(file.read_text(encoding="utf-8")))


def _read_rejects(file: Path) -> pl.DataFrame:
    return pl.read_csv(file, infer_schema=False).with_columns(pl.col("row").cast(pl.Int64))


def _refuse_other_moments(file: Path, run: dict[str, Any]) -> None:
    """Refuses a run whose beginning or end cannot be read."""
    for key in _MOMENTS:
        try:
            datetime.fromisoformat(run[key])
        except (TypeError, ValueError) as error:
            raise UnreadableRunError(f"{file} is damaged: {key} is {run[key]!r}; plan again") from error


def _refuse_other_columns(folder: Path, frames: dict[str, pl.DataFrame]) -> None:
    """Refuses tables that lack columns of the contract."""
    for table, columns in _COLUMNS.items():
        missing = [name for name in columns if name not in frames[table].columns]
        if missing:
            raise UnreadableRunError(f"{folder / table}.parquet is damaged: it lacks {', '.join(missing)}; plan again")


def _refuse_other_rows(folder: Path, run: Mapping[str, Any], frames: dict[str, pl.DataFrame]) -> None:
    """Refuses tables that are not those run.json was written with."""
    for table, count in (("plan", "planned"), ("unplanned", "unplanned")):
        said, found = (run["counts"] or {}).get(count), frames[table].height
        if said != found:
            raise UnreadableRunError(
                f"{folder / table}.parquet has {found:,} rows, and run.json says {said}: they are not of one run"
            )
