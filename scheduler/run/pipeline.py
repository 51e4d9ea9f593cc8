"""The main job: read, validate, build, solve, check, write. The check is not optional."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
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

from data import SCHEMA_VERSION, Build, RunFolder, Snapshot, build_problem, locked, read_snapshot, with_presence
from models import (
    BoundSource,
    CheckError,
    CheckResult,
    Code,
    Compiling,
    Evaluation,
    Limits,
    Message,
    Observer,
    Outcome,
    Problem,
    Stop,
    check,
    compiling,
    empty_objective,
    evaluate,
    message_table,
    require_cache,
    silent,
)
from reports import as_tree, measure
from scheduler.run.arrange import arrange
from scheduler.run.certificates import certificate, certificate_of_tasks
from scheduler.run.facts import facts_of
from scheduler.run.guards import parse_age, refuse_old, refuse_shrunken, size_of, size_of_run
from scheduler.run.idle import idle_people
from scheduler.run.keep_better import better_run
from scheduler.run.key_figures import calendars_of, counts_of, gain_gap_of, hour_value_of, people_of
from scheduler.run.options import check_options
from scheduler.run.policy import Policy, read_policy
from scheduler.run.reports import Formats, write_reports, write_table
from scheduler.run.tables import RunTables, run_tables

if TYPE_CHECKING:
    from data.sources.sources import Source
    from reports import RunView

_PACKAGES = ("allot", "ortools", "pulp", "highspy", "numba", "numpy", "polars")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to plan and how. ``time_limit_s`` counts from ``began`` (:func:`time.monotonic`) to the written plan.

    ``effort`` bounds the work in deterministic units instead; the time limit then only counts when it is given.
    ``allow_empty`` plans also where nobody works or a table has no rows, or loses them all.
    ``split`` asks for lists to hand out, by ``team``, ``site``, ``organisation`` or ``agent``.
    ``language`` is what workbook and page are written in, default: the policy's.
    A snapshot older than ``max_age`` (default: the policy's) is refused, and one that has shrunk against that of the
    run in the folder ``expect_like``. ``keep_better`` keeps an earlier run in ``out`` when this one is stopped early
    and its plan of the same problem is worth less.

    Raises:
        OptionError, CapabilityError: an option has a value that it cannot have; there is no engine of that name.
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
    max_age: str | timedelta | None = None
    expect_like: Path | None = None
    keep_better: bool = False
    split: str | None = None
    language: str | None = None
    began: float = field(default_factory=time.monotonic)
    cancelled: threading.Event = field(default_factory=threading.Event)

    default_time_limit_s: ClassVar[float] = 60.0
    reserved_s: ClassVar[float] = 0.5
    reserved_per_task_s: ClassVar[float] = 40e-6

    def __post_init__(self) -> None:
        check_options(self)

    @property
    def limit_s(self) -> float | None:
        """The seconds the run may take, ``None`` when only effort counts."""
        return self.default_time_limit_s if self.time_limit_s is None and self.effort is None else self.time_limit_s

    def limits(self, n_tasks: int) -> Limits:
        """The engine's limits: what checking and writing ``n_tasks`` takes is kept back."""
        limit = self.limit_s
        reserved = self.reserved_s + n_tasks * self.reserved_per_task_s
        deadline = None if limit is None else self.began + limit - reserved
        return Limits(deadline=deadline, effort=self.effort, gap=self.gap, seed=self.seed, cancelled=self.cancelled)


@dataclass(frozen=True, kw_only=True, repr=False)
class Result:
    """A plan with everything a run writes: ``run`` is run.json, the frames are its tables.

    ``hours`` is ``None`` when the run has no prices; ``folder`` is where it was written, ``None`` when it was not;
    ``changes`` is the change list of a re-plan, ``edits`` says what in it makes another problem of the snapshot.
    ``messages`` are those of the texts in all of these: codes and parts, for readers of other languages.
    ``kept_over`` is the objective of a plan that was stopped early and not written, as this earlier one is worth more.
    """

    run: dict[str, Any]
    plan: pl.DataFrame
    unplanned: pl.DataFrame
    rejects: pl.DataFrame
    agents: pl.DataFrame
    kpis: pl.DataFrame
    hours: pl.DataFrame | None
    messages: pl.DataFrame | None
    folder: Path | None
    kept_over: float | None = None
    changes: pl.DataFrame | None = None
    edits: tuple[str, ...] = ()

    def __repr__(self) -> str:
        counts, where = self.run["counts"], "" if self.folder is None else f", folder='{self.folder}'"
        worth = f"{counts['planned']} of {counts['tasks']} tasks planned, objective {self.run['objective']}"
        return f"Result({self.run['run_id']}: {worth}, bound {self.run['bound']}{where})"

    def view(self) -> "RunView":
        """The run as the reports receive it."""
        from reports import Messages, RunView

        frames = (self.plan, self.unplanned, self.rejects, self.agents, self.kpis, self.hours)
        messages = Messages(self.messages)
        return RunView(self.run, *frames, changes=self.changes, edits=self.edits, messages=messages)


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
    change_messages: list[Message] = field(default_factory=list)
    edits_made: tuple[str, ...] = ()
    compiled: Compiling = field(default_factory=Compiling)

    def go(self) -> Result:
        """Runs all stages.

        Raises:
            CacheError: compiled loops can be kept nowhere.
            others: as :func:`run_plan` says.
        """
        require_cache()
        with compiling(self._tell_of_compiling) as self.compiled:
            return self._course()

    def _course(self) -> Result:
        request, stages = self.request, _Stages(self._observe)
        before = None if request.expect_like is None else size_of_run(Path(request.expect_like))
        with stages("read"):
            snapshot = self._read()
            age = request.max_age if request.max_age is not None else self.policy.max_age
            warnings = refuse_old(snapshot, parse_age(age))
        self._stop_if_cancelled()
        with stages("build"):
            build = self._build(snapshot)
            if before is not None and request.expect_like is not None:
                size = size_of(self._unedited(build).problem)
                refuse_shrunken(size, before, self.policy.shrink, request.expect_like)
        self._stop_if_cancelled()
        staging = self.folder.begin() if self.folder else None
        with stages("solve"):
            outcome = self._solve(build.problem, staging)
        with stages("arrange"):
            outcome = arrange(build, outcome, self._movable(outcome))
        with stages("check"):
            checked = check(build.problem, outcome.plan, outcome.objective, outcome.bound)
        tables, facts, more = None, None, {}
        if checked.objective is not None:  # else it has not even the shape of a plan: there is nothing to tabulate
            with stages("tables"):
                evaluation = evaluate(build.problem, outcome.plan)
                tables = run_tables(snapshot, build, outcome.plan, evaluation, outcome.prices)
                facts = facts_of(snapshot, build, evaluation, tables)
                idle = idle_people(build.problem, evaluation, tables.unplanned)
                more = {"idle": idle, **self._more(build, outcome, evaluation)}
        run = self._account(snapshot, build.problem, outcome, checked, tables, stages.seconds)
        run |= more | calendars_of(snapshot, build)
        run["warnings"] += [*warnings, *self._late_by_compiling()]
        result = None
        if tables is not None and facts is not None:
            with stages("figures"):
                result = _result(run, tables, measure(run, facts), snapshot, request.out, self.change_messages)
                result = replace(result, changes=self.changes, edits=self.edits_made)
        if request.keep_better and outcome.stop is Stop.INTERRUPTED and self.folder is not None:
            better = better_run(self.folder.path, run)
            if better is not None and checked.ok:
                return _result_of(better, self.folder.path, run["objective"])
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
            calendars=self.policy.calendar,
        )

    def _build(self, snapshot: Snapshot) -> Build:
        return build_problem(snapshot, self.policy.terms())

    def _unedited(self, build: Build) -> Build:
        """What is built of the snapshot alone, without edits."""
        return build

    def _movable(self, outcome: Outcome) -> NDArray[np.bool_] | None:
        """The tasks that may still move among plans of the same value; ``None`` for all."""
        return None

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

    def _tell_of_compiling(self) -> None:
        """Tells that a loop is compiled; the log has it once."""
        told = any(line["stage"] == "compile" for line in self.log)
        (self.observer if told else self._observe)("compile")

    def _late_by_compiling(self) -> list[Message]:
        """Warns when the time limit was passed because loops had to be compiled."""
        limit, seconds = self.request.limit_s, time.monotonic() - self.request.began
        if limit is None or not seconds - self.compiled.seconds <= limit < seconds:
            return []
        return [Message(Code.LATE_BY_COMPILING, seconds=f"{self.compiled.seconds:.0f}", limit=f"{limit:g}")]

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
            "engine_reason": outcome.engine_reason or "",
            "stop": outcome.stop.value,
            "proof": outcome.proof.value,
            "objective": _points(outcome.objective),
            "bound": _points(outcome.bound),
            "bound_source": outcome.bound_source,
            "gap": outcome.gap,
            "gain_gap": gain_gap_of(outcome, empty),
            "empty_objective": _points(empty),
            "counts": tables and counts_of(snapshot, problem, tables),
            "agents": tables and people_of(tables.agents),
            "hour_value": tables and hour_value_of(tables.hours),
            "timings_s": seconds,
            "check": {"ok": checked.ok, "violations": [violation.text for violation in checked.violations]},
            "warnings": list(snapshot.warnings),
            "not_written": [],
            "notices": [notice.as_dict() for notice in snapshot.notices],
            "seed": request.seed,
            "effort": request.effort,
            "policy": self.policy.model_dump(),
            "snapshot": _place_of(request.source),
            "inputs": snapshot.inputs,
            "versions": {name: version(name) for name in (*_PACKAGES, *self.policy.further_packages)},
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
                if outcome.prices.task is not None and outcome.bound_source is BoundSource.TASK_PRICES:
                    of_tasks = certificate_of_tasks(problem, outcome.prices.task)
                    of_tasks.write_parquet(staging / "certificate_tasks.parquet")
            if result is not None:
                self._write_tables(staging, result)
        if result is not None:
            failed = write_reports(result.view(), staging, self._formats, stages)
            run["warnings"] = [*failed.values(), *run["warnings"]]
            run["not_written"] = list(failed)
            message_table(failed.values(), result.messages).write_parquet(staging / "messages.parquet")
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


def _result_of(view: "RunView", folder: Path, kept_over: float) -> Result:
    """The result that an earlier run is."""
    frames = {name: getattr(view, name) for name in ("plan", "unplanned", "rejects", "agents", "kpis", "hours")}
    messages = view.messages.table
    return Result(
        run=dict(view.run), folder=folder, kept_over=kept_over, changes=view.changes, messages=messages, **frames
    )


def _result(
    run: dict[str, Any],
    tables: RunTables,
    kpis: pl.DataFrame,
    snapshot: Snapshot,
    folder: Path | None,
    changes: Sequence[Message],
) -> Result:
    """The result of a run, whose run.json gets its key figures; ``changes`` are the messages of the change list."""
    run["kpis"] = as_tree(kpis)
    places = (notice.place for notice in snapshot.notices)
    of_run = (*run["warnings"], run["engine_reason"], *run["check"]["violations"], *places)
    texts = (*of_run, *snapshot.reject_messages, *changes)
    return Result(
        run=run,
        plan=tables.plan,
        unplanned=tables.unplanned,
        rejects=snapshot.rejects,
        agents=tables.agents,
        kpis=kpis,
        hours=tables.hours,
        messages=message_table(texts, tables.messages),
        folder=folder,
    )


def _place_of(source: "Source") -> str | None:
    """Where the snapshot lies, ``None`` for frames in memory."""
    return str(Path(source).resolve()) if isinstance(source, str | Path) else None


def _points(hundredths: int | None) -> float | None:
    return None if hundredths is None else hundredths / 100


def _broken(checked: CheckResult) -> str:
    first = "\n".join(f"  {violation}" for violation in checked.violations[:10])
    return f"the plan breaks {checked.total} rules, a defect in allot:\n{first}"
