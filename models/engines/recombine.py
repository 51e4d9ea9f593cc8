"""Of the differences between two plans the best ones, when there may not be many."""

import numpy as np
from numpy.typing import NDArray

from models.plan import Plan, evaluate
from models.problem import Problem

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
    chosen = _best_groups(gain, changes, most)
    follow = np.isin(group, chosen)
    take = np.where(plan.agent >= 0, follow[plan.agent], follow[np.maximum(kept.agent, 0)] | (kept.agent < 0))
    drop = (kept.agent >= 0) & follow[np.maximum(kept.agent, 0)] & ~((plan.agent >= 0) & take)
    agent, start = kept.agent.copy(), kept.start.copy()
    agent[drop], start[drop] = -1, -1
    moved = take & (plan.agent >= 0)
    agent[moved], start[moved] = plan.agent[moved], plan.start[moved]
    return Plan(agent=agent, start=start)


def linked_changes(problem: Problem, kept: Plan, plan: Plan, stays: Int32) -> tuple[Int64, Int64, Int64]:
    """The group of every agent (its lowest number), and by group the hundredths that following ``plan`` gains, and
    the changes it makes."""
    group = np.arange(problem.n_agents)

    def root(a: int) -> int:
        while group[a] != a:
            group[a] = group[group[a]]
            a = int(group[a])
        return a

    both = np.flatnonzero((kept.agent >= 0) & (plan.agent >= 0) & (kept.agent != plan.agent))
    for i in both.tolist():
        one, other = root(int(kept.agent[i])), root(int(plan.agent[i]))
        group[max(one, other)] = min(one, other)
    roots = np.array([root(a) for a in range(problem.n_agents)], np.int64)
    gain, changes = np.zeros(problem.n_agents, np.int64), np.zeros(problem.n_agents, np.int64)
    # a task belongs to the group of whoever does it in either plan: they are linked when these are two
    holder = np.where(plan.agent >= 0, plan.agent, kept.agent)
    some = np.flatnonzero(holder >= 0)
    difference = evaluate(problem, plan).payoff - evaluate(problem, kept).payoff
    np.add.at(gain, roots[holder[some]], difference[some])
    away = some[((stays >= 0) & (plan.agent != stays))[some]]
    np.add.at(changes, roots[holder[away]], 1)
    return roots, gain, changes


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
