"""A small office that edits are tried on: Ann and Bob, who can do claims, and Cem, who cannot."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from data import Snapshot, read_snapshot
from scheduler import plan
from scheduler.audit import audit_run
from scheduler.replanning import ReplanRequest, replan
from scheduler.run.result import Result

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
OPTIONS: dict[str, Any] = {"effort": 1, "gap": 0, "xlsx": False, "html": False}


def frames(**tables: Any) -> dict[str, Any]:
    """The office's tables; others may be given in their place."""
    office: dict[str, Any] = {
        "snapshot": {"as_of": "2026-03-02T08:00", "horizon": "4h"},
        "processes": pl.DataFrame({"process": ["claim"], "minutes": [60], "skills": ["claims"], "value": [10]}),
        "tasks": pl.DataFrame({"task_id": [f"T{k}" for k in range(1, 7)], "process": ["claim"] * 6}),
        "agents": pl.DataFrame({"agent_id": ["Ann", "Bob", "Cem"], "max_tasks": [None, None, 9]}),
        "agent_skills": pl.DataFrame({"agent_id": ["Ann", "Bob"], "skill": ["claims"] * 2}),
        "shifts": pl.DataFrame(
            {
                "agent_id": ["Ann", "Bob", "Cem"],
                "start": ["2026-03-02T08:00"] * 3,
                "end": ["2026-03-02T12:00"] * 3,
            }
        ),
    }
    return office | tables


def office(**tables: Any) -> Snapshot:
    """The office's snapshot."""
    return read_snapshot(frames(**tables))


def tasks(**columns: Any) -> pl.DataFrame:
    """The office's tasks with more columns."""
    plain = {"task_id": [f"T{k}" for k in range(1, 7)], "process": ["claim"] * 6}
    return pl.DataFrame(plain | columns)


def planned_office(folder: Path) -> Path:
    """The folder with a plan of the office: four claims each for Ann and Bob would fit, there are six."""
    plan(frames(), out=folder, **OPTIONS)
    return folder


def again(
    earlier: Path, *edits: tuple[str, str], freeze: str = "0", max_changes: int | None = None, **tables: Any
) -> Result:
    """The office's run with edits, audited."""
    out = earlier.parent / "again"
    request = ReplanRequest(
        source=frames(**tables),
        earlier=earlier,
        out=out,
        edits=edits,
        freeze=freeze,
        max_changes=max_changes,
        **OPTIONS,
    )
    result = replan(request)
    report = audit_run(office(**tables), out)
    assert report.ok, report.violations
    return result
