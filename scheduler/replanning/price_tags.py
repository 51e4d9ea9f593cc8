"""The cost of an edit: the best value without a pin, hold or forbid less the value with it.

Without the edit, the best value is at least that of the better of two plans, found by planning again from the present
plan and from the earlier run's, and at most the bound; the same holds with the edit. So the edit costs between

    objective without - bound with     and     bound without - objective with,

and at least 0, as it only forbids plans. The cost reported is the difference of the plans found with and without it.
They are made under the same stability, so that it does not include what a longer search would have found anyway. What
the edit has moved away would not come back by itself where that gains less than the stability asks for; in the earlier
run's plan it is still there.

If the number of changes is limited, the plan without the edit may change no more of the earlier run's plan than the one
with it, and the bounds are for plans with at most that many changes.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from models import EditCost, Limits, Plan, Problem, silent
from models.engines import Earlier, Replanned, UnkeepableError, earlier_of, replan
from scheduler.edits import Edit

PRICED = ("pin", "hold", "forbid")
MOST_PRICED = 20


def to_price(edits: Sequence[Edit]) -> list[Edit]:
    """The edits whose cost is computed: the first twenty new pins, holds and forbids."""
    return [edit for edit in edits if edit.kind in PRICED and not edit.carried][:MOST_PRICED]


def with_price_tags(
    edits: Sequence[Edit],
    problem: Problem,
    found: Replanned,
    without: Callable[[Edit], Problem],
    before: Callable[[Problem], Earlier],
    limits: Limits,
    *,
    stability: int,
    most_changes: int | None = None,
) -> list[Edit]:
    """The edits, each with its cost if there is time to compute it and other pins allow it.

    ``without`` returns the problem without an edit, in which tasks may have other numbers; ``before`` returns, in a
    problem's numbers, the plan from which at most ``most_changes`` are allowed.
    """
    wanted, tagged = to_price(edits), list(edits)
    for nth, edit in enumerate(wanted):
        if limits.exhausted():
            break
        free = without(edit)
        starts = [before(free)]
        if most_changes is None:
            starts.append(_as_earlier(problem, found.outcome.plan, free))
        part, prices = limits.share(1 / (len(wanted) - nth) / len(starts)), found.outcome.prices
        with suppress(UnkeepableError):  # without a hold, say, what somebody has begun leaves no room for a pin
            others = [
                replan(free, start, part, silent, prices=prices, stability=stability, most_changes=most_changes)
                for start in starts
            ]
            tagged[tagged.index(edit)] = replace(edit, cost=_tag(problem, found, free, others))
    return tagged


def _tag(problem: Problem, found: Replanned, free: Problem, others: Sequence[Replanned]) -> EditCost:
    """What it costs that the problem is not free of an edit: one plan was found with it, and others without."""
    # a task on hold is in no plan and earns no fine either: it is the same to leave it
    fines = _fines(free) - _fines(problem)
    with_edit, without = found.outcome.objective + fines, max(other.outcome.objective for other in others)
    proved = [other.proved for other in others if other.proved is not None]
    return EditCost(
        points=max(0, without - with_edit) / 100,
        at_least=0.0 if found.proved is None else max(0, without - found.proved - fines) / 100,
        at_most=max(0, min(proved) - with_edit) / 100 if proved else None,
    )


def _fines(problem: Problem) -> int:
    return int(problem.undone.sum())


def _as_earlier(problem: Problem, plan: Plan, other: Problem) -> Earlier:
    """A plan as an earlier one of a problem of mostly the same tasks and the same people."""
    before = earlier_of(problem, plan)
    place = {name: i for i, name in enumerate(problem.task_ids)}
    at = np.array([place.get(name, -1) for name in other.task_ids], np.int64)
    known = np.flatnonzero(at >= 0)
    agent = np.full(other.n_tasks, -1, np.int32)
    order, timely = np.zeros(other.n_tasks, np.int64), np.zeros(other.n_tasks, np.bool_)
    rows = at[known]
    agent[known], order[known], timely[known] = before.agent[rows], before.order[rows], before.timely[rows]
    return Earlier(agent=agent, order=order, timely=timely)
