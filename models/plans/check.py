"""Checks a plan against every hard rule, from the problem and the plan alone.

No engine uses this code to find plans. Durations, clocks and payoffs come from the problem and from `evaluate`, as in
the engines, so mistakes in them are not found here; ``scheduler.audit`` (`allot check`) recomputes them from the
snapshot's files.

A plan with one agent per task and only plannable tasks cannot break H1 and H10, so only this shape is checked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.plans.plan import Evaluation, Plan, evaluate
from models.plans.rules import Rule
from models.problem.payoff import LATE
from models.problem.problem import Problem
from models.runs.codes import Code
from models.runs.messages import Message

Int64 = NDArray[np.int64]
MOST_LISTED = 100
"""Violations listed per rule; all are counted."""


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A rule that a plan breaks, where, and by how much."""

    rule: Rule
    who: Message
    message: Message

    @property
    def text(self) -> Message:
        """The violation as a sentence."""
        return Message(Code.VIOLATION, rule=self.rule.name, who=self.who, message=self.message)

    def __str__(self) -> str:
        return str(self.text)


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """The result of a check: the first violations of each rule, the number of all, and the plan's value."""

    violations: tuple[Violation, ...]
    total: int
    objective: int | None

    @property
    def ok(self) -> bool:
        """Whether the plan keeps every rule."""
        return self.total == 0


def check(problem: Problem, plan: Plan, objective: int | None = None, bound: int | None = None) -> CheckResult:
    """Every violation of the rules by ``plan``; with ``objective`` and ``bound`` also whether they hold."""
    shape = list(_shape(problem, plan))
    if shape:
        return CheckResult(violations=tuple(shape[:MOST_LISTED]), total=len(shape), objective=None)
    result = evaluate(problem, plan)
    found: list[Violation] = []
    total = 0
    for rule in (_skills, _exclusions, _capacity, _one_at_a_time, _release, _end, _sla, _pinned, _fixed, _max_tasks):
        violations = list(rule(problem, plan, result))
        total += len(violations)
        found += violations[:MOST_LISTED]
    if objective is not None and objective != result.objective:
        found.append(_value(Code.OTHER_OBJECTIVE, objective=_points(result.objective), stated=_points(objective)))
    if bound is not None and bound < result.objective:
        found.append(_value(Code.BOUND_BELOW, bound=_points(bound), objective=_points(result.objective)))
    total += sum(v.rule is Rule.PAYOFF for v in found)
    return CheckResult(violations=tuple(found), total=total, objective=result.objective)


def _value(code: Code, **parts: str) -> Violation:
    return Violation(rule=Rule.PAYOFF, who=Message(Code.THE_PLAN), message=Message(code, **parts))


def _points(hundredths: int) -> str:
    return f"{hundredths / 100:.2f}"


def _shape(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """H1, H10: one agent, or none, for each plannable task."""
    n, m = problem.n_tasks, problem.n_agents
    if plan.agent.shape != (n,) or plan.start.shape != (n,):
        message = Message(Code.OTHER_SHAPE, shape=str(plan.agent.shape), n=n)
        yield Violation(rule=Rule.H1, who=Message(Code.THE_PLAN), message=message)
        return
    for i in np.flatnonzero((plan.agent < -1) | (plan.agent >= m)):
        yield _task(problem, Rule.H1, i, Code.NO_SUCH_AGENT, agent=str(plan.agent[i]))
    for i in np.flatnonzero((plan.agent >= 0) != (plan.start >= 0)):
        yield _task(problem, Rule.H3, i, Code.AGENT_OR_START)


def _task(problem: Problem, rule: Rule, i: Any, code: Code, **parts: object) -> Violation:
    who = Message(Code.THE_TASK, task=problem.task_ids[int(i)])
    return Violation(rule=rule, who=who, message=_message(code, parts))


def _agent(problem: Problem, rule: Rule, a: Any, code: Code, **parts: object) -> Violation:
    who = Message(Code.THE_AGENT, agent=problem.agent_ids[int(a)])
    return Violation(rule=rule, who=who, message=_message(code, parts))


def _message(code: Code, parts: Mapping[str, object]) -> Message:
    return Message(code, **{name: str(part) for name, part in parts.items()})


def _free(problem: Problem, result: Evaluation) -> Int64:
    """The rows of the evaluation, without started work that is with its own agent."""
    started = np.where(problem.frozen, -1, problem.pinned_agent)
    return np.flatnonzero(started[result.tasks] != result.agents)


def _skills(problem: Problem, plan: Plan, result: Evaluation) -> Iterator[Violation]:
    """H2."""
    rows = _free(problem, result)
    tasks, agents = result.tasks[rows], result.agents[rows]
    entry = problem.eligibility.entry(problem.requirement[tasks].astype(np.int64), agents)
    for k in np.flatnonzero(entry < 0):
        yield _task(problem, Rule.H2, tasks[k], Code.AGENT_LACKS_SKILL, agent=problem.agent_ids[int(agents[k])])


def _exclusions(problem: Problem, plan: Plan, result: Evaluation) -> Iterator[Violation]:
    """H8."""
    rows = _free(problem, result)
    tasks, agents = result.tasks[rows], result.agents[rows]
    for k in np.flatnonzero(problem.excluded(tasks, agents)):
        yield _task(problem, Rule.H8, tasks[k], Code.AGENT_EXCLUDED, agent=problem.agent_ids[int(agents[k])])


def _capacity(problem: Problem, plan: Plan, result: Evaluation) -> Iterator[Violation]:
    """H3, H5: work ends within the agent's clock at the horizon."""
    over = result.end - problem.clocks.total()[result.agents]
    for k in np.flatnonzero(over > 0):
        agent = problem.agent_ids[int(result.agents[k])]
        yield _task(problem, Rule.H3, result.tasks[k], Code.AFTER_CAPACITY, grains=over[k], agent=agent)


def _one_at_a_time(problem: Problem, plan: Plan, result: Evaluation) -> Iterator[Violation]:
    """H3: the intervals of an agent do not overlap."""
    order = np.lexsort((result.start, result.agents))
    tasks, agents = result.tasks[order], result.agents[order]
    overlap = np.where(agents[1:] == agents[:-1], result.end[order][:-1] - result.start[order][1:], 0)
    for k in np.flatnonzero(overlap > 0):
        other = problem.task_ids[int(tasks[k])]
        yield _task(problem, Rule.H3, tasks[k + 1], Code.OVERLAP, task=other, grains=overlap[k])


def _release(problem: Problem, plan: Plan, result: Evaluation) -> Iterator[Violation]:
    """H4."""
    rows = _free(problem, result)
    tasks = result.tasks[rows]
    early = problem.clocks.capacity(result.agents[rows], problem.release[tasks]) - result.start[rows]
    for k in np.flatnonzero(early > 0):
        yield _task(problem, Rule.H4, tasks[k], Code.TOO_EARLY, grains=early[k])


def _end(problem: Problem, plan: Plan, result: Evaluation) -> Iterator[Violation]:
    """H5."""
    rows = _free(problem, result)
    tasks = result.tasks[rows]
    over = result.end[rows] - problem.clocks.capacity(result.agents[rows], problem.expires[tasks])
    for k in np.flatnonzero(over > 0):
        yield _task(problem, Rule.H5, tasks[k], Code.AFTER_EXPIRY, grains=over[k])


def _sla(problem: Problem, plan: Plan, result: Evaluation) -> Iterator[Violation]:
    """H6."""
    if not problem.sla_hard:
        return
    rows = _free(problem, result)
    tasks = result.tasks[rows]
    missed = (result.step[rows] == LATE) & (problem.worth.overdue_us[tasks] < 0)
    over = result.end[rows] - problem.clocks.capacity(result.agents[rows], problem.due[tasks])
    for k in np.flatnonzero(missed):
        yield _task(problem, Rule.H6, tasks[k], Code.AFTER_DUE, grains=over[k])


def _pinned(problem: Problem, plan: Plan, result: Evaluation) -> Iterator[Violation]:
    """H7, E2."""
    agent, start = problem.pinned_agent, problem.pinned_start
    for i in np.flatnonzero((agent >= 0) & ((plan.agent != agent) | (plan.start != start))):
        rule, code = (Rule.E2, Code.FROZEN_MOVED) if problem.frozen[i] else (Rule.H7, Code.STARTED_MOVED)
        yield _task(problem, rule, i, code, agent=problem.agent_ids[int(agent[i])])
    for i in np.flatnonzero(problem.stuck & (plan.agent >= 0)):
        yield _task(problem, Rule.H7, i, Code.STUCK_PLANNED)
    rows = np.flatnonzero(problem.pinned_agent[result.tasks] != result.agents)
    early = problem.pinned_load[result.agents[rows]] - result.start[rows]
    for k in np.flatnonzero(early > 0):
        yield _task(problem, Rule.H7, result.tasks[rows[k]], Code.BEFORE_STARTED, grains=early[k])


def _fixed(problem: Problem, plan: Plan, result: Evaluation) -> Iterator[Violation]:
    """E1."""
    fixed = problem.fixed_agent
    for i in np.flatnonzero((fixed >= 0) & (plan.agent != fixed)):
        yield _task(problem, Rule.E1, i, Code.PIN_BROKEN, agent=problem.agent_ids[int(fixed[i])])


def _max_tasks(problem: Problem, plan: Plan, result: Evaluation) -> Iterator[Violation]:
    """H9: counts all of an agent's tasks; its started work may exceed the limit by itself."""
    count = np.bincount(result.agents, minlength=problem.n_agents)
    over = count - np.maximum(problem.max_tasks, problem.pinned_count)
    for a in np.flatnonzero(over > 0):
        yield _agent(problem, Rule.H9, a, Code.OVER_MAX_TASKS, count=over[a])
