"""The audit of files: a snapshot and the run folder that was made from it."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import polars as pl

from data import Snapshot, read_snapshot
from models import CheckError
from scheduler.audit.edits import understand
from scheduler.audit.facts import reading_of
from scheduler.audit.parts import Each, audit_in_parts, one_by_one
from scheduler.audit.report import AuditReport
from scheduler.audit.verdict import audit

_Content = TypeVar("_Content")


def audit_folder(snapshot_path: Path, run_dir: Path, each: Each = one_by_one) -> AuditReport:
    """Read a snapshot at the run's ``as_of`` and horizon, and audit the run against it.

    A snapshot without a time zone is read in the run's. A run that was made in parts is audited in pieces, by ``each``:
    by default one after the other.

    Raises:
        SnapshotError: the snapshot cannot be read.
        CheckError: the run folder cannot be read.
    """
    run = _read_run(run_dir)
    if run.get("parts"):
        with TemporaryDirectory(prefix=".check-", dir=_beside(run_dir)) as place:
            rejects, certificate = _read(run_dir / "rejects.csv", _read_rejects), _perhaps(run_dir, "certificate")
            return audit_in_parts(snapshot_path, run_dir, run, rejects, certificate, Path(place), each)
    return audit_run(read_snapshot(snapshot_path, **reading_of(run)), run_dir)


def audit_run(snapshot: Snapshot, run_dir: Path) -> AuditReport:
    """Audit a run folder against a snapshot that was read already.

    Raises:
        CheckError: the run folder cannot be read.
    """
    edits = run_dir / "edits.json"
    return audit(
        snapshot,
        _read_run(run_dir),
        _read(run_dir / "plan.parquet", pl.read_parquet),
        _read(run_dir / "unplanned.parquet", pl.read_parquet),
        _read(run_dir / "rejects.csv", _read_rejects),
        _perhaps(run_dir, "certificate"),
        understand(_read(edits, _read_json)) if edits.exists() else None,
        _perhaps(run_dir, "certificate_tasks"),
    )


def _perhaps(run_dir: Path, name: str) -> pl.DataFrame | None:
    path = run_dir / f"{name}.parquet"
    return _read(path, pl.read_parquet) if path.exists() else None


def _beside(run_dir: Path) -> Path | None:
    """Where pieces are written, so that other machines read them, too: beside the run, if that can be."""
    folder = run_dir.resolve().parent
    return folder if os.access(folder, os.W_OK) else None


def _read_run(run_dir: Path) -> dict[str, Any]:
    run = _read(run_dir / "run.json", _read_json)
    if not isinstance(run, dict):
        raise CheckError(f"{run_dir / 'run.json'}: an object is needed")
    return run


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _read_rejects(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False)


def _read(path: Path, read: Callable[[Path], _Content]) -> _Content:
    if not path.exists():
        raise CheckError(f"{path} is missing: {path.parent} is not a run's folder, or not a whole one")
    try:
        return read(path)
    except (OSError, ValueError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as problem:
        raise CheckError(f"{path} cannot be read: {problem}") from problem
