"""The audit of files: a snapshot and the run folder that was made from it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from data import Snapshot, read_snapshot
from models import CheckError
from scheduler.audit.calendars import calendar_tables
from scheduler.audit.edits import understand
from scheduler.audit.report import AuditReport
from scheduler.audit.verdict import audit

_Content = TypeVar("_Content")


def audit_folder(snapshot_path: Path, run_dir: Path) -> AuditReport:
    """Read a snapshot at the run's ``as_of`` and horizon, and audit the run against it.

    A snapshot without a time zone is read in the run's.

    Raises:
        SnapshotError: the snapshot cannot be read.
        CheckError: the run folder cannot be read.
    """
    run = _read_run(run_dir)
    # what was planned is checked, however much of it was set aside
    snapshot = read_snapshot(
        snapshot_path,
        as_of=run.get("as_of"),
        horizon=run.get("horizon_end"),
        max_reject_share=1,
        allow_empty=True,
        calendars=calendar_tables(run),
        defaults={"timezone": run.get("timezone", "UTC")},
    )
    return audit_run(snapshot, run_dir)


def audit_run(snapshot: Snapshot, run_dir: Path) -> AuditReport:
    """Audit a run folder against a snapshot that was read already.

    Raises:
        CheckError: the run folder cannot be read.
    """
    edits = run_dir / "edits.json"

    def perhaps(name: str) -> pl.DataFrame | None:
        path = run_dir / name
        return _read(path, pl.read_parquet) if path.exists() else None

    return audit(
        snapshot,
        _read_run(run_dir),
        _read(run_dir / "plan.parquet", pl.read_parquet),
        _read(run_dir / "unplanned.parquet", pl.read_parquet),
        _read(run_dir / "rejects.csv", _read_rejects),
        perhaps("certificate.parquet"),
        understand(_read(edits, _read_json)) if edits.exists() else None,
        perhaps("certificate_tasks.parquet"),
    )


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
