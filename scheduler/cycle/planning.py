"""Plans of the task list: each keeps the snapshot it was made from, and a cycle's is near the run before."""

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data import UnreadableRunError
from models import Observer
from scheduler.config import Config
from scheduler.cycle.snapshot import moment_of, policy_of, take_snapshot
from scheduler.replanning import ReplanRequest, replan
from scheduler.run.pipeline import run_plan
from scheduler.run.policy import Policy
from scheduler.run.request import Request
from scheduler.run.result import Result

_OF_THE_LIST: dict[str, Any] = {"allow_empty": True, "keep_snapshot": True}
"""What is asked of every run of the task list: an empty list is planned too, and the snapshot can be checked later."""
_RUN = re.compile(r"[0-9]{8}T[0-9]{4}Z")


@dataclass(frozen=True, kw_only=True)
class Planning:
    """How a cycle plans. ``options`` are further ones of a request, such as ``effort`` or ``time_limit_s``."""

    policy: Policy
    options: dict[str, Any]


def plan_list(
    config: Config, options: Mapping[str, Any], observer: Observer, *, as_of: str | None, horizon: str | None
) -> Result:
    """Plans the task list afresh, as a request with these options, ``out`` among them, asks for.

    Raises:
        ConfigError, StoreError: there is no store, or it does not answer.
        others: as :func:`scheduler.run.pipeline.run_plan` says.
    """
    with folder_beside(options["out"]) as folder:
        take_snapshot(config, folder, as_of=moment_of(as_of, config), horizon=horizon)
        policy = policy_of(config, options.get("policy"))
        return run_plan(Request(**{**options, "source": folder, "policy": policy, **_OF_THE_LIST}), observer)


def plan_near(
    planning: Planning, snapshot: Path, out: Path, observer: Observer, published: Path | None = None
) -> tuple[Result, str]:
    """Plans a snapshot of the task list near the published run, else the last beside ``out``; the run, how it was made.

    Raises:
        as :func:`scheduler.run.pipeline.run_plan` says.
    """
    asked = {"source": snapshot, "out": out, "policy": planning.policy, **_OF_THE_LIST, **planning.options}
    earlier = published or latest_run(out.parent)
    if earlier is None:
        return run_plan(Request(**asked), observer), "planned afresh: there is no earlier run"
    try:
        return replan(ReplanRequest(**asked, earlier=earlier), observer), f"planned near {earlier.name}"
    except UnreadableRunError as error:
        return run_plan(Request(**asked), observer), f"planned afresh: {error}"


def latest_run(runs: Path) -> Path | None:
    """The last run of a cycle in the folder; ``None`` before the first."""
    found = [path for path in runs.iterdir() if _RUN.fullmatch(path.name) and (path / "run.json").is_file()]
    return max(found, default=None, key=lambda path: path.name)


@contextmanager
def folder_beside(out: Path) -> Iterator[Path]:
    """A folder beside the run's, gone when the body ends."""
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
