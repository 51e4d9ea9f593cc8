"""Random tiny problems that use every feature, for hypothesis."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from models import Terms
from tests.models.case import Agent, Case, Needs, Pair, Task
from tests.models.oracle import Oracle
from tests.quick import SEARCHING, tried

T = TypeVar("T")
SKILLS = ("a", "b", "c")

randoms = st.integers(0, 2**32).map(Random)
"""Sources of chance, each from a seed that hypothesis chooses: ten times as fast as drawing every number from it."""


def examples(count: int) -> settings:
    """Settings for so many examples, the same ones every time."""
    return settings(
        max_examples=tried(count),
        deadline=None,
        derandomize=not SEARCHING,
        database=None,
        phases=(Phase.explicit, Phase.generate),  # a problem is tiny as it is, and simplifying takes minutes
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )


def mostly(random: Random, usual: T, *others: T) -> T:
    """The usual value three times in four, else one of the others."""
    return usual if random.randint(0, 3) < 3 else random.choice(others)


def decimal(random: Random, low: int, high: int, places: int) -> str:
    """Decimal text between two whole numbers."""
    unit = 10**places
    return f"{random.randint(low * unit, high * unit) / unit:.{places}f}"


def terms(random: Random) -> Terms:
    """Any policy."""

    def pick(*numbers: str) -> Fraction:
        return Fraction(random.choice(numbers))

    return Terms(
        grain_s=mostly(random, 60, 30),
        sla_hard=mostly(random, False, True),
        late_share=pick("0.5", "0.5", "0", "1", "0.333"),
        ageing_per_day=pick("0.1", "0", "1.7"),
        ageing_cap=pick("3", "1", "1.25"),
        requested_agent_share=pick("0.1", "0", "0.75"),
        cost_weight=pick("0", "1", "0.015"),
    )


def windows(random: Random, horizon: int) -> tuple[tuple[int, int], ...]:
    """Up to three working windows, some touching."""
    cuts = sorted(random.randint(0, horizon) for _ in range(2 * random.randint(0, 3)))
    return tuple((s, e) for s, e in zip(cuts[::2], cuts[1::2], strict=True) if s < e)


def agent(random: Random, number: int, horizon: int) -> Agent:
    """Anybody."""
    return Agent(
        id=f"a{number}",
        skills={
            name: (mostly(random, 2, 1), random.choice(["1", "0.7", "1.3", "0.33", "2"]))
            for name in SKILLS
            if mostly(random, True, False)
        },
        windows=mostly(random, ((0, horizon),), windows(random, horizon)),
        max_utilization=mostly(random, "1", "0.9", "0.5", "0.333", "0.07"),
        max_tasks=mostly(random, None, 0, 1, 2),
        cost_per_hour=mostly(random, "0", "36.5", "100.1"),
    )


def requirement(random: Random) -> Needs:
    """Up to two clauses of up to two alternatives."""
    clauses = [random.choices(SKILLS, k=random.randint(1, 2)) for _ in range(random.choice([0, 0, 1, 1, 2]))]
    return tuple(tuple((skill, random.randint(1, 2)) for skill in clause) for clause in clauses)


def minutes(random: Random) -> str:
    """A handling time."""
    return mostly(random, decimal(random, 1, 6, 2), "0.7", "1.3", "5", "0.001")


def due_time(random: Random, horizon: int) -> int | None:
    """A due time of any kind: none, within the horizon or just beyond, overdue."""
    ahead, overdue = [random.randint(1, horizon), random.randint(1, horizon + 3)], random.choice([0, -1, -5000])
    return random.choice([None, *ahead, overdue])


def task(random: Random, number: int, horizon: int, people: Sequence[str]) -> Task:
    """Any task."""
    anybody = random.choice([None, *people])
    return Task(
        id=f"t{number}",
        needs=requirement(random),
        minutes=minutes(random),
        value=mostly(random, decimal(random, 1, 20, 3), "0.125", "2.345", "3.005", "0"),
        penalty=random.choice(["0", decimal(random, 0, 8, 3), "0.005", "1.5"]),
        due=due_time(random, horizon),
        not_before=mostly(random, 0, random.randint(0, horizon + 2)),
        expires=mostly(random, None, random.randint(-1, horizon + 2)),
        requested=anybody,
        started_by=mostly(random, None, mostly(random, None, anybody)),
    )


def pair(random: Random, task: str, agent: str) -> Pair:
    """Any special pair."""
    return Pair(
        task=task,
        agent=agent,
        allowed=mostly(random, True, False),
        minutes=random.choice([None, minutes(random)]),
        bonus=random.choice(["0", decimal(random, -5, 5, 3)]),
    )


def case(random: Random, people: int, work: int, longest: int) -> Case:
    """A tiny problem of so many agents and tasks."""
    horizon = random.randint(4, longest)
    agents = tuple(agent(random, k, horizon) for k in range(people))
    names = [a.id for a in agents]
    tasks = tuple(task(random, k, horizon, names) for k in range(work))
    meetings = [(t.id, a) for t in tasks for a in names]
    special = dict.fromkeys(random.choice(meetings) for _ in range(random.randint(0, 4)) if meetings)
    return Case(
        horizon=horizon,
        agents=agents,
        tasks=tasks,
        pairs=tuple(pair(random, t, a) for t, a in special),
        terms=terms(random),
    )


def contested(case: Case) -> bool:
    """Whether not every task can have what it would get alone, so that somebody has to choose."""
    oracle = Oracle(case)
    return oracle.optimum() < oracle.everything_alone()


@st.composite
def _drawn(draw: st.DrawFn, people: Sequence[int], work: Sequence[int], longest: int) -> Case:
    """Composite, so that a failing test shows the whole problem and not its seed alone."""
    random = draw(randoms)
    return case(random, random.choice(people), random.choice(work), longest)


cases = _drawn(people=range(4), work=range(6), longest=16)
"""Tiny problems of every kind, with nobody or nothing to do now and then."""
contested_cases = _drawn(people=(1, 2, 2, 3), work=(5,), longest=9).filter(contested)
"""Tiny problems in which tasks are in each other's way."""


def random_plan(random: Random, case: Case) -> tuple[list[int], list[int]]:
    """Agents and starts without any regard for rules."""
    agents = [random.randint(-1, len(case.agents) - 1) for _ in case.tasks]
    return agents, [random.randint(0, case.horizon) if a >= 0 else -1 for a in agents]


def renamed(case: Case, prefix: str) -> Case:
    """The same with other ids, in the same alphabetical order."""

    def new(name: str | None) -> str | None:
        return None if name is None else prefix + name

    return replace(
        case,
        agents=tuple(replace(a, id=new(a.id)) for a in case.agents),
        tasks=tuple(
            replace(t, id=new(t.id), requested=new(t.requested), started_by=new(t.started_by)) for t in case.tasks
        ),
        pairs=tuple(replace(p, task=new(p.task), agent=new(p.agent)) for p in case.pairs),
    )
