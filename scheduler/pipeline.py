"""The main job: read, validate, build, solve, check, write. The check is not optional."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data import Build, Snapshot, build_problem, read_snapshot, with_presence
from models import (
    ENGINES,
    CapabilityError,
    CheckError,
    CheckResult,
    Evaluation,
    Limits,
    Observer,
    Outcome,
    Prices,
    Problem,
    check,
    empty_objective,
    evaluate,
    nearest,
    silent,
)
from reports import as_tree, measure
from scheduler.facts import facts_of
from scheduler.policy import Policy, read_policy
from scheduler.run_folder import SCHEMA_VERSION, RunFolder, locked
from scheduler.run_reports import Formats, write_reports, write_table
from scheduler.tables import RunTables, run_tables

if TYPE_CHECKING:
    from data.sources import Source
    from reports import RunView

_MOST_HOURS = 20
"""Rows of what one more hour is worth that run.json shows."""
_PACKAGES = ("allot", "ortools", "pulp", "highspy", "numba", "numpy", "polars")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to plan and how. ``time_limit_s`` counts from ``began`` (:func:`time.monotonic`) to the written plan.

    ``effort`` bounds the work in deterministic units instead; the time limit then only counts when it is given.
    ``allow_empty`` plans also where nobody works or a table has no rows, or loses them all.
    ``split`` asks for lists to hand out, by ``team``, ``site``, ``organisation`` or ``agent``.
    ``language`` is what workbook and page are written in, default: the policy's.

    Raises:
        CapabilityError: there is no engine of that name.
    """

    source: "Source"
    out: Path | None = None
    policy: Policy | Mapping[str, Any] | str | Path | None = None
    as_of: str | datetime | None = None
    horizon: str | timedelta | None = None
    engine: str = "auto"
    solver: str = "HiGHS"
    time_limit_s: float | None = None
    effort: int | None = None
    gap: float = 0.001
    seed: int = 0
    strict: bool = False
    allow_empty: bool = False
    csv: bool = False
    csv_separator: str = ","
    xlsx: bool = True
    html: bool = True
    split: str | None = None
    language: str | None = None
    began: float = field(default_factory=time.monotonic)
    cancelled: threading.Event = field(default_factory=threading.Event)

    default_time_limit_s: ClassVar[float] = 60.0
    reserved_s: ClassVar[float] = 0.5
    reserved_per_task_s: ClassVar[float] = 24e-6

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            hint = nearest(self.engine, ENGINES) or "."
            raise CapabilityError(f"there is no engine '{self.engine}'{hint} Engines: {', '.join(ENGINES)}")

    def limits(self, n_tasks: int) -> Limits:
        """The engine's limits: what checking and writing ``n_tasks`` takes is kept back."""
        limit = self.time_limit_s
        if limit is None and self.effort is None:
            limit = self.default_time_limit_s
        reserved = self.reserved_s + n_tasks * self.reserved_per_task_s
        deadline = None if limit is None else self.began + limit - reserved
        return Limits(deadline=deadline, effort=self.effort, gap=self.gap, seed=self.seed, cancelled=self.cancelled)


@dataclass(frozen=True, kw_only=True)
class Result:
    """A plan with everything a run writes: ``run`` is run.json, the frames are its tables.

    ``hours`` is ``None`` when the run has no prices; ``folder`` is where it was written, ``None`` when it was not;
    ``changes`` is the change list of a re-plan, ``edits`` says what in it makes another problem of the snapshot.
    """

    run: dict[str, Any]
    plan: pl.DataFrame
    unplanned: pl.DataFrame
    rejects: pl.DataFrame
    agents: pl.DataFrame
    kpis: pl.DataFrame
    hours: pl.DataFrame | None
    folder: Path | None
    changes: pl.DataFrame | None = None
    edits: tuple[str, ...] = ()

    def view(self) -> "RunView":
        """The run as the reports receive it."""
        from reports import RunView

        frames = (self.plan, self.unplanned, self.rejects, self.agents, self.kpis, self.hours)
        return RunView(self.run, *frames, changes=self.changes, edits=self.edits)


class InterruptedEarlyError(Exception):
    """Somebody asked to stop before there was a plan."""


class _Stages:
    """Times the stages of a run and tells the observer about them."""

    def __init__(self, observer: Observer) -> None:
        self.seconds: dict[str, float] = {}
        self._observer = observer

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        self._observer(name)
        began = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - began, 3)


def run_plan(request: Request, observer: Observer = silent) -> Result:
    """Plans a snapshot and, with ``out``, writes the run's folder.

    Raises:
        SnapshotError, PolicyError: the input is refused; nothing was written.
        CapabilityError: the engine cannot take the problem.
        CheckError: the plan broke a rule; it is kept beside ``out`` for study.
        LockError: another run writes to ``out``.
        InterruptedEarlyError: ``request.cancelled`` was set before there was a plan.
    """
    policy = read_policy(request.policy)
    with locked(request.out) if request.out is not None else nullcontext() as folder:
        return Run(request, policy, folder, observer).go()


@dataclass
class Run:
    """One run on its way through the stages; a re-plan (`scheduler.replanning`) does some of them in its own way."""

    request: Request
    policy: Policy
    folder: RunFolder | None
    observer: Observer
    log: list[dict[str, Any]] = field(default_factory=list)
    changes: pl.DataFrame | None = None
    edits_made: tuple[str, ...] = ()

    def go(self) -> Result:
        request, stages = self.request, _Stages(self._observe)
        with stages("read"):
            snapshot = self._read()
        self._stop_if_cancelled()
        with stages("build"):
            build = self._build(snapshot)
        self._stop_if_cancelled()
        staging = self.folder.begin() if self.folder else None
        with stages("solve"):
            outcome = self._solve(build.problem, staging)
        with stages("check"):
            checked = check(build.problem, outcome.plan, outcome.objective, outcome.bound)
        tables, facts, more = None, None, {}
        if checked.objective is not None:  # else it has not even the shape of a plan: there is nothing to tabulate
            with stages("tables"):
                evaluation = evaluate(build.problem, outcome.plan)
                tables = run_tables(snapshot, build, outcome.plan, evaluation, outcome.prices)
                facts = facts_of(snapshot, build, evaluation, tables)
                more = self._more(build, outcome, evaluation)
        run = self._account(snapshot, build.problem, outcome, checked, tables, stages.seconds) | more
        result = None
        if tables is not None and facts is not None:
            with stages("figures"):
                result = _result(run, tables, measure(run, facts), snapshot, request.out)
                result = replace(result, changes=self.changes, edits=self.edits_made)
        if self.folder is not None and staging is not None:
            self._write(staging, run, snapshot, build.problem, outcome, result, stages)
            self._publish(self.folder, checked)
        if result is None or not checked.ok:
            raise CheckError(_broken(checked))
        return result

    def _read(self) -> Snapshot:
        return with_presence(self._read_tables(), self.policy.time.grain_s, allow_empty=self.request.allow_empty)

    def _read_tables(self) -> Snapshot:
        """The snapshot, whoever works in its period."""
        request = self.request
        return read_snapshot(
            request.source,
            as_of=request.as_of,
            horizon=request.horizon,
            strict=request.strict,
            max_reject_share=self.policy.max_reject_share,
            allow_empty=request.allow_empty,
            grain_s=None,
        )

    def _build(self, snapshot: Snapshot) -> Build:
        return build_problem(snapshot, self.policy.terms())

    def _more(self, build: Build, outcome: Outcome, evaluation: Evaluation) -> dict[str, Any]:
        """What run.json says besides."""
        return {}

    def _further_basis(self) -> list[object]:
        """What else decides the plan."""
        return []

    def _observe(self, stage: str, objective: int | None = None, bound: int | None = None) -> None:
        seconds = round(time.monotonic() - self.request.began, 3)
        self.log.append({"seconds": seconds, "stage": stage, "objective": _points(objective), "bound": _points(bound)})
        self.observer(stage, objective, bound)

    def _stop_if_cancelled(self) -> None:
        if self.request.cancelled.is_set():
            raise InterruptedEarlyError

    def _solve(self, problem: Problem, staging: Path | None) -> Outcome:
        from models.engines import make_engine

        request = self.request
        lp_file = staging / "model.lp" if staging is not None and request.engine == "pulp" else None
        engine = make_engine(request.engine, solver=request.solver, lp_file=lp_file)
        return engine(problem, request.limits(problem.n_tasks), self._observe)

    def _account(
        self,
        snapshot: Snapshot,
        problem: Problem,
        outcome: Outcome,
        checked: CheckResult,
        tables: RunTables | None,
        seconds: dict[str, float],
    ) -> dict[str, Any]:
        """What run.json says; what is counted in tables is null without them."""
        request, empty, zone = self.request, empty_objective(problem), ZoneInfo(snapshot.timezone)
        return {
            "schema_version": SCHEMA_VERSION,
            "run_id": self._run_id(snapshot),
            "as_of": snapshot.as_of.astimezone(zone).isoformat(),
            "horizon_end": snapshot.horizon_end.astimezone(zone).isoformat(),
            "timezone": snapshot.timezone,
            "engine": request.engine if request.engine != "auto" else outcome.engine,
            "engine_asked": request.engine,
            "engine_reason": outcome.engine_reason,
            "stop": outcome.stop.value,
            "proof": outcome.proof.value,
            "objective": _points(outcome.objective),
            "bound": _points(outcome.bound),
            "bound_source": outcome.bound_source,
            "gap": outcome.gap,
            "gain_gap": _gain_gap(outcome, empty),
            "empty_objective": _points(empty),
            "counts": tables and _counts(snapshot, problem, tables),
            "agents": tables and _people(tables.agents),
            "hour_value": tables and _hour_value(tables.hours),
            "timings_s": seconds,
            "check": {"ok": checked.ok, "violations": [str(v) for v in checked.violations]},
            "warnings": list(snapshot.warnings),
            "not_written": [],
            "notices": [notice.as_dict() for notice in snapshot.notices],
            "seed": request.seed,
            "effort": request.effort,
            "policy": self.policy.model_dump(),
            "snapshot": _place_of(request.source),
            "inputs": snapshot.inputs,
            "versions": {name: version(name) for name in _PACKAGES},
        }

    def _run_id(self, snapshot: Snapshot) -> str:
        """A name that the same input, policy and options give again."""
        request = self.request
        basis = [
            *sorted(snapshot.inputs.items()),
            self.policy.model_dump_json(),
            (request.engine, request.seed, request.effort, request.gap, str(snapshot.horizon_end)),
            *self._further_basis(),
        ]
        digest = hashlib.sha256(repr(basis).encode()).hexdigest()[:10]
        return f"{snapshot.as_of:%Y%m%dT%H%MZ}-{digest}"

    def _write(
        self,
        staging: Path,
        run: dict[str, Any],
        snapshot: Snapshot,
        problem: Problem,
        outcome: Outcome,
        result: Result | None,
        stages: _Stages,
    ) -> None:
        with stages("write"):
            snapshot.rejects.write_csv(staging / "rejects.csv")
            if outcome.prices is not None:
                certificate(problem, outcome.prices).write_parquet(staging / "certificate.parquet")
                if outcome.prices.task is not None and outcome.bound_source == "programmes":
                    of_tasks = certificate_of_tasks(problem, outcome.prices.task)
                    of_tasks.write_parquet(staging / "certificate_tasks.parquet")
            if result is not None:
                self._write_tables(staging, result)
        if result is not None:
            failed = write_reports(result.view(), staging, self._formats, stages)
            run["warnings"] = [*failed.values(), *run["warnings"]]
            run["not_written"] = list(failed)
        (staging / "run.json").write_text(json.dumps(run, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        lines = (json.dumps(line, ensure_ascii=False) for line in self.log)
        (staging / "log.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def _write_tables(self, staging: Path, result: Result) -> None:
        write_table(result.plan, staging / "plan.parquet")
        write_table(result.unplanned, staging / "unplanned.parquet")
        result.agents.write_parquet(staging / "agents.parquet")
        result.kpis.write_parquet(staging / "kpis.parquet")
        if result.hours is not None:
            result.hours.write_parquet(staging / "hours.parquet")

    @property
    def _formats(self) -> Formats:
        request = self.request
        language = request.language or self.policy.report.language
        return Formats(
            xlsx=request.xlsx,
            html=request.html,
            csv=request.csv,
            csv_separator=request.csv_separator,
            split=request.split,
            language=language,
        )

    @staticmethod
    def _publish(folder: RunFolder, checked: CheckResult) -> None:
        if checked.ok:
            folder.publish()
            return
        folder.keep_failed()
        raise CheckError(f"{_broken(checked)}\nThe plan is kept for study in {folder.failed}")


def certificate(problem: Problem, prices: Prices) -> pl.DataFrame:
    """The prices that prove the bound, one row where an agent's price changes: see docs/certificate.md.

    ``price`` is in 2**-20 hundredths per grain, for work promised by deadlines from ``from_grain`` on; ``task_price``
    is in 2**-20 hundredths per task.
    """
    width = len(prices.edges)
    rows = pl.DataFrame(
        {
            "agent_id": problem.agent_ids.gather([a for a in range(problem.n_agents) for _ in range(width)]),
            "from_grain": pl.Series(list(prices.edges) * problem.n_agents, dtype=pl.Int64),
            "price": pl.Series(prices.price.reshape(-1), dtype=pl.Int64),
            "task_price": pl.Series(prices.fee.repeat(width), dtype=pl.Int64),
        }
    )
    changed = pl.col("price") != pl.col("price").shift(1).over("agent_id")
    return rows.filter(changed.fill_null(value=True))


def certificate_of_tasks(problem: Problem, asked: NDArray[np.int64]) -> pl.DataFrame:
    """The prices of tasks that prove the bound, of open tasks that ask anything: see docs/certificate.md.

    ``price`` is in 2**-20 hundredths.
    """
    rows = pl.DataFrame({"task_id": problem.task_ids, "price": pl.Series(asked, dtype=pl.Int64)})
    return rows.filter((pl.col("price") > 0) & pl.Series(problem.free))


def _result(
    run: dict[str, Any], tables: RunTables, kpis: pl.DataFrame, snapshot: Snapshot, folder: Path | None
) -> Result:
    """The result of a run, whose run.json gets its key figures."""
    run["kpis"] = as_tree(kpis)
    return Result(
        run=run,
        plan=tables.plan,
        unplanned=tables.unplanned,
        rejects=snapshot.rejects,
        agents=tables.agents,
        kpis=kpis,
        hours=tables.hours,
        folder=folder,
    )


def _counts(snapshot: Snapshot, problem: Problem, tables: RunTables) -> dict[str, int]:
    planned, late = tables.plan.height, int((tables.plan["outcome"] == "late").sum())
    return {
        "tasks": snapshot.rows_read["tasks"],
        "rejected": snapshot.rejects.filter(pl.col("table") == "tasks").height,
        "plannable": problem.n_tasks,
        "planned": planned,
        "on_time": planned - late,
        "late": late,
        "unplanned": tables.unplanned.height,
    }


def _people(agents: pl.DataFrame) -> dict[str, float | None]:
    minutes = agents.select("working_minutes", "capacity_minutes", "planned_minutes").sum().row(0, named=True)
    working = minutes["working_minutes"]
    return {**minutes, "utilization": minutes["planned_minutes"] / working if working else None}


def _hour_value(hours: pl.DataFrame | None) -> list[dict[str, Any]] | None:
    """The hours worth most, for run.json."""
    if hours is None:
        return None
    return [
        {
            "requirement": row["requirement"],
            "from": row["from_time"].isoformat(),
            "until": row["until_time"].isoformat(),
            "points_per_hour": row["points_per_hour"],
        }
        for row in hours.filter(pl.col("points_per_hour") > 0).head(_MOST_HOURS).iter_rows(named=True)
    ]


def _place_of(source: "Source") -> str | None:
    """Where the snapshot lies, ``None`` for frames in memory."""
    return str(Path(source).resolve()) if isinstance(source, str | Path) else None


def _points(hundredths: int | None) -> float | None:
    return None if hundredths is None else hundredths / 100


def _gain_gap(outcome: Outcome, empty: int) -> float | None:
    """The share of what could be gained that the plan does not gain; ``None`` when that says nothing."""
    if outcome.bound is None:
        return None
    if outcome.bound == outcome.objective:
        return 0.0
    # started work that costs more than it earns (H7) can bring a bound down to what doing nothing is worth
    return (outcome.bound - outcome.objective) / (outcome.bound - empty) if outcome.bound != empty else None


def _broken(checked: CheckResult) -> str:
    first = "\n".join(f"  {violation}" for violation in checked.violations[:10])
    return f"the plan breaks {checked.total} rules, a defect in allot:\n{first}"
