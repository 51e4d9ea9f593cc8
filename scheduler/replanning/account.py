"""What run.json says of a re-plan: the changes and their gain, the cost of edits, the cost of stability."""

from collections.abc import Sequence

import polars as pl

from models import CurveRecord, EditRecord, ReplanRecord, evaluate
from models.engines import CurvePoint
from scheduler.edits import Edit
from scheduler.replanning.change_list import people_of
from scheduler.replanning.near import NearPlan, NearProblem


def account(near: NearProblem, plan: NearPlan, changes: pl.DataFrame) -> ReplanRecord:
    """The number of tasks that are not where they were, and of those that moved by choice.

    ``changes`` of the record are those by choice, which a budget counts: tasks that could have stayed. ``forced`` ones
    could not.
    """
    problem, found = near.build.problem, plan.found
    kinds = dict(changes["kind"].value_counts().iter_rows())
    by_choice, disturbed = int(found.changed.sum()), kinds.get("moved", 0) + kinds.get("dropped", 0)
    bound = found.budget_bound
    return ReplanRecord(
        earlier=near.earlier.run.run_id,
        changes=by_choice,
        forced=disturbed - by_choice,
        dropped=kinds.get("dropped", 0),
        moved=kinds.get("moved", 0),
        gone=kinds.get("gone", 0),
        added=kinds.get("added", 0),
        people=people_of(changes),
        kept_objective=evaluate(problem, found.kept).objective / 100,
        bound_within_budget=None if bound is None else bound / 100,
        stability_points=near.stability / 100,
        max_changes=near.request.max_changes,
        frozen=int(problem.frozen.sum()),
        edits=tuple(edit_in_run(edit) for edit in by_cost(plan.edits)),
        curve=curve_rows(plan.curve),
    )


def by_cost(edits: Sequence[Edit]) -> list[Edit]:
    """The edits, most expensive first; those without a cost last, in their order."""
    return sorted(edits, key=lambda edit: -edit.cost.points if edit.cost else 1.0)


def edit_in_run(edit: Edit) -> EditRecord:
    """An edit as run.json shows it."""
    return EditRecord(edit=str(edit), carried=edit.carried, cost=edit.cost)


def curve_rows(curve: Sequence[CurvePoint]) -> tuple[CurveRecord, ...]:
    """The points of the curve, values in points."""
    return tuple(
        CurveRecord(
            allowed=point.allowed,
            changes=point.changes,
            objective=point.objective / 100,
            bound=None if point.bound is None else point.bound / 100,
        )
        for point in curve
    )
