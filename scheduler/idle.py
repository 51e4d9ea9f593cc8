"""People with free time while work waits that they could do."""

from typing import Any

import numpy as np
import polars as pl

from models import Evaluation, Plan, Problem

_IDLE_S = 30 * 60
"""Free time and waiting of no more than this are not worth a look, in seconds."""
_NAMED = 3
_MAY_WAIT = ("outbid", "no_places")


def idle_people(problem: Problem, plan: Plan, result: Evaluation, unplanned: pl.DataFrame) -> dict[str, Any] | None:
    """Who has time left for work they have the skills for, that is left out or overdue and waits; ``None`` if nobody.

    ``people`` and their free ``hours``, the number of ``tasks`` that wait, and the first of both by name.
    """
    free = problem.clocks.total() - np.bincount(result.agents, result.grains, minlength=problem.n_agents)
    idle = free * problem.grain_s > _IDLE_S
    tasks = _waiting(problem, plan, result, unplanned)
    first, kinds = problem.eligibility.first, problem.requirement[tasks]
    asked = np.bincount(kinds, minlength=len(first) - 1) > 0
    of_kind = np.repeat(np.arange(len(first) - 1), np.diff(first))
    useful = asked[of_kind] & idle[problem.eligibility.agent]
    people = np.unique(problem.eligibility.agent[useful])
    tasks = tasks[np.isin(kinds, of_kind[useful])]
    if not len(people):
        return None
    people = people[np.argsort(-free[people], kind="stable")]
    return {
        "people": len(people),
        "hours": round(float(free[people].sum()) * problem.grain_s / 3600, 2),
        "tasks": len(tasks),
        "agents": problem.agent_ids.gather(people[:_NAMED]).to_list(),
        "examples": problem.task_ids.gather(tasks[:_NAMED]).to_list(),
    }


def _waiting(problem: Problem, plan: Plan, result: Evaluation, unplanned: pl.DataFrame) -> np.ndarray[Any, Any]:
    """Tasks that are left out though somebody could do them, and overdue ones that begin later."""
    left = unplanned.filter(pl.col("reason").is_in(_MAY_WAIT))["task_id"]
    out = problem.task_ids.is_in(left.implode()).to_numpy()
    begins = np.zeros(problem.n_tasks, np.int64)
    begins[result.tasks] = problem.clocks.start_grain(result.agents, result.start)
    late = (problem.worth.overdue_us >= 0) & (begins * problem.grain_s > _IDLE_S) & problem.free
    tasks: np.ndarray[Any, Any] = np.flatnonzero(out | late)
    return tasks
