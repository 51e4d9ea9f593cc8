"""Random tiny problems that use every feature, for hypothesis."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from models import Terms
from tests.models.case import Agent, Case, Pair, Task
from tests.models.oracle import Oracle

SKILLS = ("a", "b", "c")


def examples(count: int) -> settings:
    """Settings for so many examples, the same ones every time."""
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def decimals(low: str, high: str, places: int = 3) -> st.SearchStrategy[str]:
    """Decimal text between two numbers, with up to so many places."""
    unit = 10**places
    whole = st.integers(int(Fraction(low) * unit), int(Fraction(high) * unit))
    return whole.map(lambda x: f"{x / unit:.{places}f}")


values = st.one_of(st.sampled_from(["0.125", "2.345", "3.005", "0"]), decimals("1", "20"), decimals("1", "20"))
penalties = st.one_of(st.just("0"), st.sampled_from(["0.005", "0.015", "1.5"]), decimals("0", "8"))
minutes = st.one_of(st.sampled_from(["1", "2", "0.7", "1.3", "5", "0.001"]), decimals("0.5", "6", 2))


def mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    """The usual value three times in four, else one of the other values or strategies."""
    rest = st.one_of(*(o if isinstance(o, st.SearchStrategy) else st.just(o) for o in others))
    return st.integers(0, 3).flatmap(lambda k: rest if k == 3 else st.just(usual))


@st.composite
def terms(draw: Any) -> Terms:
    """Any policy."""
    pick = lambda *numbers: Fraction(draw(st.sampled_from(numbers)))  # noqa: E731
    return Terms(
        grain_s=draw(mostly(60, 30)),
        sla_hard=draw(mostly(False, True)),
        late_share=pick("0.5", "0.5", "0", "1", "0.333"),
        ageing_per_day=pick("0.1", "0", "1.7"),
        ageing_cap=pick("3", "1", "1.25"),
        requested_agent_share=pick("0.1", "0", "0.75"),
        cost_weight=pick("0", "1", "0.015"),
    )


@st.composite
def windows(draw: Any, horizon: int) -> tuple[tuple[int, int], ...]:
    """Up to three working windows, some touching."""
    cuts = sorted(draw(st.lists(st.integers(0, horizon), min_size=2, max_size=6)))
    return tuple((s, e) for s, e in zip(cuts[::2], cuts[1::2], strict=False) if s < e)


@st.composite
def agents(draw: Any, number: int, horizon: int) -> Agent:
    """Anybody."""
    skill = st.tuples(mostly(2, 1), st.sampled_from(["1", "0.7", "1.3", "0.33", "2"]))
    return Agent(
        id=f"a{number}",
        skills={name: draw(skill) for name in SKILLS if draw(mostly(True, False))},
        windows=draw(mostly(((0, horizon),), windows(horizon))),
        max_utilization=draw(mostly("1", "0.9", "0.5", "0.333", "0.07")),
        max_tasks=draw(mostly(None, 0, 1, 2)),
        cost_per_hour=draw(mostly("0", "36.5", "100.1")),
    )


@st.composite
def tasks(draw: Any, number: int, horizon: int, people: tuple[str, ...]) -> Task:
    """Any task."""
    clause = st.lists(st.tuples(st.sampled_from(SKILLS), st.integers(1, 2)), min_size=1, max_size=2, unique=True)
    anybody = st.sampled_from([None, *people])
    requirements = st.lists(clause, max_size=2).map(lambda clauses: tuple(tuple(c) for c in clauses))
    overdue = st.sampled_from([0, -1, -500, -5000])
    return Task(
        id=f"t{number}",
        needs=draw(st.one_of(st.just(()), requirements)),
        minutes=draw(minutes),
        value=draw(values),
        penalty=draw(penalties),
        due=draw(st.one_of(st.none(), st.integers(1, horizon + 3), st.integers(1, horizon), overdue)),
        not_before=draw(mostly(0, st.integers(0, horizon + 2))),
        expires=draw(mostly(None, st.integers(-1, horizon + 2))),
        requested=draw(anybody),
        started_by=draw(mostly(None, mostly(None, anybody))),
    )


@st.composite
def pairs(draw: Any, task: str, agent: str) -> Pair:
    """Any special pair."""
    return Pair(
        task=task,
        agent=agent,
        allowed=draw(mostly(True, False)),
        minutes=draw(st.one_of(st.none(), minutes)),
        bonus=draw(st.one_of(st.just("0"), decimals("-5", "5"))),
    )


@st.composite
def cases(draw: Any, people: tuple[int, int] = (0, 3), work: tuple[int, int] = (0, 5)) -> Case:
    """Any tiny problem with so many agents and tasks."""
    horizon = draw(st.integers(4, 20))
    people = tuple(draw(agents(k, horizon)) for k in range(draw(st.integers(*people))))
    names = tuple(a.id for a in people)
    work = tuple(draw(tasks(k, horizon, names)) for k in range(draw(st.integers(*work))))
    meetings = [(t.id, a) for t in work for a in names]
    chosen = draw(st.lists(st.sampled_from(meetings), max_size=4, unique=True)) if meetings else []
    return Case(
        horizon=horizon,
        agents=people,
        tasks=work,
        pairs=tuple(draw(pairs(t, a)) for t, a in chosen),
        terms=draw(terms()),
    )


def contested(case: Case) -> bool:
    """Whether not every task can have what it would get alone, so that somebody has to choose."""
    oracle = Oracle(case)
    return oracle.optimum() < oracle.everything_alone()


contested_cases = cases(people=(1, 3), work=(4, 5)).filter(contested)
"""Tiny problems in which tasks are in each other's way."""


@st.composite
def random_plans(draw: Any, case: Case) -> tuple[list[int], list[int]]:
    """Agents and starts without any regard for rules."""
    n, m = len(case.tasks), len(case.agents)
    agent = [draw(st.integers(-1, m - 1)) for _ in range(n)]
    return agent, [draw(st.integers(0, case.horizon)) if a >= 0 else -1 for a in agent]


def without_releases(case: Case) -> Case:
    """The same with all work allowed from the start."""
    return case.with_tasks(not_before=0)


def without_started(case: Case) -> Case:
    """The same with nothing started."""
    return case.with_tasks(started_by=None)


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
