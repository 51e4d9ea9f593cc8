"""Small problems cut out of a re-plan and solved whole, so that people do not swap work for little.

A search that makes room for new work shifts more than it has to, and does not find back. So all the people whose work
hangs together by changes are looked at once more: what they did and do is dealt out among them by CP-SAT, with what
staying is worth. They are few, and the rest of the plan stays as it is.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.engines.sizes import MOST_WHOLE
from models.plans.changes import linked_changes
from models.plans.incumbent import Incumbent
from models.plans.limits import Limits
from models.plans.outcome import silent
from models.plans.plan import Plan
from models.problem.arrays import arrays_of
from models.problem.eligibility import Eligibility
from models.problem.modes import count_modes
from models.problem.problem import Problem

Int32 = NDArray[np.int32]
Bool = NDArray[np.bool_]

_MOST_GROUPS, _LEAST_CHANGES = 20, 2
"""Groups that are dealt out anew at most, and the changes that one has at least; not tuned."""


def tidied(liking: Problem, kept: Plan, plan: Plan, stays: Int32, limits: Limits) -> Plan:
    """The plan, with the work of each group of people who exchange some dealt out anew; the largest groups first.

    ``liking`` is the problem in which staying is worth something; what comes is worth no less there.
    """
    group, _, changes = linked_changes(liking, kept, plan, stays)
    order = np.argsort(-changes, kind="stable")[:_MOST_GROUPS]
    for nth, g in enumerate(order[changes[order] >= _LEAST_CHANGES].tolist()):
        if limits.exhausted():
            break
        plan = _dealt_anew(liking, kept, plan, group == g, limits.share(1 / max(2, _MOST_GROUPS // 4 - nth)))
    return plan


def _dealt_anew(liking: Problem, kept: Plan, plan: Plan, people: Bool, limits: Limits) -> Plan:
    from models.engines.exact import finish_exactly

    own = _with(people, plan)
    theirs = _with(people, kept) | own
    part = _part(liking, theirs & liking.free & ~_with(~people, plan), people)
    arrays = arrays_of(part)
    if count_modes(arrays) > MOST_WHOLE:
        return plan
    incumbent = Incumbent(part, replace(limits, gap=0.0), silent)
    outside = np.where(part.pinned_agent >= 0, part.pinned_agent, -1)
    began = Plan(
        agent=np.where(own, plan.agent, outside).astype(np.int32), start=np.where(own, plan.start, part.pinned_start)
    )
    if not incumbent.offer(began, "earlier plan"):
        return plan
    finish_exactly(incumbent, arrays)
    now = _with(people, incumbent.plan)
    agent = np.where(now, incumbent.plan.agent, np.where(own, -1, plan.agent))
    start = np.where(now, incumbent.plan.start, np.where(own, -1, plan.start))
    return Plan(agent=agent.astype(np.int32), start=start)


def _with(people: Bool, plan: Plan) -> Bool:
    """The tasks that these people do in a plan."""
    return np.append(people, False)[plan.agent]


def _part(problem: Problem, tasks: Bool, people: Bool) -> Problem:
    """The problem in which only these tasks can be done, besides pinned work, and only by these people."""
    able = problem.eligibility
    held = people[able.agent]
    first = np.concatenate([[0], np.cumsum(held)])[able.first]
    return replace(
        problem,
        deadline=np.where(tasks[:, None], problem.deadline, -1),
        eligibility=Eligibility(
            n_agents=able.n_agents, first=first, agent=able.agent[held], efficiency=able.efficiency[held]
        ),
    )
