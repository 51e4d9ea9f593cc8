"""Of the differences between two plans the best ones, when there may not be many."""

import numpy as np
from numpy.typing import NDArray

from models.plans.changes import linked_changes
from models.plans.plan import Plan
from models.problem.problem import Problem

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]

_MOST_CELLS = 10_000_000
"""A table of the knapsack larger than this is not made; the groups that earn most for a change are taken instead."""


def recombined(problem: Problem, kept: Plan, plan: Plan, stays: Int32, most: int) -> Plan:
    """Of the differences between two plans those that are worth most with at most so many changes.

    People between whom work moves belong together: either all of them follow ``plan``, or all stay with ``kept``. Any
    choice of such groups is a legal plan; the best is a knapsack.
    """
    group, gain, changes = linked_changes(problem, kept, plan, stays)
    return _follow(kept, plan, np.isin(group, _best_groups(gain, changes, most)))


def worthwhile(problem: Problem, kept: Plan, plan: Plan, stays: Int32, price: int) -> Plan:
    """Of the differences between two plans those that earn so many hundredths for each of their changes."""
    group, gain, changes = linked_changes(problem, kept, plan, stays)
    return _follow(kept, plan, (gain > price * changes)[group])


def _follow(kept: Plan, plan: Plan, follow: NDArray[np.bool_]) -> Plan:
    """The plan in which these agents, between whom and others no work moves, do what ``plan`` says, others stay."""
    theirs, before = (np.append(follow, False)[agent] for agent in (plan.agent, kept.agent))
    agent = np.where(theirs, plan.agent, np.where(before, -1, kept.agent))
    start = np.where(theirs, plan.start, np.where(before, -1, kept.start))
    return Plan(agent=agent.astype(np.int32), start=start)


def _best_groups(gain: Int64, changes: Int64, most: int) -> Int64:
    """The groups worth most together with at most so many changes: a knapsack, exactly up to a large budget."""
    free = np.flatnonzero((changes == 0) & (gain > 0))
    dear = np.flatnonzero((changes > 0) & (gain > 0) & (changes <= most))
    if int(changes[dear].sum()) <= most:
        return np.concatenate([free, dear])
    if most * len(dear) > _MOST_CELLS:
        order = dear[np.argsort(-gain[dear] / changes[dear], kind="stable")]
        return np.concatenate([free, order[np.cumsum(changes[order]) <= most]])
    best = np.zeros(most + 1, np.int64)
    taken = np.zeros((len(dear), most + 1), np.bool_)
    for n, g in enumerate(dear.tolist()):
        w = int(changes[g])
        other = best[: most + 1 - w] + gain[g]
        taken[n, w:] = other > best[w:]
        best[w:] = np.maximum(best[w:], other)
    chosen, left = [], most
    for n in range(len(dear) - 1, -1, -1):
        if taken[n, left]:
            chosen.append(int(dear[n]))
            left -= int(changes[dear[n]])
    return np.concatenate([free, np.array(chosen, np.int64)])
