"""Who may do what: requirements parsed again and matched with the agents' skills (H2, contract section 1)."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from scheduler.audit.exact import Floats, Ints

Clause = tuple[tuple[str, int], ...]
"""Alternatives, each a skill and the level asked: ``c|d>=2``."""


def clauses_of(requirement: str) -> tuple[Clause, ...]:
    """The clauses of a requirement such as ``a>=2;b;c|d``, all of which must be met."""
    return tuple(
        tuple(_alternative(text) for text in clause.split("|")) for clause in requirement.split(";") if clause.strip()
    )


def _alternative(text: str) -> tuple[str, int]:
    skill, _, level = text.partition(">=")
    return skill.strip(), int(level) if level else 1


@dataclass(frozen=True)
class Kinds:
    """The distinct requirements; kind k may be done by ``agent[first[k]:first[k + 1]]``, in ascending order.

    ``efficiency`` goes with ``agent``. ``held`` maps a skill to its holders, their levels and efficiencies.
    """

    texts: list[str]
    agents: int
    first: Ints
    agent: Ints
    efficiency: Floats
    held: dict[str, tuple[Ints, Ints, Floats]]

    def efficiencies(self, kind: Ints, agent: Ints) -> Floats:
        """The efficiency of each pair of kind and agent; NaN where H2 forbids it."""
        owner = np.repeat(np.arange(len(self.texts)), np.diff(self.first))
        found = np.full(len(kind), np.nan)
        if self.agent.size:
            keys, wanted = owner * self.agents + self.agent, kind * self.agents + agent
            at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            found = np.where(keys[at] == wanted, self.efficiency[at], np.nan)
        return found

    def lenient(self, kind: int) -> Floats:
        """The efficiency of every agent in a kind, 1 for each clause it does not meet (H7)."""
        return _smallest(clauses_of(self.texts[kind]), self.held, self.agents, missing=1.0)

    def lacking(self, kind: int, agent: int) -> str:
        """The first clause of a kind that the agent does not meet, or an empty text."""
        for clause in clauses_of(self.texts[kind]):
            if np.isnan(_clause(clause, self.held, self.agents)[agent]):
                return " or ".join(f"{skill}>={level}" for skill, level in clause)
        return ""


def build_kinds(texts: list[str], agent_skills: pl.DataFrame, agent_ids: pl.Series) -> Kinds:
    """Match every requirement text with the agents, in their row order."""
    held = _holders(agent_skills, agent_ids)
    first, agents, efficiencies = [0], [], []
    for text in texts:
        efficiency = _smallest(clauses_of(text), held, len(agent_ids), missing=np.nan)
        able = np.flatnonzero(~np.isnan(efficiency))
        agents.append(able)
        efficiencies.append(efficiency[able])
        first.append(first[-1] + len(able))
    return Kinds(
        texts=texts,
        agents=len(agent_ids),
        first=np.array(first, np.int64),
        agent=np.concatenate([np.empty(0, np.int64), *agents]),
        efficiency=np.concatenate([np.empty(0), *efficiencies]),
        held=held,
    )


def _holders(agent_skills: pl.DataFrame, agent_ids: pl.Series) -> dict[str, tuple[Ints, Ints, Floats]]:
    known = agent_skills.join(
        pl.DataFrame({"agent_id": agent_ids}).with_row_index("agent"), on="agent_id", maintain_order="left"
    ).select("skill", pl.col("agent", "level").cast(pl.Int64), "efficiency")
    return {
        str(part["skill"][0]): (
            part["agent"].to_numpy(),
            part["level"].to_numpy(),
            part["efficiency"].to_numpy(),
        )
        for part in known.partition_by("skill")
    }


def _smallest(
    clauses: tuple[Clause, ...], held: dict[str, tuple[Ints, Ints, Floats]], agents: int, *, missing: float
) -> Floats:
    """Each agent's smallest efficiency over the clauses; a clause not met counts as ``missing``."""
    if not clauses:
        return np.ones(agents)
    met = np.stack([_clause(clause, held, agents) for clause in clauses])
    lowest: Floats = np.where(np.isnan(met), missing, met).min(axis=0)
    return lowest


def _clause(clause: Clause, held: dict[str, tuple[Ints, Ints, Floats]], agents: int) -> Floats:
    """Each agent's best efficiency among the alternatives it has at the level asked; NaN without any."""
    best = np.full(agents, np.nan)
    for skill, asked in clause:
        if skill in held:
            agent, level, efficiency = held[skill]
            able = agent[level >= asked]
            best[able] = np.fmax(best[able], efficiency[level >= asked])
    return best
