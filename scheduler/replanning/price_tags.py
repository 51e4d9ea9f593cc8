"""What edits cost: the value of the plan with a pin, hold or forbid against the best without it.

Without one edit the problem has a plan worth at least what planning it again from the present plan finds, and none
worth more than its bound; the same holds with the edit. So the edit costs between

    objective without - bound with     and     bound without - objective with,

and, as it only forbids plans, not less than nothing. The price said is the difference of the two plans found; both were
made under the same stability, so that it is not what a longer search would have found anyway.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from models import Limits, Outcome, Plan, Problem, silent
from models.engines import Earlier, earlier_of, replan
from scheduler.edits import Edit

PRICED = ("pin", "hold", "forbid")
MOST_PRICED = 20


def to_price(edits: Sequence[Edit]) -> list[Edit]:
    """The edits that get a price tag: new pins, holds and forbids, the first twenty."""
    return [edit for edit in edits if edit.kind in PRICED and not edit.carried][:MOST_PRICED]


def with_price_tags(
    edits: Sequence[Edit],
    problem: Problem,
    outcome: Outcome,
    without: Callable[[Edit], Problem],
    limits: Limits,
    stability: int,
) -> list[Edit]:
    """The edits, with what each costs where that is worked out.

    ``without`` gives the problem without an edit, in which other tasks may have other numbers.
    """
    wanted, tagged = to_price(edits), list(edits)
    for nth, edit in enumerate(wanted):
        part = limits.share(1 / (len(wanted) - nth))
        tagged[tagged.index(edit)] = replace(edit, cost=_tag(problem, outcome, without(edit), part, stability))
    return tagged


def _tag(problem: Problem, outcome: Outcome, free: Problem, limits: Limits, stability: int) -> dict[str, float | None]:
    present = _as_earlier(problem, outcome.plan, free)
    other = replan(free, present, limits, silent, prices=outcome.prices, stability=stability).outcome
    # a task on hold is in no plan and earns no fine either: it is the same to leave it
    with_edit = outcome.objective + _fines(free) - _fines(problem)
    bound = None if outcome.bound is None else outcome.bound + _fines(free) - _fines(problem)
    low = max(0, other.objective - bound) if bound is not None else 0
    return {
        "points": max(0, other.objective - with_edit) / 100,
        "at_least": low / 100,
        "at_most": None if other.bound is None else max(0, other.bound - with_edit) / 100,
    }


def _fines(problem: Problem) -> int:
    return int(problem.undone.sum())


def _as_earlier(problem: Problem, plan: Plan, other: Problem) -> Earlier:
    """A plan as an earlier one of a problem of mostly the same tasks and the same people."""
    before = earlier_of(problem, plan)
    place = {name: i for i, name in enumerate(problem.task_ids)}
    at = np.array([place.get(name, -1) for name in other.task_ids], np.int64)
    known = at >= 0
    return Earlier(
        agent=np.where(known, before.agent[at], -1).astype(np.int32),
        order=np.where(known, before.order[at], 0),
        timely=np.where(known, before.timely[at], False),
    )
