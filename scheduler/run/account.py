"""What a run says of itself, from its draft."""

import hashlib
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from data import Snapshot
from models import (
    CheckRecord,
    CheckResult,
    Code,
    Counts,
    HourWorth,
    IdlePeople,
    Message,
    PartsRecord,
    PeopleTime,
    PolicyRecord,
    ReplanRecord,
    RunRecord,
    Stop,
    empty_objective,
    proof_of,
    relative_gap,
)
from scheduler.run.context import RunContext, Timing, points
from scheduler.run.key_figures import calendars_of, counts_of, gain_gap_of, hour_value_of, people_of
from scheduler.run.request import SNAPSHOT, Request
from scheduler.run.stages import Draft

_PACKAGES = ("allot", "ortools", "pulp", "highspy", "numba", "numpy", "polars")


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What a plan comes to, from one problem or from many: values in hundredths.

    What is counted in tables is ``None`` without them. ``basis`` is what else decides the plan.
    """

    engine: str
    engine_reason: Message | str
    stop: Stop
    objective: int
    bound: int | None
    bound_source: str
    empty: int
    counts: Counts | None
    agents: PeopleTime | None
    hour_value: tuple[HourWorth, ...] | None = None
    timings: tuple[Timing, ...]
    checked: CheckResult
    warnings: tuple[Message, ...]
    idle: IdlePeople | None = None
    replan: ReplanRecord | None = None
    calendars: dict[str, Any] | None = None
    basis: tuple[object, ...] = ()
    parts: PartsRecord | None = None


def record(run: RunContext[Request], draft: Draft) -> RunRecord:
    """What a run says of itself before its key figures; what is counted in tables is ``None`` without them."""
    snapshot, outcome, found = draft.snapshot, draft.outcome, draft.tabulated
    problem = draft.build.problem
    totals = Totals(
        engine=outcome.engine,
        engine_reason=outcome.engine_reason or "",
        stop=outcome.stop,
        objective=outcome.objective,
        bound=outcome.bound,
        bound_source=outcome.bound_source,
        empty=empty_objective(problem),
        counts=counts_of(snapshot, problem, found.tables) if found else None,
        agents=people_of(found.tables.agents) if found else None,
        hour_value=hour_value_of(found.tables.hours) if found else None,
        timings=draft.timings,
        checked=draft.checked,
        warnings=draft.warnings,
        idle=found.idle if found else None,
        replan=draft.replan.record if draft.replan else None,
        calendars=calendars_of(snapshot, draft.build.calendars) or None,
        basis=draft.basis,
    )
    return recorded(run, snapshot, totals)


def recorded(run: RunContext[Request], snapshot: Snapshot, totals: Totals) -> RunRecord:
    """What a run says of itself before its key figures."""
    request, zone = run.request, ZoneInfo(snapshot.timezone)
    objective, bound = totals.objective, totals.bound
    return RunRecord(
        run_id=_run_id(run, snapshot, totals.basis),
        as_of=snapshot.as_of.astimezone(zone),
        horizon_end=snapshot.horizon_end.astimezone(zone),
        timezone=snapshot.timezone,
        engine=request.engine if request.engine != "auto" else totals.engine,
        engine_asked=request.engine,
        engine_reason=totals.engine_reason,
        stop=totals.stop.value,
        proof=proof_of(objective, bound).value,
        objective=objective / 100,
        bound=points(bound),
        bound_source=totals.bound_source,
        gap=None if bound is None else relative_gap(bound, objective),
        gain_gap=gain_gap_of(objective, bound, totals.empty),
        empty_objective=totals.empty / 100,
        counts=totals.counts,
        agents=totals.agents,
        hour_value=totals.hour_value,
        timings_s=dict(totals.timings),
        check=_checked(totals.checked),
        warnings=(*snapshot.warnings, *totals.warnings, *late_by_compiling(run)),
        notices=snapshot.notices,
        seed=request.seed,
        effort=request.effort,
        policy=PolicyRecord(run.policy.model_dump(mode="json")),
        snapshot=_place_of(request),
        inputs=snapshot.inputs,
        versions={name: version(name) for name in (*_PACKAGES, *run.policy.further_packages)},
        idle=totals.idle,
        replan=totals.replan,
        calendars=totals.calendars,
        parts=totals.parts,
    )


def _run_id(run: RunContext[Request], snapshot: Snapshot, further: tuple[object, ...]) -> str:
    """A name that the same input, policy and options give again."""
    request = run.request
    basis = [
        *sorted(snapshot.inputs.items()),
        run.policy.model_dump_json(),
        (request.engine, request.seed, request.effort, request.gap, str(snapshot.horizon_end)),
        *further,
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


def _place_of(request: Request) -> str | None:
    """Where the snapshot lies once the run is written, ``None`` for one in memory."""
    place = request.out / SNAPSHOT if request.keep_snapshot and request.out is not None else request.source
    return str(Path(place).resolve()) if isinstance(place, str | Path) else None
