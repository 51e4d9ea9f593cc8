"""Which skill would help an agent most, at the prices of the run."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models import UNIT_BITS, Prices, Requirement, task_surplus, worth_of_allowing
from scheduler.explaining.moments import points
from scheduler.explaining.past_run import PastRun
from scheduler.explaining.skills import lacking, levels_of, requirement_of, words

Int64 = NDArray[np.int64]
_MOST_SKILLS = 3
_WORTH_TELLING = 1.0  # a hundredth of a point


def best_training(past: PastRun, prices: Prices, agent: int) -> list[dict[str, Any]]:
    """The skills that would add most: each with the tasks it would make possible and an upper limit on what it adds."""
    problem = past.problem
    kept = task_surplus(problem, prices) / 2.0**UNIT_BITS
    open_tasks = np.flatnonzero(problem.free & (problem.deadline.max(axis=1) > 0))
    found: list[tuple[float, dict[str, Any]]] = []
    for skill, kinds in _openings(past, agent):
        tasks = open_tasks[np.isin(problem.requirement[open_tasks], kinds)]
        barred = problem.excluded(tasks, np.full(len(tasks), agent))
        worth, chosen = worth_of_allowing(problem, prices, kept, agent, tasks[~barred])
        told = {"skill": skill, "adds_at_most": points(worth), "tasks": len(chosen), "opens": len(tasks)}
        found.append((worth, told))
    best = sorted((f for f in found if f[0] >= _WORTH_TELLING), key=lambda f: -f[0])
    return [told for _, told in best[:_MOST_SKILLS]]


def _openings(past: PastRun, agent: int) -> Iterator[tuple[str, Int64]]:
    """Each skill and level that is all the agent lacks for some requirement, with the requirements it opens."""
    agent_id = past.problem.agent_ids[agent]
    levels = levels_of(past.snapshot.agent_skills.filter(pl.col("agent_id") == agent_id)).get(agent_id, {})
    missing = {number: lacking(needs, levels) for number, needs in _requirements(past).items()}
    wanted = {one for clauses in missing.values() if len(clauses) == 1 for one in clauses[0]}
    for skill, level in sorted(wanted):
        better = {**levels, skill: max(level, levels.get(skill, 0))}
        opened = [n for n, clauses in missing.items() if clauses and not lacking(clauses, better)]
        yield words((((skill, level),),)), np.array(opened, np.int64)


def _requirements(past: PastRun) -> dict[int, Requirement]:
    """The problem's requirements by number."""
    texts = past.build.tasks.filter(pl.col("index").is_not_null()).sort("index")["skills"]
    numbered = pl.DataFrame({"number": past.problem.requirement, "text": texts}).unique("number", keep="first")
    return {number: requirement_of(text) for number, text in numbered.iter_rows()}
