"""What a task would have to be for its time to pay at the prices: enough, and not more than enough."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given

from models import Prices, modes_of, thresholds
from tests.models.bounds.test_certificate import random_prices
from tests.models.case import Agent, Case, Task, exact_terms
from tests.models.strategies import cases, examples, randoms
from tests.models.worth.test_priced_modes import flat

ROUNDED = -1.01
"""A hundredth less than nothing: payoffs are rounded to hundredths, before the change and after."""

ANN = Agent(id="ann", windows=((0, 60),))


def margin(case: Case, i: int, prices: Prices) -> float:
    """The best margin of a way that could be in time; minus infinity without any."""
    return float(modes_of(case.build(), prices, i).in_time().margin.max(initial=-np.inf))


def changed(case: Case, i: int, **changes: object) -> Case:
    """The case with one task changed."""
    tasks = list(case.tasks)
    tasks[i] = replace(tasks[i], **changes)
    return replace(case, tasks=tuple(tasks))


@given(case=cases, random=randoms)
@examples(150)
def test_each_change_by_itself_is_enough(case: Case, random: Random) -> None:
    problem, prices = case.build(), random_prices(random, case)
    for i in np.flatnonzero(problem.free).tolist():
        found = thresholds(problem, prices, modes_of(problem, prices, i))
        if found.value is not None:
            assert margin(changed(case, i, value=f"{found.value.amount + 1e-6:.9f}"), i, prices) >= ROUNDED
        if found.minutes is not None and not any(p.task == case.tasks[i].id and p.minutes for p in case.pairs):
            assert margin(changed(case, i, minutes=f"{found.minutes.amount - 1e-9:.12f}"), i, prices) >= ROUNDED
        if found.due is not None:
            assert margin(changed(case, i, due=int(found.due.amount)), i, prices) >= ROUNDED


@pytest.mark.parametrize(("price", "value"), [(10, 4.0), (20, 8.0), (0, 3.0)])
def test_the_value_makes_up_for_what_time_is_worth(price: float, value: float) -> None:
    problem = Case(horizon=60, agents=(ANN,), tasks=(Task(id="t", minutes="40", value="3"),)).build()
    prices = flat(problem, price)
    found = thresholds(problem, prices, modes_of(problem, prices, 0))
    assert found.value is not None
    assert found.value.amount == pytest.approx(value)


def test_the_minutes_are_those_that_the_gain_pays_for():
    problem = Case(horizon=60, agents=(ANN,), tasks=(Task(id="t", minutes="40", value="3"),)).build()
    prices = flat(problem, 20)
    found = thresholds(problem, prices, modes_of(problem, prices, 0))
    assert found.minutes is not None
    assert found.minutes.amount == 15


def test_no_more_minutes_than_there_are_before_the_deadline():
    hard = Case(horizon=60, agents=(ANN,), tasks=(Task(id="t", minutes="40", value="3", due=12, expires=12),))
    problem = hard.build()
    found = thresholds(problem, flat(problem, 0), modes_of(problem, flat(problem, 0), 0))
    assert found.minutes is not None
    assert found.minutes.amount == 12
    assert found.value is None  # no value brings time back


def test_the_minutes_leave_something_to_gain():
    # 10 hundredths a minute: 30 minutes would cost all that the task is worth
    dear = Agent(id="dear", windows=((0, 60),), cost_per_hour="6")
    task = Task(id="t", minutes="40", value="3")
    problem = Case(horizon=60, agents=(dear,), tasks=(task,), terms=exact_terms(cost_weight="1")).build()
    found = thresholds(problem, flat(problem, 0), modes_of(problem, flat(problem, 0), 0))
    assert found.minutes is not None
    assert found.minutes.amount == 29


def test_no_due_time_where_it_pays_already():
    problem = Case(horizon=60, agents=(ANN,), tasks=(Task(id="t", minutes="40", value="3", due=50),)).build()
    assert thresholds(problem, flat(problem, 1), modes_of(problem, flat(problem, 1), 0)).due is None
    assert thresholds(problem, flat(problem, 20), modes_of(problem, flat(problem, 20), 0)).value is not None


def test_the_due_time_is_the_first_with_room_enough_and_cheap_enough():
    case = Case(horizon=60, agents=(ANN,), tasks=(Task(id="t", minutes="40", value="3", due=12),))
    problem = case.build()
    cheap = flat(problem, 0)
    dear = Prices(edges=np.array([0, 50]), price=np.array([[2**20 * 100, 0]]), fee=np.zeros(1, np.int64))
    found = [thresholds(problem, prices, modes_of(problem, prices, 0)).due for prices in (cheap, dear)]
    assert [due and due.amount for due in found] == [40, 50]


def test_a_due_time_beyond_the_expiry_helps_nobody():
    case = Case(horizon=60, agents=(ANN,), tasks=(Task(id="t", minutes="40", value="3", due=12, expires=30),))
    problem = case.build()
    assert thresholds(problem, flat(problem, 0), modes_of(problem, flat(problem, 0), 0)).due is None
