"""A fee for every agent who may have few tasks: the bound only falls, and stays a bound."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from models import Limits, Prices, certified_bound, certified_by_task_prices, silent
from models.bounds.certificate import UNIT_BITS
from models.bounds.task_prices import Alone
from models.engines.pricing.fees import with_best_fees
from models.plans.incumbent import Incumbent
from models.plans.outcome import BoundSource
from models.problem.arrays import arrays_of
from tests.models.case import Agent, Case, Task
from tests.models.engines.pricing.test_task_prices import priced, prove
from tests.models.oracle import Oracle
from tests.models.strategies import contested_cases, examples

UNIT = 2**UNIT_BITS
LIMITS = Limits(effort=1, gap=0.0)


@given(case=contested_cases)
@examples(60)
def test_what_is_proved_is_never_below_the_optimum(case: Case) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.engines.pricing.task_prices.MOST_MODES", 0)
        incumbent = priced(case, LIMITS)
        before = incumbent.bound
        prove(incumbent)
    assert before >= incumbent.bound >= Oracle(case).optimum()
    if incumbent.bound_source == "programmes":
        assert incumbent.bound >= certified_by_task_prices(incumbent.problem, incumbent.prices)
    # the prices of time prove with their own fees what they did before
    assert certified_bound(incumbent.problem, incumbent.prices) == before


def test_fees_of_their_own_prove_a_lower_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.engines.pricing.task_prices.MOST_MODES", 0)
    case, asked = two_with_few_tasks()
    incumbent = Incumbent(case.build(), LIMITS, silent)
    incumbent.prove(10_000, BoundSource.CERTIFICATE, replace(asked, task=None))
    prove(incumbent)
    assert incumbent.bound_source == "programmes"
    assert incumbent.bound <= 1.06 * (1_400 + 3_900)


def two_with_few_tasks() -> tuple[Case, Prices]:
    """One may have a task, the other three, of five that pay 10 to 14; both are asked the same fee of 12."""
    people = (Agent(id="one", windows=((0, 50),), max_tasks=1), Agent(id="three", windows=((0, 50),), max_tasks=3))
    case = Case(horizon=50, agents=people, tasks=tuple(Task(id=f"t{k}", value=str(10 + k)) for k in range(5)))
    nothing = np.zeros((2, 1), np.int64)
    asked = Prices(edges=np.zeros(1, np.int64), price=nothing, fee=np.full(2, 1_200 * UNIT), task=np.zeros(5, np.int64))
    return case, asked


def test_every_agent_gets_about_the_fee_with_which_its_part_is_least() -> None:
    case, asked = two_with_few_tasks()
    problem = case.build()
    most = np.full(2, 10_000 * UNIT)
    prices, earned = with_best_fees(Alone(problem), asked, most, arrays_of(problem).spare, LIMITS)
    parts = (earned + np.array([1, 3]) * prices.fee) / UNIT
    assert parts == pytest.approx([1_400, 1_400 + 1_300 + 1_200], rel=0.06)
    assert (parts >= [1_400, 3_900]).all()
    alone = Alone(problem).earned(prices, lambda: False)
    assert alone is not None
    assert earned.tolist() == alone[0].tolist()


def test_who_pays_no_fee_is_left_alone() -> None:
    case, asked = two_with_few_tasks()
    problem = case.build()
    asked, earned = replace(asked, fee=np.array([0, 1_200 * UNIT])), np.array([7, 10_000 * UNIT])
    prices, after = with_best_fees(Alone(problem), asked, earned, arrays_of(problem).spare, LIMITS)
    assert (prices.fee[0], after[0]) == (0, 7)
    prices, after = with_best_fees(Alone(problem), replace(asked, fee=0 * asked.fee), earned, np.array([1, 3]), LIMITS)
    assert prices.fee.tolist() == [0, 0]
    assert after.tolist() == earned.tolist()


def test_when_time_is_out_the_fees_stay() -> None:
    case, asked = two_with_few_tasks()
    problem = case.build()
    earned = np.full(2, 10_000 * UNIT)
    over = Limits(deadline=0.0, gap=0.0)
    prices, after = with_best_fees(Alone(problem), asked, earned, arrays_of(problem).spare, over)
    assert prices.fee.tolist() == asked.fee.tolist()
    assert after.tolist() == earned.tolist()
