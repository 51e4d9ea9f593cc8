"""The assignment problem of a snapshot as columns of numbers, without an object per task.

Units: time in whole grains since ``as_of``, value in integer hundredths of a point, durations in grains of the
agent's capacity clock. n tasks, m agents; -1 stands for "none" in index and time columns.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.problem.clock import Clocks
from models.problem.eligibility import Eligibility
from models.problem.payoff import Worth, exact, round_half_even

NO_LIMIT = 2**31 - 1
"""``max_tasks`` of an agent without a limit."""
LONGEST = 2**30
"""Limit of a horizon in grains, so that clocks fit into 32-bit integers; longer durations are cut to it."""
DURATION_SLACK = 1e-14
"""work / efficiency is this much relative float error below a whole number when it should be one; see
:mod:`models.problem.durations` for when this is safe and what is done when it is not."""

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Pairs:
    """Exceptions for one task and one agent, sorted by (task, agent).

    Rows of task i are ``first[i]:first[i + 1]``. ``grains`` replaces the computed duration (0: does not);
    ``bonus`` is in points.
    """

    first: Int64
    agent: Int32
    allowed: Bool
    grains: Int64
    bonus: Float64

    def row(self, tasks: Int64, agents: Int64, n_agents: int) -> Int64:
        """The row of each (task, agent), -1 without one."""
        if not len(self.agent):
            return np.full(np.broadcast(tasks, agents).shape, -1, np.int64)
        owner = np.repeat(np.arange(len(self.first) - 1, dtype=np.int64), np.diff(self.first))
        keys = owner * n_agents + self.agent
        wanted = tasks * n_agents + agents
        found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[found] == wanted, found, -1)


@dataclass(frozen=True, eq=False, kw_only=True)
class Problem:
    """Every plannable task, every agent, and the rules between them.

    ``deadline`` and ``payoff`` have one column per step (on time, late): finishing by the deadline pays the
    payoff, before the agent's terms; a step that does not exist has deadline -1. ``undone`` is what leaving the
    task pays. ``work`` is grains at efficiency 1. Pinned tasks (started work, H7, and frozen work, E2) name their
    agent, start and duration; ``frozen`` marks frozen work, ``stuck`` started work that no longer fits and is not
    planned. ``fixed_agent`` is the agent to whom a planner has pinned the task (E1), -1 without one.
    """

    grain_s: int
    horizon: int
    sla_hard: bool
    task_ids: pl.Series
    agent_ids: pl.Series
    requirement: Int32
    work: Float64
    release: Int64
    due: Int64
    expires: Int64
    deadline: Int64
    payoff: Int64
    undone: Int64
    worth: Worth
    requested: Int32
    pinned_agent: Int32
    pinned_start: Int64
    pinned_grains: Int64
    stuck: Bool
    frozen: Bool
    fixed_agent: Int32
    eligibility: Eligibility
    pairs: Pairs
    clocks: Clocks
    cost_per_hour: Float64
    max_tasks: Int64

    @property
    def n_tasks(self) -> int:
        """The number of plannable tasks."""
        return len(self.work)

    @property
    def n_agents(self) -> int:
        """The number of agents."""
        return len(self.max_tasks)

    @cached_property
    def free(self) -> Bool:
        """The open tasks, which engines decide about: all but started and frozen work."""
        return (self.pinned_agent < 0) & ~self.stuck

    @cached_property
    def pinned_load(self) -> Int64:
        """Where each agent's pinned work ends on its clock; other work cannot begin before that."""
        pinned = np.flatnonzero(self.pinned_agent >= 0)
        load = np.zeros(self.n_agents, np.int64)
        np.maximum.at(load, self.pinned_agent[pinned], self.pinned_start[pinned] + self.pinned_grains[pinned])
        return load

    @cached_property
    def pinned_count(self) -> Int64:
        """How many pinned tasks each agent has."""
        return np.bincount(self.pinned_agent[self.pinned_agent >= 0], minlength=self.n_agents)

    def skilled(self, tasks: Any, agents: Any) -> Bool:
        """Whether each agent has every skill that its task needs (H2)."""
        kinds = self.requirement[np.asarray(tasks, np.int64)].astype(np.int64)
        return self.eligibility.entry(kinds, np.asarray(agents, np.int64)) >= 0

    def excluded(self, tasks: Any, agents: Any) -> Bool:
        """Whether a pair excludes each agent from its task (H8)."""
        row = self.pairs.row(np.asarray(tasks, np.int64), np.asarray(agents, np.int64), self.n_agents)
        result: Bool = self._of_row(~self.pairs.allowed, row, False)
        return result

    def allowed(self, tasks: Any, agents: Any) -> Bool:
        """Whether each agent may do its task: skilled, and not excluded (H2, H8)."""
        return self.skilled(tasks, agents) & ~self.excluded(tasks, agents)

    def allowed_agents(self, task: int) -> Int64:
        """The agents who may do a task (H2, H8), ascending."""
        kind = self.requirement[task]
        able = self.eligibility.agent[slice(*self.eligibility.first[kind : kind + 2])].astype(np.int64)
        return able[~self.excluded(np.full(len(able), task), able)]

    def durations(self, tasks: Any, agents: Any) -> Int64:
        """The grains each task takes on each agent's clock; the agents must be eligible or hold it pinned."""
        tasks, agents = np.asarray(tasks, np.int64), np.asarray(agents, np.int64)
        entry = self.eligibility.entry(self.requirement[tasks].astype(np.int64), agents)
        speed = self._of_row(self.eligibility.efficiency, entry, 1.0)
        grains = np.clip(np.ceil(self.work[tasks] / speed * (1 - DURATION_SLACK)), 1, LONGEST).astype(np.int64)
        special = self._of_row(self.pairs.grains, self.pairs.row(tasks, agents, self.n_agents), 0)
        grains = np.where(special > 0, special, grains)
        result: Int64 = np.where(self.pinned_agent[tasks] == agents, self.pinned_grains[tasks], grains)
        return result

    def payoffs(self, tasks: Any, agents: Any, steps: Any) -> Int64:
        """The exact payoff in hundredths of each task finished in a step by an agent, with the agent's terms."""
        tasks, agents, steps = (np.asarray(x, np.int64) for x in (tasks, agents, steps))
        result: Int64 = self.payoff[tasks, steps]
        bonus = self._of_row(self.pairs.bonus, self.pairs.row(tasks, agents, self.n_agents), 0.0)
        wanted = (self.requested[tasks] == agents) & (self.worth.terms.requested_agent_share > 0)
        costly = (self.cost_per_hour[agents] > 0) & (self.worth.terms.cost_weight > 0)
        special = np.flatnonzero((bonus != 0) | wanted | costly)
        if len(special):
            result[special] = self._with_terms(*(x[special] for x in (tasks, agents, steps, bonus, wanted)))
        return result

    def _with_terms(self, tasks: Int64, agents: Int64, steps: Int64, bonus: Float64, wanted: Bool) -> Int64:
        terms = self.worth.terms
        grains = self.durations(tasks, agents)
        weight, share = float(terms.cost_weight), float(terms.requested_agent_share)
        v = self.worth.weighted(tasks)
        cost = weight * self.cost_per_hour[agents] * grains * self.grain_s / 3600
        requested = np.where(wanted, share * v, 0)
        estimate = self.worth_of_steps[tasks, steps] + 100 * (bonus + requested - cost)
        size = self.worth.size()[tasks, steps] + 100 * (np.abs(bonus) + requested + cost)

        def points(k: int) -> Fraction:
            i = int(tasks[k])
            total = self.worth.exact_payoff(i, int(steps[k])) + exact(bonus[k])
            total += terms.requested_agent_share * self.worth.exact_value(i) if wanted[k] else 0
            hours = Fraction(int(grains[k]) * self.grain_s, 3600)
            return total - terms.cost_weight * exact(self.cost_per_hour[agents[k]]) * hours

        cases = np.stack([tasks, steps, agents], axis=1)
        return round_half_even(estimate, size, cases, points)

    @cached_property
    def worth_of_steps(self) -> Float64:
        """The payoff of each task in each step before the agent's terms, in hundredths, unrounded."""
        return self.worth.payoffs()

    @staticmethod
    def _of_row(column: Any, row: Int64, absent: Any) -> Any:
        """``column[row]``, and ``absent`` where the row is -1."""
        if not len(column):
            return np.full(row.shape, absent)
        return np.where(row >= 0, column[row], absent)
