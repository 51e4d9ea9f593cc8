"""A run with its snapshot, and its audit."""

from data import Snapshot
from scheduler.audit import AuditReport, audit
from tests.scheduler.audit.case import Reference, Run, at, snapshot_of


def audited(snapshot: Snapshot, run: Run) -> AuditReport:
    return audit(snapshot, run.run, run.plan, run.unplanned, run.rejects, run.certificate)


def world() -> tuple[Snapshot, Reference, Run]:
    """Two tasks worth 10 and 5 with a fine of 1, of which one is planned."""
    tasks = [{"task_id": "t", "value": 10}, {"task_id": "u", "value": 5, "penalty": 1, "due_at": at(40)}]
    snapshot = snapshot_of([*tasks, {"task_id": "h", "status": "held"}])
    reference = Reference(snapshot)
    return snapshot, reference, reference.run({"ann": ["t"]})
