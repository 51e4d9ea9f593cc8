"""The contract spelt out for tiny problems: exhaustive search, fractions, grain by grain, nothing compiled.

It shares no code with what it judges: it reads a :class:`tests.models.case.Case`, not a problem.
"""

from collections.abc import Collection, Iterator
from fractions import Fraction
from math import ceil, floor

from tests.models.case import Agent, Case, Task

DAY_S = 86_400


class Oracle:
    """What may be done, what it is worth, and the best that can be had; values in hundredths."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.agents = {a.id: k for k, a in enumerate(case.agents)}
        self.clocks = [_clock(case.horizon, a) for a in case.agents]
        self.pairs = {(p.task, p.agent): p for p in case.pairs}
        self._durations: dict[tuple[int, int], int] = {}
        self._payoffs: dict[tuple[int, int, bool], int] = {}
        self.started = self._place_started()
        """Started work that is planned: task -> (agent, start)."""
        self.stuck = {i for i, t in enumerate(case.tasks) if t.started_by and i not in self.started}

    # -- section 3: time ------------------------------------------------------------------------

    def capacity(self, a: int, t: int) -> int:
        """c(t) of an agent."""
        return self.clocks[a][max(0, min(t, self.case.horizon))]

    def total(self, a: int) -> int:
        """c(horizon_end) of an agent."""
        return self.clocks[a][-1]

    def efficiency(self, i: int, a: int) -> Fraction | None:
        """The agent's efficiency on the task; None where it lacks a skill (H2)."""
        used = [self._best(clause, a) for clause in self.case.tasks[i].needs]
        return None if None in used else min(used, default=Fraction(1))

    def _best(self, clause: tuple[tuple[str, int], ...], a: int) -> Fraction | None:
        held = self.case.agents[a].skills
        able = [Fraction(held[skill][1]) for skill, level in clause if skill in held and held[skill][0] >= level]
        return max(able, default=None)

    def duration(self, i: int, a: int) -> int:
        """The grains the task takes; H7: for who started it, efficiency is 1 in place of a skill they lack.

        Nobody else may do what they lack a skill for; what is said of such a plan counts at efficiency 1.
        """
        if (i, a) not in self._durations:
            self._durations[i, a] = self._duration(i, a)
        return self._durations[i, a]

    def _duration(self, i: int, a: int) -> int:
        task, agent = self.case.tasks[i], self.case.agents[a]
        pair = self.pairs.get((task.id, agent.id))
        if pair and pair.minutes is not None:
            return self._grains(Fraction(pair.minutes), Fraction(1))
        efficiency = self.efficiency(i, a)
        if efficiency is None and task.started_by == agent.id:
            used = [self._best(clause, a) for clause in task.needs]
            efficiency = min(Fraction(1) if e is None else e for e in used)
        return self._grains(Fraction(task.minutes), Fraction(1) if efficiency is None else efficiency)

    def _grains(self, minutes: Fraction, efficiency: Fraction) -> int:
        return max(1, ceil(60 * minutes / (efficiency * self.case.terms.grain_s)))

    # -- section 4: rules -----------------------------------------------------------------------

    def excluded(self, i: int, a: int) -> bool:
        """H8."""
        pair = self.pairs.get((self.case.tasks[i].id, self.case.agents[a].id))
        return pair is not None and not pair.allowed

    def overdue(self, i: int) -> bool:
        """Whether the task's due time is at as_of or before."""
        due = self.case.tasks[i].due
        return due is not None and due <= 0

    def on_time(self, i: int, a: int, end: int) -> bool:
        """Whether ending there on the agent's clock is on time; without a due time, anywhere on the clock is."""
        due = self.case.tasks[i].due
        return end <= (self.total(a) if due is None else self.capacity(a, due))

    def expiry(self, i: int, a: int) -> int:
        """c(min(expires_at, horizon_end))."""
        expires = self.case.tasks[i].expires
        return self.total(a) if expires is None else self.capacity(a, expires)

    def _place_started(self) -> dict[int, tuple[int, int]]:
        """H7."""
        tasks = self.case.tasks
        rows = [i for i, t in enumerate(tasks) if t.started_by]
        rows.sort(key=lambda i: (tasks[i].due is None, tasks[i].due or 0, tasks[i].id))
        load = [0] * len(self.case.agents)
        placed = {}
        for i in rows:
            a = self.agents[tasks[i].started_by]
            grains = self.duration(i, a)
            if load[a] + grains <= self.total(a):
                placed[i] = (a, load[a])
                load[a] += grains
        return placed

    def load(self, a: int) -> int:
        """The grains of the agent's started work."""
        return sum(self.duration(i, b) for i, (b, _) in self.started.items() if b == a)

    def broken(self, agent: list[int], start: list[int]) -> set[str]:
        """The ids of the hard rules a plan breaks; started work on its own agent is free of H2, H4, H5, H6, H8."""
        return set(self._broken(agent, start))

    def _broken(self, agent: list[int], start: list[int]) -> Iterator[str]:
        planned = [(i, a, start[i], start[i] + self.duration(i, a)) for i, a in enumerate(agent) if a >= 0]
        for i, a, s, end in planned:
            task = self.case.tasks[i]
            if end > self.total(a):
                yield "H3"
            if any(a == b and j != i and s < f and r < end for j, b, r, f in planned):
                yield "H3"
            if i in self.stuck:
                yield "H7"
            if i in self.started and self.started[i][0] == a:
                continue
            if self.efficiency(i, a) is None:
                yield "H2"
            if self.excluded(i, a):
                yield "H8"
            if s < self.capacity(a, task.not_before):
                yield "H4"
            if end > self.expiry(i, a):
                yield "H5"
            if self.case.terms.sla_hard and not self.overdue(i) and not self.on_time(i, a, end):
                yield "H6"
            if s < self.load(a):
                yield "H7"
        for i, place in self.started.items():
            if (agent[i], start[i]) != place:
                yield "H7"
        for a, person in enumerate(self.case.agents):
            own = sum(b == a for b, _ in self.started.values())
            if person.max_tasks is not None and agent.count(a) > max(person.max_tasks, own):
                yield "H9"

    # -- section 5: worth -----------------------------------------------------------------------

    def payoff(self, i: int, a: int, end: int) -> int:
        """What the task pays when the agent ends it there."""
        case = (i, a, self.on_time(i, a, end))
        if case not in self._payoffs:
            self._payoffs[case] = self._payoff(*case)
        return self._payoffs[case]

    def _payoff(self, i: int, a: int, on_time: bool) -> int:
        task, person, terms = self.case.tasks[i], self.case.agents[a], self.case.terms
        v = Fraction(task.value)
        points = v
        if not on_time:
            points = v * terms.late_share * self._ageing(task)
            points -= 0 if self.overdue(i) else Fraction(task.penalty)
        pair = self.pairs.get((task.id, person.id))
        points += Fraction(pair.bonus) if pair else 0
        points += terms.requested_agent_share * v if task.requested == person.id else 0
        hours = Fraction(self.duration(i, a) * terms.grain_s, 3600)
        points -= terms.cost_weight * Fraction(person.cost_per_hour) * hours
        return round(100 * points)

    def _ageing(self, task: Task) -> Fraction:
        terms = self.case.terms
        if task.due is None or task.due > 0:
            return Fraction(1)
        return min(terms.ageing_cap, 1 + terms.ageing_per_day * Fraction(-task.due * terms.grain_s, DAY_S))

    def undone(self, i: int) -> int:
        """What leaving the task pays."""
        task = self.case.tasks[i]
        fined = task.due is not None and 0 < task.due <= self.case.horizon
        return -round(100 * Fraction(task.penalty)) if fined else 0

    def value(self, agent: list[int], start: list[int]) -> int:
        """The objective of a plan."""
        return sum(
            self.payoff(i, a, start[i] + self.duration(i, a)) if a >= 0 else self.undone(i) for i, a in enumerate(agent)
        )

    # -- the best plan --------------------------------------------------------------------------

    def optimum(self) -> int:
        """The most any legal plan is worth: every task to every agent or nobody, in every order.

        Each job starts as early as it may; as no payoff grows with a later end, nothing is lost by that.
        """
        return max(self._worth_of_sets().values())

    def optimum_with(self, task: int, agents: Collection[int]) -> int | None:
        """The most with a free task done by one of the agents, or by nobody when there are none; None: it cannot be."""
        found = self._worth_of_sets(task, agents)
        return max((value for done, value in found.items() if (task in done) == bool(agents)), default=None)

    def _worth_of_sets(self, task: int = -1, agents: Collection[int] = ()) -> dict[frozenset[int], int]:
        """The most a plan is worth, by the tasks it does; the ``task`` is for these agents alone."""
        best = {frozenset(self.started): sum(self._started_payoff(i) for i in self.started)}
        for a in range(len(self.case.agents)):
            own = {done: v for done, v in self._best_of_agent(a).items() if task not in done or a in agents}
            merged: dict[frozenset[int], int] = {}
            for done, value in best.items():
                for more, gain in own.items():
                    if not done & more:
                        both = done | more
                        merged[both] = max(merged.get(both, value + gain), value + gain)
            best = merged
        undone = [self.undone(i) for i in range(len(self.case.tasks))]
        return {done: v + sum(u for i, u in enumerate(undone) if i not in done) for done, v in best.items()}

    def everything_alone(self) -> int:
        """What it would be worth if no task were in another's way: no less than the optimum."""
        best = [self.undone(i) for i in range(len(self.case.tasks))]
        for a in range(len(self.case.agents)):
            for done, value in self._best_of_agent(a).items():
                for i in done if len(done) == 1 else ():
                    best[i] = max(best[i], value)
        for i in self.started:
            best[i] = self._started_payoff(i)
        return sum(best)

    def _started_payoff(self, i: int) -> int:
        a, start = self.started[i]
        return self.payoff(i, a, start + self.duration(i, a))

    def _best_of_agent(self, a: int) -> dict[frozenset[int], int]:
        """The most every set of free tasks an agent can do is worth, over all orders."""
        tasks, limit = self.case.tasks, self.case.agents[a].max_tasks
        own = sum(b == a for b, _ in self.started.values())
        spare = len(tasks) if limit is None else max(0, limit - own)
        able = [
            i
            for i, t in enumerate(tasks)
            if not t.started_by and self.efficiency(i, a) is not None and not self.excluded(i, a)
        ]
        best: dict[frozenset[int], int] = {}

        def extend(done: frozenset[int], end: int, value: int) -> None:
            best[done] = max(best.get(done, value), value)
            if len(done) == spare:
                return
            for i in able:
                if i in done:
                    continue
                behind = max(end, self.capacity(a, tasks[i].not_before)) + self.duration(i, a)
                if behind > self.expiry(i, a):
                    continue
                if self.case.terms.sla_hard and not self.overdue(i) and not self.on_time(i, a, behind):
                    continue
                extend(done | {i}, behind, value + self.payoff(i, a, behind))

        extend(frozenset(), self.load(a), 0)
        return best


def _clock(horizon: int, agent: Agent) -> list[int]:
    """c(0), c(1) .. c(horizon), counted grain by grain."""
    worked, clock = 0, [0]
    for grain in range(horizon):
        worked += any(start <= grain < end for start, end in agent.windows)
        clock.append(floor(Fraction(agent.max_utilization) * worked))
    return clock
