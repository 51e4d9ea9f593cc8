"""The stages of a run up to a checked plan with its tables: each takes and gives values, and changes none."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from data import Build, Snapshot, build_problem, read_snapshot, with_presence
from models import (
    CheckResult,
    Evaluation,
    IdlePeople,
    Message,
    Outcome,
    Problem,
    ReplanRecord,
    SnapshotError,
    check,
    evaluate,
)
from reports import KpiInputs
from scheduler.run.context import RunContext, Timing
from scheduler.run.facts import facts_of
from scheduler.run.guards import Size, parse_age, refuse_huge, refuse_old, refuse_shrunken, size_of, size_of_run
from scheduler.run.idle import idle_people
from scheduler.run.policy import Policy
from scheduler.run.request import Request
from scheduler.run.tables import RunTables, run_tables


@dataclass(frozen=True, kw_only=True)
class Tabulated:
    """A plan in tables, with what its key figures are worked out from; ``idle`` is who is free while work waits."""

    evaluation: Evaluation
    tables: RunTables
    facts: KpiInputs
    idle: IdlePeople | None


@dataclass(frozen=True, kw_only=True)
class ReplanPart:
    """What a re-plan has besides: its account, the change list and the messages of its details.

    ``edits`` is the content of edits.json.

    ``counting`` says what in the edits makes another problem of the snapshot; ``curve`` is ``None`` without points.
    """

    record: ReplanRecord
    changes: pl.DataFrame
    messages: tuple[Message, ...]
    edits: dict[str, Any]
    counting: tuple[str, ...]
    curve: pl.DataFrame | None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A checked plan of a snapshot, before it is recorded.

    ``warnings`` are beside the snapshot's, ``basis`` is what else decides the plan. ``tabulated`` is ``None`` where the
    plan has not even the shape of one, ``replan`` also where there is no earlier run.
    """

    snapshot: Snapshot
    build: Build
    outcome: Outcome
    checked: CheckResult
    warnings: tuple[Message, ...]
    timings: tuple[Timing, ...]
    basis: tuple[object, ...] = ()
    tabulated: Tabulated | None = None
    replan: ReplanPart | None = None


def read_input(request: Request, policy: Policy) -> Snapshot:
    """The snapshot to plan, with notices of who has no working time in its period.

    Raises:
        SnapshotError: it is refused.
    """
    return present(read_source(request, policy), request, policy)


def read_source(request: Request, policy: Policy, **moments: Any) -> Snapshot:
    """The snapshot that a request names, whoever works in its period; ``moments`` count instead of the request's.

    A snapshot in memory is taken as it is.

    Raises:
        SnapshotError: it is refused, too large for one piece, or was read with other calendars than the policy's.
    """
    if isinstance(request.source, Snapshot):
        if request.source.calendars.as_tables() != policy.calendar:
            raise SnapshotError(
                "the snapshot in memory was read with other calendars than the policy has; read it with "
                "calendars=policy.calendar"
            )
        return request.source
    refuse_huge(request.source, "plan it with `allot plan`, which plans in parts, or plan a region or site of it alone")
    return read_snapshot(
        request.source,
        **{"as_of": request.as_of, "horizon": request.horizon, "defaults": request.defaults, **moments},
        strict=request.strict,
        max_reject_share=policy.max_reject_share,
        allow_empty=request.allow_empty,
        grain_s=None,
        calendars=policy.calendar,
    )


def present(snapshot: Snapshot, request: Request, policy: Policy) -> Snapshot:
    """The snapshot with notices of who has no working time in its period.

    Raises:
        SnapshotError: nobody has any.
    """
    return with_presence(snapshot, policy.time.grain_s, allow_empty=request.allow_empty)


def warn_of_age(snapshot: Snapshot, request: Request, policy: Policy) -> tuple[Message, ...]:
    """What to warn of in the age of a snapshot.

    Raises:
        SnapshotError: it is too old.
    """
    age = request.max_age if request.max_age is not None else policy.max_age
    return tuple(refuse_old(snapshot, parse_age(age)))


def expected_size(request: Request) -> Size | None:
    """The size of the snapshot that this one is to be like; ``None`` where it may be of any.

    Raises:
        OptionError: there is no such run, or one that cannot be read.
    """
    return None if request.expect_like is None else size_of_run(Path(request.expect_like))


def build(snapshot: Snapshot, request: Request, policy: Policy, expected: Size | None) -> Build:
    """The problem of a snapshot.

    Raises:
        SnapshotError: it has shrunk against the size that was expected.
    """
    built = build_problem(snapshot, policy.terms())
    refuse_smaller(built.problem, request, policy, expected)
    return built


def refuse_smaller(problem: Problem, request: Request, policy: Policy, expected: Size | None) -> None:
    """Refuses the problem of a snapshot, without edits, that has shrunk against the size that was expected.

    Raises:
        SnapshotError: it has.
    """
    if expected is not None and request.expect_like is not None:
        refuse_shrunken(size_of(problem), expected, policy.shrink, request.expect_like)


def solve(run: RunContext[Request], problem: Problem) -> Outcome:
    """A plan of a problem, by the engine asked for.

    Raises:
        CapabilityError: the engine cannot take the problem.
    """
    from models.engines import make_engine

    request, staging = run.request, run.staging
    lp_file = staging / "model.lp" if staging is not None and request.engine == "pulp" else None
    engine = make_engine(request.engine, solver=request.solver, lp_file=lp_file)
    outcome = engine(problem, request.limits(problem.n_tasks, run.executor), run.journal)
    run.journal.took(outcome.turns)
    return outcome


def verify(problem: Problem, outcome: Outcome) -> CheckResult:
    """Whether the plan keeps every rule, and is worth what its engine says."""
    return check(problem, outcome.plan, outcome.objective, outcome.bound)


def tabulate(snapshot: Snapshot, build: Build, outcome: Outcome) -> Tabulated:
    """A plan that has been checked, in tables."""
    evaluation = evaluate(build.problem, outcome.plan)
    tables = run_tables(snapshot, build, outcome.plan, evaluation, outcome.prices)
    return Tabulated(
        evaluation=evaluation,
        tables=tables,
        facts=facts_of(snapshot, build, evaluation, tables),
        idle=idle_people(build.problem, evaluation, tables.unplanned),
    )
