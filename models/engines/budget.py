"""The best plan with no more than so many changes: exactly for small problems, by recombination for large ones."""

import os
from math import floor

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from models.arrays import arrays_of
from models.engines.exact import AssignmentModel, run_solver
from models.limits import Limits
from models.plan import Plan, evaluate, pinned_plan
from models.problem import Problem

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
_WHOLE = 1e-6
_MOST_BUDGET = 100_000


def best_within(
    problem: Problem, kept: Plan, stays: Int32, most: int, stability: int, limits: Limits
) -> tuple[Plan, int | None]:
    """The best plan with at most so many changes that CP-SAT finds, and the bound it proves for all of those.

    Of plans worth the same the one with fewest changes is best. ``stability`` hundredths are what a change must earn;
    the bound is without them.
    """
    model = AssignmentModel.of(problem, arrays_of(problem))
    options = model.options
    model.hint(kept)
    stay = np.flatnonzero(options.agent == stays[options.task])
    could, scale = int((stays >= 0).sum()), len(stays) + 1
    # a task that may stay has an option for each step on its agent
    staying = cp_model.LinearExpr.sum([model.chosen[k] for k in stay])
    model.model.add(staying >= could - most)
    gains = problem.payoffs(options.task, options.agent, options.step) - problem.undone[options.task]
    weights = scale * gains
    weights[stay] += scale * stability + 1
    model.model.maximize(cp_model.LinearExpr.weighted_sum(model.chosen, weights.tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = limits.seed % 2**31
    solver.parameters.catch_sigint_signal = False
    solver.parameters.num_workers = max(2, os.cpu_count() or 1) if limits.effort is None else 1
    if limits.effort is not None:
        solver.parameters.max_deterministic_time = float(limits.effort)
    if limits.deadline is not None:
        solver.parameters.max_time_in_seconds = max(0.01, limits.remaining_s())
    status = run_solver(solver, model.model, None, limits)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return kept, None
    # what stays adds at least (could - most) times the stability to what the model is worth
    proved = (solver.best_objective_bound + _WHOLE) / scale - stability * max(0, could - most)
    return model.plan(solver), floor(proved) + evaluate(problem, pinned_plan(problem)).objective


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
    """The group of every agent, and what each group gains in hundredths by following ``plan``, and its changes."""
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
    free = np.flatnonzero((changes == 0) & (gain != 0) & (gain > 0))
    dear = np.flatnonzero((changes > 0) & (gain > 0) & (changes <= most))
    if int(changes[dear].sum()) <= most:
        return np.concatenate([free, dear])
    if most * len(dear) > _MOST_BUDGET * 100:
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
