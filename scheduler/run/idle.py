"""People with free time while work that they could do is waiting."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models import Evaluation, IdlePeople, Problem

Int64 = NDArray[np.int64]

_IDLE_S = 30 * 60
"""Free time and waiting of no more than this are not worth a look, in seconds."""
_NAMED = 3
_MAY_WAIT = ("outbid", "no_places")


def idle_people(problem: Problem, result: Evaluation, unplanned: pl.DataFrame) -> IdlePeople | None:
    """Who is free while work they have the skills for is left out, or overdue and waits; ``None`` if nobody.

    ``people`` and their free ``hours``, the number of ``tasks`` that wait, and the first of both by name.
    """
    free = problem.clocks.total() - np.bincount(result.agents, result.grains, minlength=problem.n_agents)
    idle, since = free * problem.grain_s > _IDLE_S, _free_since(problem, result)
    tasks, until = _waiting(problem, result, unplanned)
    first, kinds = problem.eligibility.first, problem.requirement[tasks]
    able, of_kind = problem.eligibility.agent, np.repeat(np.arange(len(first) - 1), np.diff(first))
    # of each kind of work the last moment at which some still waits, and the first at which somebody is free
    longest, soonest = np.full(len(first) - 1, -1), np.full(len(first) - 1, np.iinfo(np.int64).max)
    np.maximum.at(longest, kinds, until)
    np.minimum.at(soonest, of_kind[idle[able]], since[able[idle[able]]])
    people = np.unique(able[idle[able] & (since[able] < longest[of_kind])])
    tasks = tasks[soonest[kinds] < until]
    if not len(people):
        return None
    people = people[np.argsort(-free[people], kind="stable")]
    return IdlePeople(
        people=len(people),
        hours=round(float(free[people].sum()) * problem.grain_s / 3600, 2),
        tasks=len(tasks),
        agents=tuple(problem.agent_ids.gather(people[:_NAMED])),
        examples=tuple(problem.task_ids.gather(tasks[:_NAMED])),
    )


def _waiting(problem: Problem, result: Evaluation, unplanned: pl.DataFrame) -> tuple[Int64, Int64]:
    """Tasks that are left out though somebody could do them, and overdue ones that begin later; how long they wait.

    That is until so many grains before they begin as are worth a look, or to the end of the horizon.
    """
    left = unplanned.filter(pl.col("reason").is_in(_MAY_WAIT))["task_id"]
    out = problem.task_ids.is_in(left.implode()).to_numpy()
    begins = np.zeros(problem.n_tasks, np.int64)
    begins[result.tasks] = problem.clocks.start_grain(result.agents, result.start)
    until = np.where(out, problem.horizon, begins - _IDLE_S // problem.grain_s)
    late = (problem.worth.overdue_us >= 0) & (until > 0) & problem.free
    tasks: Int64 = np.flatnonzero(out | late)
    return tasks, until[tasks]


def _free_since(problem: Problem, result: Evaluation) -> Int64:
    """The first grain in which each agent has nothing to do in working time; the horizon when there is none."""
    order = np.lexsort((result.start, result.agents))
    agents, start, end = result.agents[order], result.start[order], result.end[order]
    before = np.where(np.append(True, agents[1:] != agents[:-1]), 0, np.append(0, end[:-1]))[: len(agents)]
    free = np.zeros(problem.n_agents, np.int64)
    np.maximum.at(free, agents, end)
    gap = start > before
    np.minimum.at(free, agents[gap], before[gap])
    total = problem.clocks.total()
    there = np.flatnonzero(free < total)
    since = np.full(problem.n_agents, problem.horizon)
    since[there] = problem.clocks.start_grain(there, free[there])
    return since
