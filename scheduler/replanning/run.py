"""A re-plan: the stages of a plan, with edits, frozen work and the earlier plan in them."""

from dataclasses import replace

import polars as pl

from models import Evaluation, Observer, Outcome, silent
from scheduler.edits import edits_to_json, what_counts
from scheduler.replanning.account import account, curve_rows
from scheduler.replanning.change_list import change_list
from scheduler.replanning.earlier import EarlierRun, read_earlier
from scheduler.replanning.near import NearPlan, NearProblem, build_near, solve_near, stability_of
from scheduler.replanning.read import ReplanInput, read_edited, to_freeze
from scheduler.replanning.request import ReplanRequest
from scheduler.run import stages
from scheduler.run.arrange import arrange
from scheduler.run.context import RunContext, running
from scheduler.run.guards import Size
from scheduler.run.pipeline import begin, finish
from scheduler.run.policy import Policy, read_policy
from scheduler.run.result import Result
from scheduler.run.stages import Draft, ReplanPart, Tabulated


def replan(request: ReplanRequest, observer: Observer = silent) -> Result:
    """Plans a snapshot again, near an earlier run's plan, and with ``out`` writes the run's folder.

    Raises:
        EditError: an edit cannot be made, or some cannot hold together; nothing was written.
        NotARunFolderError, UnreadableRunError: there is no earlier run, or it is damaged.
        SnapshotError, PolicyError, CheckError, LockError, CacheError, InterruptedEarlyError: as for a plan.
    """
    earlier = read_earlier(request.earlier)
    policy = read_policy(request.policy if request.policy is not None else earlier.policy)
    with running(request, policy, observer) as run:
        return finish(run, draft(run, earlier))


def draft(run: RunContext[ReplanRequest], earlier: EarlierRun) -> Draft:
    """A checked plan near the earlier one, with its tables and the change list.

    Raises:
        as :func:`replan` says.
    """
    request, policy, expected = run.request, run.policy, stages.expected_size(run.request)
    read, reading = run.timed("read", read_edited, request, policy, earlier)
    warnings = stages.warn_of_age(read.snapshot, request, policy)
    run.stop_if_cancelled()
    near, building = run.timed("build", _build, request, policy, earlier, read, expected)
    run.stop_if_cancelled()
    begin(run)
    found, solving = run.timed("solve", solve_near, near, run.executor, run.journal)
    build, settled = near.build, found.found.outcome
    run.journal.took(settled.turns)
    # what does not stay where it was may still move among plans of the same value
    outcome, arranging = run.timed("arrange", arrange, build, settled, found.found.stays != settled.plan.agent)
    checked, checking = run.timed("check", stages.verify, build.problem, outcome)
    made = Draft(
        snapshot=read.snapshot,
        build=build,
        outcome=outcome,
        checked=checked,
        warnings=warnings,
        timings=(reading, building, solving, arranging, checking),
        basis=_basis(near),
    )
    if checked.objective is None:  # it has not even the shape of a plan: there is nothing to tabulate
        return made
    (tabulated, part), tabulating = run.timed("tables", _tabulate, near, found, outcome)
    return replace(made, tabulated=tabulated, replan=part, timings=(*made.timings, tabulating))


def _build(
    request: ReplanRequest, policy: Policy, earlier: EarlierRun, read: ReplanInput, expected: Size | None
) -> NearProblem:
    """The problem with the plan to stay near.

    Raises:
        SnapshotError: the snapshot without its edits has shrunk against the size that was expected.
    """
    soon = to_freeze(request, policy, earlier, read)
    near = NearProblem(
        request=request,
        policy=policy,
        earlier=earlier,
        read=read,
        soon=soon,
        build=build_near(read.edited, soon),
        stability=stability_of(request, policy, earlier),
    )
    if expected is not None:
        stages.build(read.plain, request, policy, expected)
    return near


def _basis(near: NearProblem) -> tuple[object, ...]:
    """What decides the plan beside snapshot, policy and options of a plan."""
    request, edits = near.request, [(edit.subject(), edit.says()) for edit in near.read.edits]
    frozen = list(near.frozen)
    return (near.earlier.run.run_id, edits, frozen, near.stability, request.max_changes, request.curve)


def _tabulate(near: NearProblem, found: NearPlan, outcome: Outcome) -> tuple[Tabulated, ReplanPart]:
    """The plan in tables, and what it changes of the earlier one."""
    tabulated = stages.tabulate(near.read.snapshot, near.build, outcome)
    return tabulated, _replan_part(near, found, outcome, tabulated.evaluation)


def _replan_part(near: NearProblem, found: NearPlan, outcome: Outcome, evaluation: Evaluation) -> ReplanPart:
    """The change list and the account of a re-plan."""
    changes, messages = change_list(
        near.read.snapshot,
        near.build,
        near.earlier,
        found.found.kept,
        outcome.plan,
        evaluation,
        found.edits,
        set(near.soon["task_id"]),
    )
    edits, curve = edits_to_json(found.edits, near.frozen), curve_rows(found.curve)
    return ReplanPart(
        record=account(near, found, changes),
        changes=changes,
        messages=tuple(messages),
        edits=edits,
        counting=what_counts(edits),
        curve=pl.DataFrame([vars(point) for point in curve]) if curve else None,
    )
