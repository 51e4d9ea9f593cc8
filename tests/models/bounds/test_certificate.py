"""Bounds proved by prices: never below the optimum, refused where the prices prove nothing."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

from models import Prices, Problem, certified_bound, evaluate, make_prices, pinned_plan
from models.bounds.certificate import UNIT_BITS
from tests.models.case import Agent, Case, Pair, Task, exact_terms
from tests.models.oracle import Oracle
from tests.models.strategies import cases, contested_cases, examples, randoms

ANN = Agent(id="ann", windows=((0, 10),))


def prices_of(edges: list[int], price: list[list[int]]) -> Prices:
    return Prices(edges=np.array(edges, np.int64), price=np.array(price, np.int64), fee=np.zeros(len(price), np.int64))


def free_prices(problem: Problem) -> Prices:
    m = problem.n_agents
    return Prices(edges=np.zeros(1, np.int64), price=np.zeros((m, 1), np.int64), fee=np.zeros(m, np.int64))


def random_prices(random: Random, case: Case) -> Prices:
    """Prices anybody might come with: any edges, any falling whole numbers, any fees where there is a limit."""
    edges = [0, *sorted({random.randint(1, case.horizon + 3) for _ in range(random.randint(0, 4))})]
    level = random.choice([1, 2**20, 2**30])
    price = [sorted((random.randint(0, level) for _ in edges), reverse=True) for _ in case.agents]
    fee = [random.choice([0, random.randint(0, 50 * level)]) if a.max_tasks is not None else 0 for a in case.agents]
    return Prices(
        edges=np.array(edges, np.int64),
        price=np.array(price, np.int64).reshape(len(case.agents), len(edges)),
        fee=np.array(fee, np.int64),
    )


@given(case=contested_cases, random=randoms)
@examples(100)
def test_any_prices_prove_a_bound(case: Case, random: Random) -> None:
    assert certified_bound(case.build(), random_prices(random, case)) >= Oracle(case).optimum()


@given(case=cases, random=randoms)
@examples(100)
def test_any_prices_prove_a_bound_with_nobody_or_nothing_to_do_too(case: Case, random: Random) -> None:
    assert certified_bound(case.build(), random_prices(random, case)) >= Oracle(case).optimum()


@given(case=contested_cases, random=randoms)
@examples(100)
def test_asking_only_those_who_are_best_for_all_of_a_kind_proves_the_same(case: Case, random: Random) -> None:
    problem, prices = case.build(), random_prices(random, case)
    by_everybody = certified_bound(problem, prices)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.bounds.certificate._ALIKE", 0)
        assert certified_bound(problem, prices) == by_everybody


@given(case=cases)
@examples(100)
def test_time_for_nothing_bounds_every_task_by_what_it_gets_alone(case: Case) -> None:
    case = case.with_agents(max_tasks=None)  # left out of the certificate
    problem, alone = case.build(), Oracle(case).everything_alone()
    # where an agent's terms enter, gains are rounded up: by less than a hundredth each
    assert alone <= certified_bound(problem, free_prices(problem)) <= alone + len(case.tasks)


def test_a_price_that_takes_all_the_gain_leaves_the_rent() -> None:
    tasks = tuple(Task(id=x, minutes="6", value="6") for x in "st")
    problem = Case(horizon=10, agents=(ANN,), tasks=tasks).build()
    assert certified_bound(problem, free_prices(problem)) == 1200
    assert certified_bound(problem, prices_of([0], [[100 << UNIT_BITS]])) == 1000  # a point a grain, ten grains
    assert certified_bound(problem, prices_of([0], [[50 << UNIT_BITS]])) == 500 + 2 * 300


def test_time_after_the_last_deadline_can_be_free() -> None:
    tasks = tuple(Task(id=x, minutes="4", value="4", due=4, expires=4) for x in "st")
    problem = Case(horizon=10, agents=(ANN,), tasks=tasks).build()
    assert certified_bound(problem, prices_of([0, 5], [[100 << UNIT_BITS, 0]])) == 400  # the optimum


def test_bounds_are_rounded_up() -> None:
    problem = Case(horizon=10, agents=(ANN,), tasks=(Task(id="t", minutes="3", value="1"),)).build()
    assert certified_bound(problem, prices_of([0], [[1]])) == 101  # 100 hundredths less three units, plus ten


def test_started_work_is_no_choice() -> None:
    task = Task(id="t", minutes="3", value="5", due=2, penalty="1", started_by="ann")
    problem = Case(horizon=10, agents=(ANN,), tasks=(task,)).build()
    worth = evaluate(problem, pinned_plan(problem)).objective
    assert worth == 150
    assert certified_bound(problem, free_prices(problem)) == 150
    # and its time is not for sale: seven grains are
    assert certified_bound(problem, prices_of([0], [[100 << UNIT_BITS]])) == 150 + 700


@pytest.mark.parametrize(
    ("edges", "price"),
    [
        ([0], [[-1]]),
        ([0, 5], [[3, 4]]),
        ([0, 5], [[3, -4]]),
        ([1], [[3]]),
        ([0, 5, 5], [[3, 2, 1]]),
        ([0, 7, 5], [[3, 2, 1]]),
    ],
    ids=["negative", "rising", "negative later", "not from 0", "edge twice", "edges unsorted"],
)
def test_prices_that_prove_nothing_are_refused(edges: list[int], price: list[list[int]]) -> None:
    problem = Case(horizon=10, agents=(ANN,), tasks=(Task(id="t"),)).build()
    with pytest.raises(ValueError, match="must never rise"):
        certified_bound(problem, prices_of(edges, price))


def as_floats(*rows: list[float]) -> NDArray[np.float64]:
    return np.array(rows, np.float64)


def test_prices_are_made_whole_falling_and_not_negative() -> None:
    problem = Case(horizon=10, agents=(ANN,)).build()
    made = make_prices(problem, np.array([0, 4, 7]), as_floats([1.0, 3.0, -2.0]))
    assert made.price.tolist() == [[3 << UNIT_BITS, 3 << UNIT_BITS, 0]]
    assert make_prices(problem, np.array([0]), as_floats([2.0**-21])).price.tolist() == [[0]]
    assert make_prices(problem, np.array([0]), as_floats([1e300])).price[0, 0] < 2**62


@pytest.mark.parametrize("bonus", ["1e8", "-1e8", "1e11", "-1e11"])
def test_huge_bonuses_prove_something_true_or_nothing(bonus: str) -> None:
    case = Case(
        horizon=10,
        agents=(ANN,),
        tasks=(Task(id="s", value="3"), Task(id="t", value="5")),
        pairs=(Pair(task="t", agent="ann", bonus=bonus),),
    )
    problem = case.build()
    for price in (0, 1 << UNIT_BITS, 500 << UNIT_BITS):
        bound = certified_bound(problem, prices_of([0], [[price]]))
        assert bound is None or bound >= Oracle(case).optimum()


@given(random=randoms)
@examples(150)
def test_large_values_with_agents_terms_are_not_rounded_down(random: Random) -> None:
    value, cents = random.randint(10**8, 10**10), random.randint(0, 999)
    case = Case(
        horizon=10,
        agents=(ANN,),
        tasks=(Task(id="t", value=f"{value}.{cents:03}"),),
        pairs=(Pair(task="t", agent="ann", bonus=f"{random.randint(1, 9)}.{(1015 - cents) % 1000:03}"),),
        terms=exact_terms(requested_agent_share="0"),
    )
    problem = case.build()
    bound = certified_bound(problem, free_prices(problem))
    assert bound is None or bound >= Oracle(case).optimum()


def test_values_too_large_for_the_sum_prove_nothing() -> None:
    problem = Case(horizon=10, agents=(ANN,), tasks=(Task(id="t", value="3e10"),)).build()
    assert certified_bound(problem, free_prices(problem)) is None
