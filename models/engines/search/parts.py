"""A plan in parts that can be improved beside each other: groups of agents, each with its work and some that waits.

Agents who can do the same work come together, as work can move within a part only. Who that is depends on a number
drawn for each requirement, so that every split is another one. Work that nobody does goes to one of those who could.
How many parts there are follows from the problem, never from the number of workers: neither does the result.
"""

import numpy as np
from numpy.typing import NDArray

from models.plans.plan import Plan
from models.problem.arrays import Arrays, links_of
from models.problem.problem import Problem
from models.variants.excerpt import Excerpt, excerpt

_AGENTS_EACH = 100
_MOST_PARTS = 16
_AGENTS_OF_A_LARGE_PART = 600
"""Above, there are more parts than those, of so many agents each: enough for many machines."""

Int64 = NDArray[np.int64]


def how_many_parts(problem: Problem) -> int:
    """In how many parts a plan is improved."""
    few = min(_MOST_PARTS, problem.n_agents // _AGENTS_EACH)
    return max(1, few, problem.n_agents // _AGENTS_OF_A_LARGE_PART)


def split(
    problem: Problem, arrays: Arrays, plan: Plan, parts: int, random: np.random.Generator, most: int | None = None
) -> list[Excerpt]:
    """The parts of a plan, or ``most`` of them; none is without agents where ``parts`` is at most their number."""
    group = _groups(arrays, parts, random)
    owner = np.maximum(plan.agent, np.maximum(problem.pinned_agent, problem.fixed_agent)).astype(np.int64)
    owner = np.where(owner < 0, somebody_able(arrays, random), owner)
    place = np.where(owner < 0, 0, group[owner])
    kept = range(parts) if most is None else random.permutation(parts)[:most].tolist()
    return [excerpt(problem, np.flatnonzero(place == k), np.flatnonzero(group == k)) for k in kept]


def _groups(arrays: Arrays, parts: int, random: np.random.Generator) -> Int64:
    """The part of every agent; all are of about the same size."""
    first, requirement, _ = links_of(arrays)
    drawn = np.append(0.0, np.cumsum(random.random(len(arrays.elig_first))[requirement]))
    met = np.diff(first)
    alike = np.diff(drawn[first]) / np.maximum(met, 1) + 1e-6 * random.random(len(met))
    group = np.empty(len(met), np.int64)
    group[np.argsort(alike, kind="stable")] = np.arange(len(met)) * parts // max(1, len(met))
    return group


def somebody_able(arrays: Arrays, random: np.random.Generator) -> Int64:
    """For every task an agent who meets its requirement, the requested one if there is one; -1 where nobody does."""
    able = np.diff(arrays.elig_first)[arrays.requirement]
    drawn = arrays.elig_first[arrays.requirement] + (random.random(len(able)) * able).astype(np.int64)
    anybody = np.append(arrays.elig_agent, -1)[np.where(able > 0, drawn, -1)]
    return np.where(arrays.requested >= 0, arrays.requested, anybody).astype(np.int64)
