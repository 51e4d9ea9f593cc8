"""A tiny problem as its author would say it: numbers as decimal text, times in whole grains since as_of.

Both the builder under test and the oracle read it, so a mistake in compiling a problem is seen too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from models import NO_LIMIT, Plan, Problem, ProblemBuilder, Terms

Needs = tuple[tuple[tuple[str, int], ...], ...]
"""Clauses, all of them needed, each a choice of (skill, least level)."""


@dataclass(frozen=True, kw_only=True)
class Agent:
    """Somebody who works; skill -> (level, efficiency), windows half-open."""

    id: str
    skills: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    windows: tuple[tuple[int, int], ...] = ()
    max_utilization: str = "1"
    max_tasks: int | None = None
    cost_per_hour: str = "0"


@dataclass(frozen=True, kw_only=True)
class Task:
    """A piece of work; a due time of 0 or less is overdue."""

    id: str
    needs: Needs = ()
    minutes: str = "1"
    value: str = "1"
    penalty: str = "0"
    due: int | None = None
    not_before: int = 0
    expires: int | None = None
    requested: str | None = None
    started_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Pair:
    """What is special between a task and an agent."""

    task: str
    agent: str
    allowed: bool = True
    minutes: str | None = None
    bonus: str = "0"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A whole problem."""

    horizon: int
    agents: tuple[Agent, ...] = ()
    tasks: tuple[Task, ...] = ()
    pairs: tuple[Pair, ...] = ()
    terms: Terms = field(default_factory=Terms)

    def build(self) -> Problem:
        """The problem, through the builder."""
        builder = ProblemBuilder(horizon=self.horizon, terms=self.terms)
        for a in self.agents:
            builder.agent(
                a.id,
                {skill: (level, float(e)) for skill, (level, e) in a.skills.items()},
                a.windows,
                max_utilization=float(a.max_utilization),
                max_tasks=NO_LIMIT if a.max_tasks is None else a.max_tasks,
                cost_per_hour=float(a.cost_per_hour),
            )
        for t in self.tasks:
            builder.task(
                t.id,
                t.needs,
                minutes=float(t.minutes),
                value=float(t.value),
                penalty=float(t.penalty),
                due=t.due,
                not_before=t.not_before,
                expires=t.expires,
                requested=t.requested,
                started_by=t.started_by,
            )
        for p in self.pairs:
            minutes = float("nan") if p.minutes is None else float(p.minutes)
            builder.pair(p.task, p.agent, allowed=p.allowed, minutes=minutes, bonus=float(p.bonus))
        return builder.build()

    def with_tasks(self, **changes: Any) -> "Case":
        """The same with every task changed alike."""
        return replace(self, tasks=tuple(replace(t, **changes) for t in self.tasks))

    def with_agents(self, **changes: Any) -> "Case":
        """The same with every agent changed alike."""
        return replace(self, agents=tuple(replace(a, **changes) for a in self.agents))


def make_plan(agent: Sequence[int], start: Sequence[int]) -> Plan:
    """A plan from plain lists; -1 for not planned."""
    return Plan(agent=np.array(agent, np.int32), start=np.array(start, np.int64))


def lists(plan: Plan) -> tuple[list[int], list[int]]:
    """A plan as plain lists."""
    return plan.agent.tolist(), plan.start.tolist()


def skills(*names: str) -> dict[str, tuple[int, str]]:
    """Skills at level 1 and efficiency 1."""
    return dict.fromkeys(names, (1, "1"))


def needs(*names: str) -> Needs:
    """The requirement of all the named skills."""
    return tuple(((name, 1),) for name in names)


def exact_terms(**numbers: Any) -> Terms:
    """Terms from decimal text."""
    return Terms(**{k: Fraction(v) if isinstance(v, str) else v for k, v in numbers.items()})
