"""Builds small problems by hand, for tests and examples."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import polars as pl

from models.problem.assemble import NEVER, AgentColumns, PairColumns, TaskColumns, assemble
from models.problem.clock import make_clocks
from models.problem.eligibility import Requirement, SkillTable
from models.problem.payoff import Worth
from models.problem.problem import NO_LIMIT, Problem
from models.problem.terms import Terms

_US_PER_S = 1_000_000


@dataclass(kw_only=True)
class _Task:
    id: str
    needs: Requirement
    minutes: float
    value: float
    penalty: float
    due: int | None
    not_before: int
    expires: int | None
    requested: str | None
    started_by: str | None


@dataclass(kw_only=True)
class _Agent:
    id: str
    skills: dict[str, tuple[int, float]]
    windows: tuple[tuple[int, int], ...]
    max_utilization: Fraction
    max_tasks: int
    cost_per_hour: float


@dataclass
class ProblemBuilder:
    """Collects agents, tasks and pairs, and builds the problem. All times are whole grains since ``as_of``."""

    horizon: int
    terms: Terms = field(default_factory=Terms)
    _agents: list[_Agent] = field(default_factory=list)
    _tasks: list[_Task] = field(default_factory=list)
    _pairs: list[tuple[str, str, bool, float, float]] = field(default_factory=list)

    def agent(
        self,
        id: str,
        skills: dict[str, tuple[int, float]] | Iterable[str] = (),
        windows: Iterable[tuple[int, int]] | None = None,
        *,
        max_utilization: Fraction | float = 1.0,
        max_tasks: int = NO_LIMIT,
        cost_per_hour: float = 0.0,
    ) -> "ProblemBuilder":
        """Adds an agent; skills are names or name -> (level, efficiency); the default window is the horizon."""
        held = skills if isinstance(skills, dict) else dict.fromkeys(skills, (1, 1.0))
        worked = tuple(windows) if windows is not None else ((0, self.horizon),)
        share = Fraction(repr(max_utilization)) if isinstance(max_utilization, float) else Fraction(max_utilization)
        self._agents.append(
            _Agent(
                id=id,
                skills=held,
                windows=worked,
                max_utilization=share,
                max_tasks=max_tasks,
                cost_per_hour=cost_per_hour,
            )
        )
        return self

    def task(
        self,
        id: str,
        needs: Requirement | str = (),
        *,
        minutes: float,
        value: float = 1.0,
        penalty: float = 0.0,
        due: int | None = None,
        not_before: int = 0,
        expires: int | None = None,
        requested: str | None = None,
        started_by: str | None = None,
    ) -> "ProblemBuilder":
        """Adds a task; ``needs`` is one skill name or a compiled requirement; a negative due is overdue."""
        requirement: Requirement = (((needs, 1),),) if isinstance(needs, str) else needs
        self._tasks.append(
            _Task(
                id=id,
                needs=requirement,
                minutes=minutes,
                value=value,
                penalty=penalty,
                due=due,
                not_before=not_before,
                expires=expires,
                requested=requested,
                started_by=started_by,
            )
        )
        return self

    def pair(
        self,
        task: str,
        agent: str,
        *,
        allowed: bool = True,
        minutes: float = float("nan"),
        bonus: float = 0.0,
    ) -> "ProblemBuilder":
        """Adds a special pair."""
        self._pairs.append((task, agent, allowed, minutes, bonus))
        return self

    def build(self) -> Problem:
        """The problem."""
        agents = {a.id: k for k, a in enumerate(self._agents)}
        tasks = {t.id: k for k, t in enumerate(self._tasks)}
        requirements = list(dict.fromkeys(t.needs for t in self._tasks))
        held = [(agents[a.id], s, lv, e) for a in self._agents for s, (lv, e) in a.skills.items()]
        return assemble(
            self.terms.grain_s,
            self._task_columns(agents, requirements),
            self._agent_columns(),
            requirements,
            SkillTable(
                agent=np.array([h[0] for h in held], np.int64),
                skill=[h[1] for h in held],
                level=np.array([h[2] for h in held], np.int64),
                efficiency=np.array([h[3] for h in held], np.float64),
            ),
            PairColumns(
                task=np.array([tasks[p[0]] for p in self._pairs], np.int64),
                agent=np.array([agents[p[1]] for p in self._pairs], np.int64),
                allowed=np.array([p[2] for p in self._pairs], np.bool_),
                minutes=np.array([p[3] for p in self._pairs], np.float64),
                bonus=np.array([p[4] for p in self._pairs], np.float64),
            ),
        )

    def _agent_columns(self) -> AgentColumns:
        windows = sorted((k, s, e) for k, a in enumerate(self._agents) for s, e in a.windows)
        columns = np.array(windows, np.int64).reshape(-1, 3)
        shares = [a.max_utilization for a in self._agents]
        return AgentColumns(
            ids=pl.Series([a.id for a in self._agents], dtype=pl.String),
            clocks=make_clocks(self.horizon, len(shares), columns[:, 0], columns[:, 1], columns[:, 2], shares),
            cost_per_hour=np.array([a.cost_per_hour for a in self._agents], np.float64),
            max_tasks=np.array([a.max_tasks for a in self._agents], np.int64),
        )

    def _task_columns(self, agents: dict[str, int], requirements: list[Requirement]) -> TaskColumns:
        tasks, horizon = self._tasks, self.horizon
        due = np.array([NEVER if t.due is None else t.due for t in tasks], np.int64)
        expires = np.array([horizon if t.expires is None else t.expires for t in tasks], np.int64)
        number = {r: k for k, r in enumerate(requirements)}
        grain_us = self.terms.grain_s * _US_PER_S
        worth = Worth(
            terms=self.terms,
            value=np.array([t.value for t in tasks], np.float64),
            weight=np.zeros(len(tasks), np.int32),
            weights=(Fraction(1),),
            penalty=np.array([t.penalty for t in tasks], np.float64),
            overdue_us=np.where(due <= 0, -due * grain_us, -1),
            fined=(due > 0) & (due <= horizon),
        )
        return TaskColumns(
            ids=pl.Series([t.id for t in tasks], dtype=pl.String),
            requirement=np.array([number[t.needs] for t in tasks], np.int32),
            minutes=np.array([t.minutes for t in tasks], np.float64),
            release=np.clip(np.array([t.not_before for t in tasks], np.int64), 0, horizon),
            due=np.clip(due, 0, horizon),
            expires=np.clip(expires, 0, horizon),
            due_us=due,
            started_by=np.array([agents[t.started_by] if t.started_by else -1 for t in tasks], np.int32),
            requested=np.array([agents[t.requested] if t.requested else -1 for t in tasks], np.int32),
            worth=worth,
        )
