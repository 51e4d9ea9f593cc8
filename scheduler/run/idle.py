"""People with free time while work that they could do is waiting."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models import Evaluation, IdlePeople, Problem

Int64 = NDArray[np.int64]

_IDLE_S = 30 * 60
"""Free time and waiting of no more than this are not worth a look, in seconds."""
NAMED = 3
"""People and tasks that are told by name."""
_MAY_WAIT = ("outbid", "no_places")


class Spare(NamedTuple):
    """What time each agent (a) has left, in grains of the capacity clock, and since which grain there is some."""

    free: Int64
    since: Int64


class Waits(NamedTuple):
    """Which agents (a) are idle while some of the tasks wait that they have the skills for, and which tasks those are.

    A task waits for somebody who is idle before it begins, whoever that is.
    """

    people: NDArray[np.bool_]
    tasks: Int64


def idle_people(problem: Problem, result: Evaluation, unplanned: pl.DataFrame) -> IdlePeople | None:
    """Who is free while work they have the skills for is left out, or overdue and waits; ``None`` if nobody.

    ``people`` and their free ``hours``, the number of ``tasks`` that wait, and the first of both by name.
    """
    spare = spare_time(problem, result.agents, result.start, result.grains)
    waits = waiting_work(problem, spare, result, unplanned)
    examples = problem.task_ids.gather(waits.tasks[:NAMED]).to_list()
    return idle_record(problem, spare, waits.people, len(waits.tasks), examples)


def spare_time(problem: Problem, agents: Int64, start: Int64, grains: Int64) -> Spare:
    """The time that planned work, as it lies on its agents' clocks, leaves."""
    free = problem.clocks.total() - np.bincount(agents, grains, minlength=problem.n_agents).astype(np.int64)
    return Spare(free, _free_since(problem, agents, start, start + grains))


def waiting_work(problem: Problem, spare: Spare, result: Evaluation, unplanned: pl.DataFrame) -> Waits:
    """Who is idle while the tasks of a problem wait, and which of them wait; ``spare`` is of all people's work."""
    idle, since = spare.free * problem.grain_s > _IDLE_S, spare.since
    tasks, until = _waiting(problem, result, unplanned)
    first, kinds = problem.eligibility.first, problem.requirement[tasks]
    able, of_kind = problem.eligibility.agent, np.repeat(np.arange(len(first) - 1), np.diff(first))
    # of each kind of work the last moment at which some still waits, and the first at which somebody is free
    longest, soonest = np.full(len(first) - 1, -1), np.full(len(first) - 1, np.iinfo(np.int64).max)
    np.maximum.at(longest, kinds, until)
    np.minimum.at(soonest, of_kind[idle[able]], since[able[idle[able]]])
    people = np.zeros(problem.n_agents, np.bool_)
    people[able[idle[able] & (since[able] < longest[of_kind])]] = True
    return Waits(people, tasks[soonest[kinds] < until])


def idle_record(
    problem: Problem, spare: Spare, idle: NDArray[np.bool_], tasks: int, examples: Sequence[str]
) -> IdlePeople | None:
    """What a run says of idle people, while so many tasks wait; ``None`` if there are none."""
    people = np.flatnonzero(idle)
    if not len(people):
        return None
    people = people[np.argsort(-spare.free[people], kind="stable")]
    return IdlePeople(
        people=len(people),
        hours=round(float(spare.free[people].sum()) * problem.grain_s / 3600, 2),
        tasks=tasks,
        agents=tuple(problem.agent_ids.gather(people[:NAMED])),
        examples=tuple(examples),
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


def _free_since(problem: Problem, agents: Int64, start: Int64, end: Int64) -> Int64:
    """The first grain in which each agent has nothing to do in working time; the horizon when there is none."""
    order = np.lexsort((start, agents))
    agents, start, end = agents[order], start[order], end[order]
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
