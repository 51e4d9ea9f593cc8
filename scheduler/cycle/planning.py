"""A plan of a snapshot of the task list: the first one afresh, each later one near the run before."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models import Observer
from scheduler.replanning.run import ReplanRequest, replan
from scheduler.run.pipeline import Request, Result, run_plan
from scheduler.run.policy import Policy
from scheduler.run.written import UnreadableRunError

_RUN = re.compile(r"[0-9]{8}T[0-9]{4}Z")


@dataclass(frozen=True, kw_only=True)
class Planning:
    """How a cycle plans. ``options`` are further ones of a request, such as ``effort`` or ``time_limit_s``."""

    policy: Policy
    options: dict[str, Any]


def plan_near(planning: Planning, snapshot: Path, out: Path, observer: Observer) -> tuple[Result, str]:
    """Plans a snapshot, which the run keeps, near the last run beside ``out``; the run, and how it was made.

    Raises:
        SnapshotError, PolicyError, CheckError, ...: as :func:`scheduler.run.pipeline.run_plan` says.
    """
    asked: dict[str, Any] = {
        "source": snapshot,
        "out": out,
        "policy": planning.policy,
        "allow_empty": True,
        "keep_snapshot": True,
    }
    earlier = latest_run(out.parent)
    if earlier is None:
        return run_plan(Request(**asked, **planning.options), observer), "planned afresh: there is no earlier run"
    try:
        result = replan(ReplanRequest(**asked, earlier=earlier, **planning.options), observer)
    except UnreadableRunError as error:
        return run_plan(Request(**asked, **planning.options), observer), f"planned afresh: {error}"
    return result, f"planned near {earlier.name}"


def latest_run(runs: Path) -> Path | None:
    """The last run of a cycle in the folder; ``None`` before the first."""
    found = [path for path in runs.iterdir() if _RUN.fullmatch(path.name) and (path / "run.json").is_file()]
    return max(found, default=None, key=lambda path: path.name)
