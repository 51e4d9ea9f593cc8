"""Durations: exact decimals, also where floats are not enough."""

from fractions import Fraction
from math import ceil
from random import Random

import numpy as np
import pytest
from hypothesis import given

from models import Reason, certified_bound, check, make_prices, reasons, shortage
from models.engines.search.construct import greedy_plan
from models.problem.durations import decimals, exact_grains, grains_of_minutes, is_safe
from models.problem.problem import LONGEST
from tests.models.case import Agent, Case, Pair, Task, exact_terms, lists, needs
from tests.models.oracle import Oracle
from tests.models.strategies import cases, examples, randoms


def people(*efficiencies: str) -> tuple[Agent, ...]:
    return tuple(Agent(id=f"a{k}", skills={"x": (1, e)}, windows=((0, 9),)) for k, e in enumerate(efficiencies))


def grains(minutes: str, efficiency: str, grain_s: int = 60) -> int:
    """The duration in a problem of one task and one agent."""
    case = Case(
        horizon=9,
        agents=people(efficiency),
        tasks=(Task(id="t", needs=needs("x"), minutes=minutes),),
        terms=exact_terms(grain_s=grain_s),
    )
    return int(case.build().durations([0], [0])[0])


@pytest.mark.parametrize(
    ("minutes", "efficiency", "grain_s", "expected"),
    [
        ("5", "1", 60, 5),
        ("5.01", "1", 60, 6),
        ("0.001", "1", 60, 1),
        ("0.7", "0.7", 60, 1),
        ("2.1", "0.7", 60, 3),  # 2.1 / 0.7 is 3.0000000000000004 in floats
        ("1.1", "0.1", 60, 11),  # and 1.1 / 0.1 is 11.000000000000002
        ("5", "2", 60, 3),
        ("5", "1", 30, 10),
        ("5", "1", 7, 43),
        ("1", "1", 3600, 1),
        ("100000", "0.3", 1, 20_000_000),
    ],
)
def test_durations_are_rounded_up_once(minutes: str, efficiency: str, grain_s: int, expected: int) -> None:
    assert exact_grains(float(minutes), float(efficiency), grain_s) == expected
    assert grains(minutes, efficiency, grain_s) == expected


def nearly_whole(random: Random, efficiency: str) -> str:
    """Minutes with all the digits a float has, whose quotient by the efficiency is next to a whole number."""
    near = float(random.randint(1, 400) * Fraction(efficiency))
    return repr(float(np.nextafter(near, near + random.choice([-1, 0, 1]))))


@given(random=randoms)
@examples(150)
def test_durations_with_seventeen_digits(random: Random) -> None:
    speeds = [repr(random.uniform(0.1, 2)) for _ in range(3)] + ["0.7"]
    tasks = tuple(
        Task(id=f"t{k}", needs=needs("x"), minutes=nearly_whole(random, random.choice(speeds))) for k in range(6)
    )
    # one special pair says nothing about minutes, one excludes, one has minutes of its own
    pairs = (
        Pair(task="t0", agent="a0", bonus="1"),
        Pair(task="t1", agent="a1", allowed=False),
        Pair(task="t2", agent="a2", minutes="3"),
    )
    problem = Case(horizon=9, agents=people(*speeds), tasks=tasks, pairs=pairs).build()
    for i, task in enumerate(tasks):
        found = problem.durations(np.full(4, i), np.arange(4)).tolist()
        expected = [max(1, ceil(Fraction(task.minutes) / Fraction(e))) for e in speeds]
        assert found == ([*expected[:2], 3, expected[3]] if i == 2 else expected)
    rows = problem.pairs.row(np.array([0, 1, 2]), np.arange(3), 4)
    assert problem.pairs.allowed[rows].tolist() == [True, False, True]


def test_a_pair_without_minutes_beside_a_duration_that_needs_writing_out() -> None:
    efficiency = "0.12345678901234568"
    minutes = repr(float(np.nextafter(float(efficiency) * 3, 9)))
    case = Case(
        horizon=9,
        agents=people(efficiency, "1"),
        tasks=tuple(Task(id=x, needs=needs("x"), minutes=minutes) for x in "st"),
        pairs=(Pair(task="s", agent="a1", bonus="2"), Pair(task="t", agent="a0", bonus="-0.5")),
    )
    problem, oracle = case.build(), Oracle(case)
    assert problem.durations([0, 0, 1, 1], [0, 1, 0, 1]).tolist() == [
        oracle.duration(i, a) for i in (0, 1) for a in (0, 1)
    ]
    assert problem.payoffs([0, 1], [1, 0], [0, 0]).tolist() == [300, 50]


@given(case=cases)
@examples(250)
def test_every_duration_is_the_oracles(case: Case) -> None:
    problem, oracle = case.build(), Oracle(case)
    for i in range(len(case.tasks)):
        for a in range(len(case.agents)):
            if oracle.efficiency(i, a) is not None or oracle.started.get(i, (-1, 0))[0] == a:
                assert problem.durations([i], [a])[0] == oracle.duration(i, a)


def test_minutes_of_pairs_replace_the_computed_duration() -> None:
    case = Case(
        horizon=9,
        agents=people("0.5", "0.5"),
        tasks=(Task(id="t", needs=needs("x"), minutes="4"),),
        pairs=(Pair(task="t", agent="a1", minutes="2.5"),),
    )
    assert case.build().durations([0, 0], [0, 1]).tolist() == [8, 3]


def test_grains_of_minutes() -> None:
    assert grains_of_minutes(np.array([1.0, np.nan, 0.01, 2.5, 1.0]), 30).tolist() == [2, 0, 1, 5, 2]


def test_decimals_are_counted_as_people_write_them() -> None:
    assert [decimals(np.array(x)) for x in ([1.0], [0.5, 2], [0.125, 7], [1e-3], [1 / 3])] == [0, 1, 3, 3, 16]


@pytest.mark.parametrize(
    ("minutes", "efficiency", "safe"),
    [("12.5", "0.75", True), ("480", "1.125", True), ("1e6", "0.9", True), ("0.1234567890123", "0.123456", False)],
)
def test_floats_are_trusted_where_they_suffice(minutes: str, efficiency: str, safe: bool) -> None:
    case = Case(horizon=9, agents=people(efficiency), tasks=(Task(id="t", needs=needs("x"), minutes=minutes),))
    assert is_safe(np.array([float(minutes)]), case.build().eligibility, 60) is safe


@pytest.mark.parametrize("minutes", ["1e10", "1e300"])
def test_what_is_longer_than_any_horizon_is_counted_as_that_long_and_never_planned(minutes: str) -> None:
    agent = Agent(id="a", skills={"x": (1, "1e-12"), "y": (1, "0.3")}, windows=((0, 9),))
    case = Case(
        horizon=9,
        agents=(agent,),
        tasks=(
            Task(id="long", needs=needs("y"), minutes=minutes),
            Task(id="pair", needs=needs("y")),
            Task(id="started", needs=needs("x", "z"), minutes=minutes, started_by="a"),
            Task(id="short", needs=needs("y")),
        ),
        pairs=(Pair(task="pair", agent="a", minutes=minutes),),
    )
    problem = case.build()
    assert problem.durations([0, 1, 3], [0, 0, 0]).tolist() == [LONGEST, LONGEST, 4]
    assert problem.stuck.tolist() == [False, False, True, False]
    plan = greedy_plan(problem)
    assert lists(plan) == ([-1, -1, -1, 0], [-1, -1, -1, 0])
    assert reasons(problem, shortage(problem, plan)) == [Reason.NO_TIME] * 3
    bound = certified_bound(problem, make_prices(problem, np.zeros(1, np.int64), np.zeros((1, 1))))
    assert check(problem, plan, objective=100, bound=bound).ok
    assert bound == 100
