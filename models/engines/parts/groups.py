"""Groups of people who can do the same work: each with its tasks is a problem of its own.

People who have no kind of work in common, not even by way of others, come into different groups as far as sizes allow:
that costs nothing. Within such a component people come together by the work that they share. Who that is depends on
numbers drawn for each kind, so that other numbers give other groups.
"""

import numpy as np
from numpy.typing import NDArray

from models.problem.eligibility import Eligibility

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]


def groups_of(able: Eligibility, wanted: Float64, number: int, random: np.random.Generator) -> Int64:
    """The group of every agent, of about ``number`` in all.

    ``wanted`` (r) is how much work of each kind there is that is worth its time: people are near each other who would
    do the same of it.
    """
    component = components_of(able, wanted > 0)
    each = max(1, -(-able.n_agents // number))
    kind = np.repeat(np.arange(able.n_requirements), np.diff(able.first))
    weight = wanted[kind] / np.maximum(np.diff(able.first), 1)[kind]
    mass = np.bincount(able.agent, weight, able.n_agents)
    drawn = np.bincount(able.agent, weight * random.random(able.n_requirements)[kind], able.n_agents)
    alike = drawn / np.maximum(mass, 1e-12) + 1e-9 * random.random(able.n_agents)
    order = np.lexsort((alike, component))
    group, following, room = np.empty(able.n_agents, np.int64), -1, 0
    for members in np.split(order, np.flatnonzero(np.diff(component[order])) + 1):
        pieces = max(1, round(len(members) / each))
        for piece in np.array_split(members, pieces):
            if len(piece) > room:
                following, room = following + 1, each
            group[piece] = following
            room -= len(piece)
    return group


def markets_of(able: Eligibility, wanted: Float64, tasks: Float64, least: float) -> Int64:
    """The market of every kind, of which there are so many ``tasks`` (r).

    Nobody has work that is wanted in two of them. Components come together until they have ``least`` tasks.
    """
    somebody = np.append(able.agent, 0)[np.where(np.diff(able.first) > 0, able.first[:-1], -1)]
    component, of_kind = np.unique(np.append(components_of(able, wanted > 0), 0)[somebody], return_inverse=True)
    before = np.cumsum(np.bincount(of_kind, tasks, len(component)))
    of_component = np.unique(np.append(0, before[:-1]) // least, return_inverse=True)[1]
    return np.asarray(of_component[of_kind], np.int64)


def components_of(able: Eligibility, counts: NDArray[np.bool_]) -> Int64:
    """The component of every agent, as the least agent in it; agents are linked by kinds (r) that count."""
    kind = np.repeat(np.arange(able.n_requirements), np.diff(able.first))
    kept = counts[kind]
    kind, agent = kind[kept], able.agent[kept]
    component = np.arange(able.n_agents)
    while True:
        least = np.full(able.n_requirements, able.n_agents)
        np.minimum.at(least, kind, component[agent])
        lower = component.copy()
        np.minimum.at(lower, agent, least[kind])
        lower = lower[lower]
        if np.array_equal(lower, component):
            return component
        component = lower
