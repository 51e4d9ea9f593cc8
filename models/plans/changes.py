"""The differences between an earlier plan and a new one, task by task, with reasons, as indices of the problem."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from models.plans.plan import Plan, evaluate
from models.problem.problem import Problem

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


class Change(Enum):
    """What happened to a task, in the order in which changes are shown."""

    DROPPED = "dropped"  # was planned, is left out now
    MOVED = "moved"  # another agent does it
    ADDED = "added"  # was not planned, is now


class Why(Enum):
    """Why a task is not with the agent it was with."""

    AGENT_GONE = "agent_gone"  # the agent is no longer in the snapshot, or has no working time
    PINNED = "pinned"  # a planner has pinned it to somebody
    NOT_ALLOWED = "not_allowed"  # the agent now lacks a skill, or is excluded
    BEGUN = "begun"  # somebody else has started it
    NO_ROOM = "no_room"  # it no longer fits into the agent's time
    NEW_WORK = "new_work"  # work that was unknown then takes the time
    MORE_VALUE = "more_value"  # other work, known then, is worth more there
    NEW = "new"  # the task was unknown then
    ROOM = "room"  # there is time for it now


@dataclass(frozen=True, eq=False, kw_only=True)
class Changes:
    """One entry per task that is not with the agent it was with; parallel columns, shape (changes,).

    ``before`` and ``now`` are agents, -1 for nobody. ``gain`` is the task's payoff less its payoff in the plan in which
    all work that could stay has stayed, in hundredths; ``together`` is the sum of this over its group of linked
    changes, those between the same people. ``instead`` is the task that takes its time, -1 for none.
    """

    tasks: Int64
    kind: list[Change]
    why: list[Why]
    before: Int32
    now: Int32
    gain: Int64
    together: Int64
    instead: Int64


def changes_between(problem: Problem, before: Int32, known: NDArray[np.bool_], kept: Plan, plan: Plan) -> Changes:
    """The differences of ``plan`` from an earlier one, in which agent ``before[i]`` did task i (-1: nobody).

    ``known`` marks the tasks that were known then, ``kept`` is the plan of the work that could stay. -2 is an earlier
    agent who is no longer in the problem.
    """
    was, now = before, plan.agent
    tasks = np.flatnonzero((now != was) & ((now >= 0) | (was != -1)))
    paid = evaluate(problem, plan).payoff - evaluate(problem, kept).payoff
    payoff, new = evaluate(problem, plan).payoff, (plan.agent >= 0) & (plan.agent != was)
    newcomers = _dearest(payoff, plan, new)
    imposed = _dearest(payoff, plan, new & (problem.fixed_agent >= 0))
    kind, why, instead = [], [], np.full(len(tasks), -1, np.int64)
    for n, i in enumerate(tasks.tolist()):
        a, b = int(was[i]), int(now[i])
        kind.append(Change.ADDED if a == -1 else Change.MOVED if b >= 0 else Change.DROPPED)
        reason = _why(problem, i, a, b, bool(known[i]), bool(kept.agent[i] == a))
        if reason is Why.NO_ROOM:
            instead[n] = imposed.get(a, -1)
        if reason is None:
            instead[n] = newcomers.get(a, -1)
            unknown = instead[n] >= 0 and not known[instead[n]]
            reason = Why.NEW_WORK if unknown else Why.MORE_VALUE
        why.append(reason)
    return Changes(
        tasks=tasks,
        kind=kind,
        why=why,
        before=was[tasks],
        now=now[tasks],
        gain=paid[tasks],
        together=_together(problem, kept, plan)[tasks],
        instead=instead,
    )


def _together(problem: Problem, kept: Plan, plan: Plan) -> Int64:
    """The gain of each task's group of linked changes, in hundredths; 0 for a task that nobody does."""
    group, gain, _ = linked_changes(problem, kept, plan, np.full(problem.n_tasks, -1, np.int32))
    holder = np.where(plan.agent >= 0, plan.agent, kept.agent)
    return np.where(holder >= 0, np.append(gain[group], 0)[holder], 0)


def _why(problem: Problem, i: int, a: int, b: int, known: bool, could_stay: bool) -> Why | None:
    """The reason for a task that agent a did before and b does now; ``None``: by choice."""
    if b >= 0 and b == problem.fixed_agent[i]:
        return Why.PINNED
    if a == -1:
        return Why.ROOM if known else Why.NEW
    if b >= 0 and b == problem.pinned_agent[i] and not problem.frozen[i]:
        return Why.BEGUN
    if could_stay:
        return None
    if a < 0 or problem.clocks.capacity(a, problem.horizon) == 0:
        return Why.AGENT_GONE
    return Why.NO_ROOM if problem.allowed([i], [a])[0] else Why.NOT_ALLOWED


def _dearest(payoff: Int64, plan: Plan, which: NDArray[np.bool_]) -> dict[int, int]:
    """For each agent, the task of these with the highest payoff."""
    tasks = np.flatnonzero(which)
    order = tasks[np.argsort(payoff[tasks], kind="stable")]
    return {int(plan.agent[i]): int(i) for i in order}


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
    # a task links the agents who do it in the two plans: their groups become one
    holder = np.where(plan.agent >= 0, plan.agent, kept.agent)
    some = np.flatnonzero(holder >= 0)
    difference = evaluate(problem, plan).payoff - evaluate(problem, kept).payoff
    np.add.at(gain, roots[holder[some]], difference[some])
    away = some[((stays >= 0) & (plan.agent != stays))[some]]
    np.add.at(changes, roots[holder[away]], 1)
    return roots, gain, changes
