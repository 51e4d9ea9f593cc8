"""A run read back from its folder, without its snapshot."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from models import AllotError
from scheduler.run_folder import SCHEMA_VERSION, NotARunFolderError

if TYPE_CHECKING:
    from reports import RunView

_TABLES = ("plan", "unplanned", "agents", "kpis")
_FURTHER = ("hours", "changes")
"""Tables that not every run has."""
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
    from reports import RunView

    run = read_run(folder)
    frames = {name: _read(folder / f"{name}.parquet", pl.read_parquet) for name in _TABLES}
    further = {name: folder / f"{name}.parquet" for name in _FURTHER}
    more = {name: _read(file, pl.read_parquet) for name, file in further.items() if file.exists()}
    try:
        view = RunView(
            run=run,
            rejects=_read(folder / "rejects.csv", _read_rejects),
            **frames,
            **more,
        )
    except ValueError as error:
        raise UnreadableRunError(f"{folder} is damaged: {error}") from error
    _refuse_other_rows(folder, run, frames)
    return view


def read_run(folder: Path) -> dict[str, Any]:
    """run.json of a run's folder.

    Raises:
        NotARunFolderError: there is no run.
        UnreadableRunError: run.json is damaged, or of another version.
    """
    file = folder / "run.json"
    if not file.exists():
        raise NotARunFolderError(f"{folder} is not the folder of a run: there is no run.json in it")
    run = _read(file, lambda path: json.loads(path.read_text(encoding="utf-8")))
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
    return run


def _read(file: Path, read: Callable[[Path], _Content]) -> _Content:
    try:
        return read(file)
    except FileNotFoundError as error:
        raise UnreadableRunError(f"{file} is missing: the run in {file.parent} is not whole; plan again") from error
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise UnreadableRunError(f"{file} cannot be read: {error}; plan again") from error


def _read_rejects(file: Path) -> pl.DataFrame:
    return pl.read_csv(file, infer_schema=False).with_columns(pl.col("row").cast(pl.Int64))


def _refuse_other_rows(folder: Path, run: dict[str, Any], frames: dict[str, pl.DataFrame]) -> None:
    """Refuses tables that are not those run.json was written with."""
    for table, count in (("plan", "planned"), ("unplanned", "unplanned")):
        said, found = (run["counts"] or {}).get(count), frames[table].height
        if said != found:
            raise UnreadableRunError(
                f"{folder / table}.parquet has {found:,} rows, and run.json says {said}: they are not of one run"
            )
