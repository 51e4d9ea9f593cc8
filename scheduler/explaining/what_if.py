"""What the whole plan would be worth with another choice for one task, found by planning again.

The present plan and each plan with a choice fixed are improved in the same way: small problems as a whole, by the
engine that can prove the optimum; larger ones in the part around the task, with the bound by the run's prices, which
are also valid prices for the problem with the choice. Where that can narrow a range, a large plan and its bound are
improved as a whole before. If V is the best possible value and V' the best with the choice, then O <= V <= B and
O' <= V' <= B' are proved, so the loss of the choice, V - V', lies between O - B' and B - O'. It is not negative;
leaving a task undone loses no more than the most it can gain, and giving it to an agent no more than making room for it
(:func:`models.most_lost`).

Choices are tried beside each other, by whoever the limits have for it: first those of an agent, then the others, which
begin from the best of these. What is found depends on the choices and the time, not on who is done first.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil

import numpy as np
from numpy.typing import NDArray

from models import (
    Excerpt,
    Limits,
    Plan,
    Prices,
    Problem,
    certified_bound,
    do_all,
    done_by,
    done_by_nobody,
    evaluate,
    excerpt,
    executor_of,
    modes_of,
    most_lost,
    obliging,
    starts_in_time,
)
from scheduler.explaining.attempts import Attempt, Improved, improve
from scheduler.explaining.neighbourhood import around

Int64 = NDArray[np.int64]
_FLOAT_ERROR = 1e-6
_SHARE_OF_WHOLE, _WORTH_IMPROVING = 0.6, 0.5
"""Of the time, the whole plan is improved before choices are tried; not if what making room proves is narrower than
such a share of the distance from the plan to its bound. Not tuned."""
_ROUNDS = 2
"""Every choice is tried so often: what one has found helps the others, which then begin from there."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A task done by an agent, by anybody (``agent`` None), or not ``done`` at all."""

    done: bool
    agent: int | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Loss:
    """The loss in value of the whole plan by a choice, in hundredths.

    ``amount`` is the difference of the two plans found, but no more than ``most``; ``least`` and ``most`` are proved;
    ``most`` is ``None`` if no limit is proved. ``plan`` is the plan found with the choice.
    """

    choice: Choice
    amount: int
    least: int
    most: int | None
    plan: Plan


@dataclass(frozen=True, eq=False, kw_only=True)
class Comparison:
    """The best plan found with its bound, and the loss of each possible choice.

    ``whole`` says whether the whole problem was planned again, not only the part around the task.
    """

    plan: Plan
    objective: int
    bound: int | None
    losses: tuple[Loss, ...]
    whole: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class Standpoint:
    """A plan with its bound, from which choices are tried."""

    problem: Problem
    plan: Plan
    prices: Prices | None
    bound: int | None


def compare(at: Standpoint, task: int, choices: Sequence[Choice], limits: Limits) -> Comparison:
    """The loss of each choice for an open task, in the order of the choices, within the limits.

    A choice for which nothing fits beside what must be done (E1) is left out.
    An agent must be allowed to do the task, able to be in time, and allowed a task besides started work.
    """
    rooms = {c.agent: _most_by_room(at.problem, task, c.agent) for c in choices if c.agent is not None}
    study = _Study(_further(at, rooms.values(), limits), task, choices, limits, rooms)
    study.improve_as_it_is()
    for _ in range(_ROUNDS):
        for some in study.turns(choices):
            study.attempt(some)
    return study.comparison(choices)


def _further(at: Standpoint, rooms: Collection[int | None], limits: Limits) -> Standpoint:
    """The whole plan and its bound improved, where that can narrow the ranges of what is planned again in part.

    ``rooms`` are what making room loses at most with each of the agents who are to be tried.
    """
    from models.engines import fits_whole_model, go_on

    if fits_whole_model(at.problem) or at.bound is None:
        return at
    enough = _WORTH_IMPROVING * (at.bound - evaluate(at.problem, at.plan).objective)
    if all(room is not None and room < enough for room in rooms):
        return at
    found = go_on(at.problem, replace(limits.share(_SHARE_OF_WHOLE), gap=0.0), at.plan, at.prices, at.bound)
    return replace(at, plan=found.plan, prices=found.prices or at.prices, bound=_least(found.bound, at.bound))


def _most_by_room(problem: Problem, task: int, agent: int) -> int | None:
    """The most that making room for a task loses; ``None`` for who must do some work (E1), which cannot make room."""
    return None if agent in problem.fixed_agent[problem.free] else most_lost(problem, task, agent)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Found:
    """The best plan with a choice, its value, and a bound on that of any."""

    plan: Plan
    objective: int
    bound: int | None


class _Study:
    """One task's choices, tried beside each other, each with its share of the time.

    ``rooms`` has, by agent, what making room for the task loses at most.
    """

    def __init__(
        self,
        at: Standpoint,
        task: int,
        choices: Sequence[Choice],
        limits: Limits,
        rooms: Mapping[int, int | None],
    ) -> None:
        from models.engines import fits_whole_model

        self._at, self._task, self._limits, self._rooms = at, task, replace(limits, gap=0.0), rooms
        self._left = 1 + _ROUNDS * sum(self._one_after_the_other(len(some)) for some in self.turns(choices))
        modes = modes_of(at.problem, at.prices, task).in_time()
        self._ways = modes.rows((at.problem.max_tasks > at.problem.pinned_count)[modes.agent])  # H9
        self._whole = fits_whole_model(at.problem)
        named = {c.agent for c in choices if c.agent is not None} | {int(at.plan.agent[task])} - {-1}
        agents = np.array(sorted(named), np.int64) if named else self._ways.best_of_each_agent().agent[:1]
        self._part = around(at.problem, at.plan, at.prices, task, agents)
        self._best, self._objective, self._bound = at.plan, evaluate(at.problem, at.plan).objective, at.bound
        self._priced = None if at.prices is None else certified_bound(at.problem, at.prices)
        self._found: dict[Choice, _Found] = {}

    @staticmethod
    def turns(choices: Sequence[Choice]) -> list[list[Choice]]:
        """Choices that are tried at once. Agents first: where these come to, the other choices start."""
        agents = [choice for choice in choices if choice.agent is not None]
        return [some for some in (agents, [choice for choice in choices if choice.agent is None]) if some]

    def improve_as_it_is(self) -> None:
        """Plans again with nothing fixed."""
        ((plan, bound),) = self._improved([(obliging(self._at.problem), self._best)])
        self._note(plan)
        self._bound = _least(self._bound, bound)

    def attempt(self, choices: Sequence[Choice]) -> None:
        """Plans again with each of the choices."""
        tried, begun = list[Choice](), list[tuple[Problem, Plan]]()
        for choice in choices:
            known = self._found.get(choice)
            whole, task = self._at.problem, self._task
            problem = done_by(whole, task, self._agents(choice)) if choice.done else done_by_nobody(whole, task)
            settled = known is not None and known.objective == known.bound
            start = None if settled else self._start(problem, choice)
            if start is not None:
                starts = [start, *([known.plan] if known else [])]
                tried.append(choice)
                begun.append((problem, max(starts, key=self._value)))
        for choice, (plan, bound) in zip(tried, self._improved(begun, len(choices)), strict=True):
            known = self._found.get(choice)
            of_prices = self._bound_by_prices(choice, self._agents(choice))
            bound = _least(self._bound, bound, of_prices, known.bound if known else None)
            self._found[choice] = _Found(plan=plan, objective=self._note(plan), bound=bound)

    def comparison(self, choices: Sequence[Choice]) -> Comparison:
        """What was found."""
        return Comparison(
            plan=self._best,
            objective=self._objective,
            bound=self._bound,
            losses=tuple(self._loss(choice) for choice in choices if choice in self._found),
            whole=self._whole,
        )

    def _loss(self, choice: Choice) -> Loss:
        # what was found for another choice may have this one in it, and be better
        plans = [self._best, *(found.plan for found in self._found.values())]
        plans += [] if choice.done else [_placed(self._best, self._task, -1, -1)]
        plan = max((plan for plan in plans if self._has(plan, choice)), key=self._value)
        objective, bound = self._value(plan), self._found[choice].bound
        found = self._objective - objective
        most = _least(None if self._bound is None else self._bound - objective, self._most_lost(choice))
        return Loss(
            choice=choice,
            amount=found if most is None else min(found, most),
            least=0 if bound is None else max(0, self._objective - bound),
            most=most,
            plan=plan,
        )

    def _most_lost(self, choice: Choice) -> int | None:
        """What the choice loses at most, whatever the best plan is; ``None`` where that is not known."""
        if not choice.done:
            return int(self._ways.gain.max(initial=0))
        tried = {c.agent for c in self._found if c.agent is not None} if choice.agent is None else {choice.agent}
        return _least(*(self._rooms[agent] for agent in tried))

    def _agents(self, choice: Choice) -> Int64:
        """Who may do the task with the choice."""
        if not choice.done:
            return np.zeros(0, np.int64)
        return np.unique(self._ways.agent) if choice.agent is None else np.array([choice.agent])

    def _bound_by_prices(self, choice: Choice, agents: Int64) -> int | None:
        """The bound of the problem with the choice at the run's prices: in it only the task's own term changes."""
        if self._priced is None:
            return None
        kept = max(0.0, float(self._ways.margin.max(initial=0.0)))
        term = float(self._ways.margin[np.isin(self._ways.agent, agents)].max()) if choice.done else 0.0
        return self._priced + ceil(term - kept + _FLOAT_ERROR)

    def _value(self, plan: Plan) -> int:
        return evaluate(self._at.problem, plan).objective

    def _note(self, plan: Plan) -> int:
        """The plan's value; whatever was fixed in it, it is a plan of the problem as it is, and perhaps the best."""
        objective = self._value(plan)
        if objective > self._objective:
            self._best, self._objective = plan, objective
        return objective

    def _start(self, problem: Problem, choice: Choice) -> Plan | None:
        """A plan with the choice: the best that was found, or the best with the task put in or taken out.

        ``None`` when the choice cannot be.
        """
        having = [found.plan for found in self._found.values() if self._has(found.plan, choice)]
        without = _placed(self._best, self._task, -1, -1)
        if self._has(self._best, choice):
            return self._best
        if not choice.done:
            return without
        best = self._ways.rows(np.isin(self._ways.agent, self._agents(choice))).best_of_each_agent().agent[:1]
        made = _made_room(problem, without, self._task, int(best[0])) if len(best) else None
        return max([*having, *([made] if made else [])], key=self._value, default=None)

    def _has(self, plan: Plan, choice: Choice) -> bool:
        agent = int(plan.agent[self._task])
        return (agent >= 0) == choice.done and choice.agent in (None, agent)

    def _improved(self, begun: Sequence[tuple[Problem, Plan]], planned: int = 1) -> list[tuple[Plan, int | None]]:
        """Better plans of problems than those they begin with, and a bound of each where one was proved.

        ``planned`` is how many attempts the share of the time was meant for.
        """
        seconds = None
        if self._limits.deadline is not None and begun:
            share = self._one_after_the_other(planned) / self._one_after_the_other(len(begun))
            seconds = share * self._limits.remaining_s() / self._left
        self._left -= self._one_after_the_other(planned)
        parts = [None if self._whole else excerpt(problem, *self._part) for problem, _ in begun]
        attempts = [self._attempt(each, part, seconds) for each, part in zip(begun, parts, strict=True)]
        limits = self._limits
        found = do_all(improve, attempts, limits) if len(begun) != 1 else [improve(attempts[0], limits)]
        return [self._put_back(*each) for each in zip(begun, parts, found, strict=True)]

    def _attempt(self, begun: tuple[Problem, Plan], part: Excerpt | None, seconds: float | None) -> Attempt:
        problem, plan = begun
        if part is None:
            return Attempt(problem=problem, plan=plan, freed=None, seconds=seconds)
        return Attempt(problem=part.problem, plan=part.part_of(plan), freed=self._freed, seconds=seconds)

    @cached_property
    def _freed(self) -> Problem:
        """The part that attempts improve, with nothing fixed."""
        return excerpt(obliging(self._at.problem), *self._part).problem

    def _put_back(
        self, begun: tuple[Problem, Plan], part: Excerpt | None, found: Improved | None
    ) -> tuple[Plan, int | None]:
        """The plan and the bound of an attempt, which may have had no time to come to an end."""
        _, plan = begun
        if found is None:
            return plan, None
        if part is None:
            return found.plan, found.bound
        if found.freed is not None:
            self._note(part.put_back(plan, found.freed))
        return part.put_back(plan, found.plan), None

    def _one_after_the_other(self, number: int) -> int:
        """How many of so many attempts one who works makes, one after the other."""
        return -(-number // executor_of(self._limits).size)


def _least(*amounts: int | None) -> int | None:
    return min((amount for amount in amounts if amount is not None), default=None)


def _polished(problem: Problem, plan: Plan, tasks: Int64, agents: Int64, limits: Limits) -> Plan:
    """The plan improved in one part of it."""
    from models.engines import polish

    part = excerpt(problem, tasks, agents)
    return part.put_back(plan, polish(part.problem, part.part_of(plan), limits))


def _placed(plan: Plan, task: int, agent: int, start: int) -> Plan:
    """The plan with one task somewhere else, whatever is there."""
    agents, starts = plan.agent.copy(), plan.start.copy()
    agents[task], starts[task] = agent, start
    return Plan(agent=agents, start=starts)


def _made_room(problem: Problem, plan: Plan, task: int, agent: int) -> Plan | None:
    """A plan in which the agent does the task and what of its other work is still worth doing.

    ``None`` when what it must do (E1) leaves no room for the task.
    """
    theirs = np.flatnonzero((plan.agent == agent) & problem.free)
    must = np.append(theirs[problem.fixed_agent[theirs] >= 0], task)
    starts = starts_in_time(problem, agent, must)
    if starts is None or problem.pinned_count[agent] + len(must) > problem.max_tasks[agent]:
        return None
    cleared = Plan(agent=plan.agent.copy(), start=plan.start.copy())
    cleared.agent[theirs], cleared.start[theirs] = -1, -1
    cleared.agent[must], cleared.start[must] = agent, starts
    tasks = np.union1d(np.flatnonzero(plan.agent == agent), [task])
    return _polished(problem, cleared, tasks, np.array([agent]), Limits())
