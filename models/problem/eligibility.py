"""Who may do what: skill requirements compiled once into eligible agents and their efficiency (H2)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Clause = tuple[tuple[str, int], ...]
"""Alternatives (skill, least level); an agent needs one of them."""
Requirement = tuple[Clause, ...]
"""Clauses; an agent needs all of them. Everybody meets the empty requirement."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SkillTable:
    """The skills people have: parallel columns of agent index, skill, level and efficiency."""

    agent: NDArray[np.int64]
    skill: Sequence[str]
    level: NDArray[np.int64]
    efficiency: NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Eligibility:
    """The eligible agents of every requirement, ascending, with their efficiency.

    Those of requirement r are ``first[r]:first[r + 1]`` of ``agent`` and ``efficiency``.
    """

    n_agents: int
    first: NDArray[np.int64]
    agent: NDArray[np.int32]
    efficiency: NDArray[np.float64]

    @property
    def n_requirements(self) -> int:
        """The number of distinct requirements."""
        return len(self.first) - 1

    def entry(self, requirement: NDArray[np.int64], agent: NDArray[np.int64]) -> NDArray[np.int64]:
        """The position of each (requirement, agent) among the eligible, -1 where the agent is not."""
        if not len(self.agent):
            return np.full(np.broadcast(requirement, agent).shape, -1, np.int64)
        owner = np.repeat(np.arange(self.n_requirements, dtype=np.int64), np.diff(self.first))
        keys = owner * self.n_agents + self.agent
        wanted = requirement.astype(np.int64) * self.n_agents + agent
        found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[found] == wanted, found, -1)


class SkillIndex:
    """Looks up, clause by clause, who has a skill at a level and how efficient they are in it."""

    def __init__(self, n_agents: int, table: SkillTable) -> None:
        self._n_agents = n_agents
        self._clauses: dict[Clause, NDArray[np.float64]] = {}
        names = np.asarray(table.skill, dtype=object)
        order = np.argsort(names.astype(str), kind="stable") if len(names) else np.zeros(0, np.int64)
        cuts = np.flatnonzero(names[order][1:] != names[order][:-1]) + 1
        self._rows = {names[rows[0]]: rows for rows in np.split(order, cuts) if len(rows)}
        self._table = table

    def efficiency(self, clause: Clause) -> NDArray[np.float64]:
        """Each agent's best efficiency among the alternatives that it has at the required level; 0 without any."""
        if clause not in self._clauses:
            best = np.zeros(self._n_agents)
            for skill, level in clause:
                rows = self._rows.get(skill, np.zeros(0, np.int64))
                rows = rows[self._table.level[rows] >= level]
                np.maximum.at(best, self._table.agent[rows], self._table.efficiency[rows])
            self._clauses[clause] = best
        return self._clauses[clause]

    def compile(self, requirements: Sequence[Requirement]) -> Eligibility:
        """The eligible agents of each requirement; efficiency is the least over its clauses, 1 if it has none."""
        agents, speeds = [], []
        for requirement in requirements:
            slowest = np.full(self._n_agents, np.inf)
            for clause in requirement:
                np.minimum(slowest, self.efficiency(clause), out=slowest)
            able = np.flatnonzero(slowest > 0)
            agents.append(able.astype(np.int32))
            speeds.append(np.where(np.isinf(slowest[able]), 1.0, slowest[able]))
        first = np.concatenate([[0], np.cumsum([len(a) for a in agents])]).astype(np.int64)
        return Eligibility(
            n_agents=self._n_agents,
            first=first,
            agent=np.concatenate([*agents, np.zeros(0, np.int32)]).astype(np.int32),
            efficiency=np.concatenate([*speeds, np.zeros(0)]),
        )

    def started_efficiency(self, requirement: Requirement, agent: int) -> float:
        """An agent's efficiency in started work; a skill that it lacks counts as efficiency 1 (H7)."""
        held = [float(self.efficiency(clause)[agent]) for clause in requirement]
        return min((e if e > 0 else 1.0 for e in held), default=1.0)
