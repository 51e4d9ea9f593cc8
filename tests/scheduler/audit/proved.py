"""Runs with certificates, audited."""

from typing import Any

import polars as pl

from scheduler.audit import AuditReport, audit
from tests.scheduler.audit.case import Reference, Run, at, snapshot_of

CENTS_PER_GRAIN = 10


def priced(rows: list[tuple[Any, ...]], columns: tuple[str, ...] = ("agent_id", "from_grain", "price")) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=columns, orient="row")


def bounded(certificate: pl.DataFrame, hundredths: int = 0, source: str = "certificate", **world: Any) -> AuditReport:
    """The audit of the plan [t, u] of an agent with 60 minutes, where t is worth 10 and u, due at 40, 5."""
    tasks = [{"task_id": "t", "value": 10}, {"task_id": "u", "value": 5, "due_at": at(40)}]
    snapshot = snapshot_of(tasks, horizon="60m", **world)
    reference = Reference(snapshot)
    run = reference.with_bound(reference.run({"ann": ["u", "t"]}), hundredths).with_run(bound_source=source)
    run.certificate = certificate
    return audit(snapshot, run.run, run.plan, run.unplanned, run.rejects, run.certificate)


def _audited(snapshot: Any, run: Run) -> AuditReport:
    return audit(snapshot, run.run, run.plan, run.unplanned, run.rejects, run.certificate)
