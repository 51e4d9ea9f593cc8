"""What a run says of itself, from its draft."""

import hashlib
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from models import CheckRecord, CheckResult, Code, Message, PolicyRecord, RunRecord, empty_objective
from scheduler.run.context import RunContext, points
from scheduler.run.key_figures import calendars_of, counts_of, gain_gap_of, hour_value_of, people_of
from scheduler.run.request import Request
from scheduler.run.stages import Draft

_PACKAGES = ("allot", "ortools", "pulp", "highspy", "numba", "numpy", "polars")


def record(run: RunContext[Request], draft: Draft) -> RunRecord:
    """What a run says of itself before its key figures; what is counted in tables is ``None`` without them."""
    request, snapshot, outcome, checked = run.request, draft.snapshot, draft.outcome, draft.checked
    problem, found, zone = draft.build.problem, draft.tabulated, ZoneInfo(draft.snapshot.timezone)
    empty = empty_objective(problem)
    return RunRecord(
        run_id=_run_id(run, draft),
        as_of=snapshot.as_of.astimezone(zone),
        horizon_end=snapshot.horizon_end.astimezone(zone),
        timezone=snapshot.timezone,
        engine=request.engine if request.engine != "auto" else outcome.engine,
        engine_asked=request.engine,
        engine_reason=outcome.engine_reason or "",
        stop=outcome.stop.value,
        proof=outcome.proof.value,
        objective=outcome.objective / 100,
        bound=points(outcome.bound),
        bound_source=outcome.bound_source,
        gap=outcome.gap,
        gain_gap=gain_gap_of(outcome, empty),
        empty_objective=empty / 100,
        counts=counts_of(snapshot, problem, found.tables) if found else None,
        agents=people_of(found.tables.agents) if found else None,
        hour_value=hour_value_of(found.tables.hours) if found else None,
        timings_s=dict(draft.timings),
        check=_checked(checked),
        warnings=(*snapshot.warnings, *draft.warnings, *late_by_compiling(run)),
        notices=snapshot.notices,
        seed=request.seed,
        effort=request.effort,
        policy=PolicyRecord(run.policy.model_dump(mode="json")),
        snapshot=_place_of(request.source),
        inputs=snapshot.inputs,
        versions={name: version(name) for name in (*_PACKAGES, *run.policy.further_packages)},
        idle=found.idle if found else None,
        replan=draft.replan.record if draft.replan else None,
        calendars=calendars_of(snapshot, draft.build) or None,
    )


def _run_id(run: RunContext[Request], draft: Draft) -> str:
    """A name that the same input, policy and options give again."""
    request, snapshot = run.request, draft.snapshot
    basis = [
        *sorted(snapshot.inputs.items()),
        run.policy.model_dump_json(),
        (request.engine, request.seed, request.effort, request.gap, str(snapshot.horizon_end)),
        *draft.basis,
    ]
    digest = hashlib.sha256(repr(basis).encode()).hexdigest()[:10]
    return f"{snapshot.as_of:%Y%m%dT%H%MZ}-{digest}"


def _checked(found: CheckResult) -> CheckRecord:
    return CheckRecord(ok=found.ok, violations=tuple(violation.text for violation in found.violations))


def late_by_compiling(run: RunContext[Request]) -> list[Message]:
    """Warns when the time limit was passed because loops had to be compiled."""
    limit, seconds = run.request.limit_s, time.monotonic() - run.request.began
    if limit is None or not seconds - run.compiled.seconds <= limit < seconds:
        return []
    return [Message(Code.LATE_BY_COMPILING, seconds=f"{run.compiled.seconds:.0f}", limit=f"{limit:g}")]


def _place_of(source: Any) -> str | None:
    """Where the snapshot lies, ``None`` for one in memory."""
    return str(Path(source).resolve()) if isinstance(source, str | Path) else None
