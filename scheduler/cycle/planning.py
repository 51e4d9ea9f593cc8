"""Plans the task list. Every run keeps its snapshot; a cycle re-plans near the previous run."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data import UnreadableRunError
from models import Observer
from scheduler.alerts import watch_by
from scheduler.config import Config
from scheduler.cycle.retention import runs_of_cycles
from scheduler.cycle.snapshot import moment_of, policy_of, take_snapshot
from scheduler.replanning import ReplanRequest, replan
from scheduler.run.pipeline import run_plan
from scheduler.run.policy import Policy
from scheduler.run.request import Request
from scheduler.run.result import Result

_OF_THE_LIST: dict[str, Any] = {"allow_empty": True, "keep_snapshot": True}
"""Options of every run of the task list: an empty list is planned too, and the snapshot is kept for checks."""


@dataclass(frozen=True, kw_only=True)
class Planning:
    """How a cycle plans. ``options`` are further options of a request, such as ``effort`` or ``time_limit_s``."""

    policy: Policy
    options: dict[str, Any]


def plan_list(
    config: Config,
    options: Mapping[str, Any],
    observer: Observer,
    *,
    as_of: str | None,
    horizon: str | None,
    tell: Callable[[str], None] = lambda line: None,
) -> Result:
    """Plans the task list from scratch; ``options`` are those of a request, ``out`` among them.

    ``tell`` is told which tasks are held because a rule fails.

    Raises:
        ConfigError, StoreError: there is no store, or it does not answer.
        others: see :func:`scheduler.run.pipeline.run_plan`.
    """
    with folder_beside(options["out"]) as folder:
        taken = take_snapshot(config, folder, as_of=moment_of(as_of, config), horizon=horizon)
        if taken.held is not None:
            tell(taken.held)
        policy = policy_of(config, options.get("policy"))
        asked = {**options, "source": folder, "policy": policy, "watch": watch_by(config), **_OF_THE_LIST}
        return run_plan(Request(**asked), observer)


def plan_near(
    planning: Planning, snapshot: Path, out: Path, observer: Observer, published: Path | None = None
) -> tuple[Result, str]:
    """Plans a snapshot near the published run, else near the last one beside ``out``; the run, and how it was made.

    Raises:
        see :func:`scheduler.run.pipeline.run_plan`.
    """
    asked = {"source": snapshot, "out": out, "policy": planning.policy, **_OF_THE_LIST, **planning.options}
    earlier = published or next(reversed(runs_of_cycles(out.parent)), None)
    if earlier is None:
        return run_plan(Request(**asked), observer), "planned afresh: there is no earlier run"
    try:
        return replan(ReplanRequest(**asked, earlier=earlier), observer), f"planned near {earlier.name}"
    except UnreadableRunError as error:
        return run_plan(Request(**asked), observer), f"planned afresh: {error}"


@contextmanager
def folder_beside(out: Path) -> Iterator[Path]:
    """A temporary folder beside the run's, deleted when the body ends."""
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
