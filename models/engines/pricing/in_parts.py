"""Certificates in parts beside each other: sums of whole numbers, so that the parts add up to the whole exactly."""

from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.bounds.certificate import bound_of_surplus, is_too_large, refuse_what_proves_nothing, task_surplus
from models.bounds.task_prices import AGENTS_AT_ONCE, Alone
from models.executor import Threads, do_all, executor_of
from models.plans.limits import Limits
from models.plans.outcome import Prices
from models.problem.problem import Problem
from models.variants.excerpt import excerpt

_TASKS_EACH, _AGENTS_EACH = 50_000, 150
"""So many make a part that is worth its way."""

Int64 = NDArray[np.int64]


class Asked(NamedTuple):
    """A part of a problem and the prices that count in it."""

    problem: Problem
    prices: Prices


def parts_for(limits: Limits, number: int, each: int) -> int:
    """Into how many parts so many are split.

    Where a clock counts, prices and search run beside each other and the workers have the search: then into one.
    """
    return 1 if limits.effort is None else max(1, min(executor_of(limits).size, number // each))


def nearest(limits: Limits) -> Limits:
    """The limits, with the threads of this process where an executor does no more at once: nothing is sent to them."""
    return replace(limits, executor=None) if executor_of(limits).size <= limits.workers else limits


def bound_in_parts(problem: Problem, prices: Prices, limits: Limits, parts: int | None = None) -> int | None:
    """The bound that prices of time prove, as of :func:`models.bounds.certificate.certified_bound`, by parts of tasks.

    ``None`` also when the limits end before all parts are added up.

    Raises:
        ValueError: the prices are negative or rise with the deadline, so they prove nothing.
    """
    refuse_what_proves_nothing(prices)
    if is_too_large(problem):
        return None
    limits = nearest(limits)
    parts = parts_for(limits, problem.n_tasks, _TASKS_EACH) if parts is None else parts
    if parts <= 1:
        return bound_of_surplus(problem, prices, task_surplus(problem, prices))
    everybody = np.arange(problem.n_agents)
    groups = np.array_split(np.arange(problem.n_tasks), parts)
    items = [Asked(excerpt(problem, tasks, everybody).problem, prices) for tasks in groups]
    kept = [found for found in do_all(surplus_of, items, limits) if found is not None]
    return bound_of_surplus(problem, prices, np.concatenate(kept)) if len(kept) == parts else None


def surplus_of(asked: Asked, limits: Limits) -> Int64:
    """What each task of a part keeps at the prices."""
    return task_surplus(asked.problem, asked.prices)


def earned_in_parts(
    problem: Problem, alone: Alone, prices: Prices, limits: Limits, parts: int | None = None
) -> tuple[Int64, Int64] | None:
    """What every agent earns alone above the prices of tasks, as of :meth:`Alone.earned`, by parts of the agents.

    Threads of this process share the lists of jobs instead.
    """
    limits = nearest(limits)
    if parts is None:
        in_memory = isinstance(executor_of(limits), Threads)
        parts = 1 if in_memory else parts_for(limits, problem.n_agents, _AGENTS_EACH)
    if parts <= 1 or not problem.n_agents:
        return alone.earned(prices, limits.exhausted, limits.workers)
    owner = np.maximum(problem.pinned_agent, problem.fixed_agent)
    items = []
    for agents in _together(problem.n_agents, parts):
        tasks = np.flatnonzero((problem.free & (owner < 0)) | np.isin(owner, agents))
        part = excerpt(problem, tasks, agents)
        items.append(Asked(part.problem, part.prices_of(prices)))
    found = [each for each in do_all(earned_alone, items, limits) if each is not None]
    if len(found) < len(items):
        return None
    earned, short = (np.concatenate(column) for column in zip(*found, strict=True))
    return earned, short


def _together(agents: int, parts: int) -> list[Int64]:
    """The agents in at most so many parts, those together that are looked at together."""
    batches = -(-agents // AGENTS_AT_ONCE)
    ends = [min(agents, AGENTS_AT_ONCE * (batches * k // parts)) for k in range(parts + 1)]
    return [np.arange(u, v) for u, v in pairwise(ends) if u < v]


def earned_alone(asked: Asked, limits: Limits) -> tuple[Int64, Int64] | None:
    """What every agent of a part earns alone; ``None`` when the limits end before."""
    return Alone(asked.problem).earned(asked.prices, limits.exhausted)
