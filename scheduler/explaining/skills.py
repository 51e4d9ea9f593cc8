"""The required skills of a task that people lack."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from data import parse_requirement
from models import Requirement

Levels = Mapping[str, int]
"""The skills somebody has, with their levels."""


@dataclass(frozen=True, kw_only=True)
class Lack:
    """The clauses of a requirement that an agent does not meet; ``levels`` are the agent's in the skills asked for."""

    agent_id: str
    clauses: Requirement
    levels: Levels

    @property
    def distance(self) -> tuple[int, int]:
        """The number of missing clauses, and of missing levels in total, by the nearest alternative of each clause."""
        steps = [min(least - self.levels.get(skill, 0) for skill, least in clause) for clause in self.clauses]
        return len(self.clauses), sum(steps)

    @property
    def has(self) -> Levels:
        """What the agent has of the skills that are lacking, at too low a level."""
        asked = {skill for clause in self.clauses for skill, _ in clause}
        return {skill: level for skill, level in sorted(self.levels.items()) if skill in asked}


def requirement_of(text: str | None) -> Requirement:
    """The requirement that a task's text describes; without a text, no skill is required."""
    return parse_requirement(text) if text else ()


def words(clauses: Requirement) -> str:
    """Clauses as people write them."""
    return ";".join("|".join(s if n == 1 else f"{s}>={n}" for s, n in clause) for clause in clauses)


def levels_of(skills: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Everybody's skills and levels, by agent id."""
    found: dict[str, dict[str, int]] = {}
    for agent, skill, level in skills.select("agent_id", "skill", "level").iter_rows():
        found.setdefault(agent, {})[skill] = level
    return found


def lacking(requirement: Requirement, levels: Levels) -> Requirement:
    """The clauses that somebody with these skills does not meet."""
    return tuple(clause for clause in requirement if all(levels.get(skill, 0) < least for skill, least in clause))


def nearest_agents(requirement: Requirement, skills: pl.DataFrame, agents: pl.Series, most: int) -> list[Lack]:
    """The agents who lack least: fewest clauses, then fewest levels, then in the order of the table."""
    levels = levels_of(skills.filter(pl.col("skill").is_in([s for clause in requirement for s, _ in clause])))
    lacks = (
        Lack(agent_id=a, clauses=lacking(requirement, levels.get(a, {})), levels=levels.get(a, {})) for a in agents
    )
    return sorted((lack for lack in lacks if lack.clauses), key=lambda lack: lack.distance)[:most]


def meeting_each(requirement: Requirement, skills: pl.DataFrame) -> Iterator[tuple[str, int]]:
    """Each clause in words with how many people meet it."""
    everybody = levels_of(skills).values()
    for clause in requirement:
        yield words((clause,)), sum(not lacking((clause,), levels) for levels in everybody)
