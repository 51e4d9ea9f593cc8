"""What run.json says of a re-plan: the changes and their gain, the cost of edits, the cost of stability."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from models.engines import CurvePoint, Replanned
from scheduler.edits import Edit
from scheduler.replanning.changes import people_of


def account(changes: pl.DataFrame, found: Replanned, kept_objective: int) -> dict[str, Any]:
    """The number of tasks that are not where they were, and of those that moved by choice.

    ``changes`` are those by choice, which a budget counts: tasks that could have stayed. ``forced`` ones could not.
    """
    kinds = dict(changes["kind"].value_counts().iter_rows())
    by_choice, disturbed = int(found.changed.sum()), kinds.get("moved", 0) + kinds.get("dropped", 0)
    bound = found.budget_bound
    return {
        "changes": by_choice,
        "forced": disturbed - by_choice,
        **{kind: kinds.get(kind, 0) for kind in ("dropped", "moved", "gone", "added")},
        "people": people_of(changes),
        "kept_objective": kept_objective / 100,
        "bound_within_budget": None if bound is None else bound / 100,
    }


def by_cost(edits: Sequence[Edit]) -> list[Edit]:
    """The edits, most expensive first; those without a cost last, in their order."""
    return sorted(edits, key=lambda edit: -(edit.cost["points"] or 0.0) if edit.cost else 1.0)


def edit_in_run(edit: Edit) -> dict[str, Any]:
    """An edit as run.json shows it."""
    return {"edit": str(edit), "carried": edit.carried, "cost": None if edit.cost is None else dict(edit.cost)}


def curve_rows(curve: Sequence[CurvePoint]) -> list[dict[str, Any]]:
    """The points of the curve, values in points."""
    return [
        {
            "allowed": point.allowed,
            "changes": point.changes,
            "objective": point.objective / 100,
            "bound": None if point.bound is None else point.bound / 100,
        }
        for point in curve
    ]
