"""A run that was written, read back with the snapshot it was made from: the plan and its prices in numbers again."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import polars as pl

from data import Build, Snapshot, build_problem, read_snapshot
from models import AllotError, Evaluation, Plan, Prices, Problem, SnapshotError, evaluate
from scheduler.policy import read_policy

_Content = TypeVar("_Content")


class NotARunError(AllotError):
    """A folder is not a run's, or not a whole one."""


@dataclass(frozen=True, eq=False, kw_only=True)
class PastRun:
    """A run with its snapshot. ``run`` is run.json; the frames are the run's tables; without ``prices`` it has none."""

    folder: Path
    run: dict[str, Any]
    snapshot: Snapshot
    build: Build
    planned: pl.DataFrame
    unplanned: pl.DataFrame
    plan: Plan
    prices: Prices | None

    @property
    def problem(self) -> Problem:
        """The problem that was solved."""
        return self.build.problem

    @cached_property
    def evaluation(self) -> Evaluation:
        """What the plan amounts to."""
        return evaluate(self.problem, self.plan)

    @property
    def bound(self) -> int | None:
        """The proved limit on any plan's objective, in hundredths."""
        return None if self.run["bound"] is None else round(100 * self.run["bound"])


def read_past_run(folder: Path, snapshot: Path | None = None) -> PastRun:
    """The run in a folder, with its snapshot from where the run says it lay, or from ``snapshot``.

    Raises:
        NotARunError: a file of the run is missing or unreadable.
        SnapshotError: the snapshot is not there, or its files are not those the run was made from.
    """
    run = _read(folder / "run.json", lambda path: json.loads(path.read_text(encoding="utf-8")))
    policy = read_policy(run["policy"])
    place = _place(folder, run, snapshot)
    read = read_snapshot(
        place, as_of=run["as_of"], horizon=run["horizon_end"], max_reject_share=policy.max_reject_share
    )
    _refuse_changed(folder, place, run, read)
    build = build_problem(read, policy.terms())
    planned = _read(folder / "plan.parquet", pl.read_parquet)
    certificate = folder / "certificate.parquet"
    return PastRun(
        folder=folder,
        run=run,
        snapshot=read,
        build=build,
        planned=planned,
        unplanned=_read(folder / "unplanned.parquet", pl.read_parquet),
        plan=_plan(planned, build),
        prices=_prices(_read(certificate, pl.read_parquet), build.problem) if certificate.exists() else None,
    )


def _read(path: Path, read: Callable[[Path], _Content]) -> _Content:
    if not path.exists():
        raise NotARunError(f"{path} is missing: {path.parent} is not a run's folder, or not a whole one")
    try:
        return read(path)
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise NotARunError(f"{path} cannot be read: {error}") from error


def _place(folder: Path, run: dict[str, Any], given: Path | None) -> Path:
    if given is not None:
        return given
    remembered = run.get("snapshot")
    if remembered is None:
        raise SnapshotError(f"{folder} does not say where its snapshot lies; name it with --snapshot")
    if not Path(remembered).exists():
        raise SnapshotError(f"{folder} was made from {remembered}, which is not there; name it with --snapshot")
    return Path(remembered)


def _refuse_changed(folder: Path, place: Path, run: dict[str, Any], read: Snapshot) -> None:
    then, now = run["inputs"], read.inputs
    changed = sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))
    if changed:
        raise SnapshotError(
            f"{place} is not what {folder} was made from: changed since are {', '.join(changed)}. Plan again, or name "
            "the snapshot of that run with --snapshot"
        )


def _plan(planned: pl.DataFrame, build: Build) -> Plan:
    """The plan in a run's table: where a task begins on its agent's clock follows from when it begins."""
    problem = build.problem
    rows = planned.select(
        task=_number(planned["task_id"], problem.task_ids), agent=_number(planned["agent_id"], problem.agent_ids)
    )
    begins = (planned["start_at"].dt.convert_time_zone("UTC") - build.as_of).dt.total_seconds() // problem.grain_s
    agent, start = np.full(problem.n_tasks, -1, np.int32), np.full(problem.n_tasks, -1, np.int64)
    tasks, agents = rows["task"].to_numpy(), rows["agent"].to_numpy()
    agent[tasks] = agents
    start[tasks] = problem.clocks.capacity(agents, begins.to_numpy())
    return Plan(agent=agent, start=start)


def _number(ids: pl.Series, known: pl.Series) -> pl.Series:
    """The place of each id among those known."""
    numbered = pl.DataFrame({"id": known, "number": pl.int_range(len(known), eager=True)})
    return pl.DataFrame({"id": ids}).join(numbered, on="id", how="left", maintain_order="left")["number"]


def _prices(rows: pl.DataFrame, problem: Problem) -> Prices:
    """The prices in a certificate; who has no row asks nothing."""
    edges = np.unique(np.append(rows["from_grain"].to_numpy(), 0))
    agent = _number(rows["agent_id"], problem.agent_ids).to_numpy()
    bucket = np.searchsorted(edges, rows["from_grain"].to_numpy())
    price = np.full((problem.n_agents, len(edges)), -1, np.int64)
    price[:, 0] = 0
    price[agent, bucket] = rows["price"].to_numpy()
    last = np.maximum.accumulate(np.where(price >= 0, np.arange(len(edges)), 0), axis=1)
    fee = np.zeros(problem.n_agents, np.int64)
    fee[agent] = rows["task_price"].to_numpy()
    return Prices(edges=edges, price=np.take_along_axis(price, last, axis=1), fee=fee)
