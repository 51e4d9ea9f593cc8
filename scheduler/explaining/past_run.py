"""Reads a finished run with its snapshot, and converts the plan and its prices to the problem's numbers."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from data import Build, Snapshot, read_snapshot
from models import (
    CheckError,
    Evaluation,
    Plan,
    Prices,
    Problem,
    SnapshotError,
    check,
    evaluate,
    message_table,
    require_cache,
    to_plain,
)
from reports import usable_bound
from scheduler.edits import apply_edits
from scheduler.replanning.earlier import EarlierRun, plan_of, prices_of, read_earlier
from scheduler.replanning.edited import build_edited, frozen
from scheduler.run.guards import refuse_huge
from scheduler.run.request import SNAPSHOT


@dataclass(frozen=True, eq=False, kw_only=True)
class PastRun:
    """A run with its edited snapshot; ``prices`` is ``None`` if it has no certificate."""

    earlier: EarlierRun
    snapshot: Snapshot
    build: Build
    plan: Plan
    prices: Prices | None

    @property
    def problem(self) -> Problem:
        """The problem that was solved."""
        return self.build.problem

    @property
    def planned(self) -> pl.DataFrame:
        """The run's table of planned tasks, times in UTC."""
        return self.earlier.plan

    @property
    def unplanned(self) -> pl.DataFrame:
        """The run's table of tasks that are not planned."""
        return self.earlier.unplanned

    def edits_of(self, *, task: str = "", agent: str = "") -> list[dict[str, Any]]:
        """The edits that name a task or an agent, each with its cost when it was made, if known."""
        return [
            {"edit": str(edit), "cost": to_plain(edit.cost)}
            for edit in self.earlier.edits
            if (task and edit.task == task) or (agent and edit.agent == agent)
        ]

    def messages_of(self, texts: pl.Series) -> list[dict[str, str]]:
        """The messages of texts of the run, each with its text, code and parts."""
        messages = message_table(self.snapshot.reject_messages, self.earlier.messages)
        return messages.filter(pl.col("text").is_in(texts.implode())).to_dicts()

    @property
    def run_id(self) -> str:
        """The run's name."""
        return self.earlier.run.run_id

    @property
    def unit(self) -> str:
        """The name of its unit of value."""
        return self.earlier.policy.report.unit

    @property
    def bound(self) -> int | None:
        """The upper bound on any plan's objective, in hundredths; ``None`` without one, or if it is refuted."""
        bound = self.earlier.run.bound
        return None if bound is None else usable_bound(round(100 * bound), self.evaluation.objective)

    @property
    def is_refuted(self) -> bool:
        """Whether the run's bound is below the value of its plan."""
        return self.earlier.run.bound is not None and self.bound is None

    @cached_property
    def evaluation(self) -> Evaluation:
        """The evaluation of the plan."""
        return evaluate(self.problem, self.plan)


def read_past_run(folder: Path, snapshot: Path | None = None) -> PastRun:
    """Reads the run in a folder, with its snapshot from the path in run.json or from ``snapshot``.

    Raises:
        NotARunFolderError, UnreadableRunError: the folder holds no run, or a damaged one.
        CheckError: its plan is not one of the snapshot.
        SnapshotError: the snapshot is not there or too large, or its files are not those the run was made from.
        CacheError: compiled loops can be kept nowhere.
    """
    require_cache()
    earlier = read_earlier(folder)
    place = _place(earlier, snapshot)
    refuse_huge(place, "plan the region or site that it is about as a snapshot of its own, and ask there")
    run, policy = earlier.run, earlier.policy
    # what was planned is explained, however much of it was set aside
    read = read_snapshot(
        place,
        as_of=run.as_of,
        horizon=run.horizon_end,
        max_reject_share=1,
        allow_empty=True,
        calendars=policy.calendar,
        defaults={"timezone": run.timezone},
    )
    _refuse_changed(earlier, place, read)
    edited = apply_edits(read, policy.terms(), earlier.edits)
    build = build_edited(edited)
    tasks, agents = (pl.Series([pair[k] for pair in earlier.frozen], dtype=pl.String) for k in (0, 1))
    build = replace(build, problem=frozen(build.problem, tasks, agents))
    plan = plan_of(earlier, build.problem, build.as_of)
    if plan is None or not check(build.problem, plan).ok:
        raise CheckError(f"{folder} does not hold: run `allot check {place} {folder}` to see why")
    return PastRun(
        earlier=earlier,
        snapshot=edited.snapshot,
        build=build,
        plan=plan,
        prices=prices_of(earlier, build.problem, build.as_of),
    )


def _place(earlier: EarlierRun, given: Path | None) -> Path:
    if given is not None:
        return given
    remembered, folder = earlier.run.snapshot, earlier.folder
    if (folder / SNAPSHOT).is_dir():  # wherever the run has been moved to
        return folder / SNAPSHOT
    if remembered is None:
        raise SnapshotError(f"{folder} does not say where its snapshot lies; name it with --snapshot")
    if not Path(remembered).exists():
        raise SnapshotError(f"{folder} was made from {remembered}, which is not there; name it with --snapshot")
    return Path(remembered)


def _refuse_changed(earlier: EarlierRun, place: Path, read: Snapshot) -> None:
    then, now = dict(earlier.run.inputs), read.inputs
    changed = sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))
    if changed:
        raise SnapshotError(
            f"{place} is not what {earlier.folder} was made from: changed since are {', '.join(changed)}. Plan again, "
            "or name the snapshot of that run with --snapshot"
        )
