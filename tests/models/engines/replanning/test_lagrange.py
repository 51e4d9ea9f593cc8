"""What prices of a change prove of plans with few changes."""

import numpy as np
import pytest
from hypothesis import given

from models import ProblemBuilder, silent
from models.engines import earlier_of, replan
from models.engines.replanning.lagrange import bounds_within, prices_of_change
from models.variants.fixing import STABILITY_STEP
from tests.models.case import Case
from tests.models.engines.replanning.days import LIMITS, as_if_large, then_and_now
from tests.models.solving import solve
from tests.models.strategies import contested_cases, examples


@pytest.mark.slow
@given(case=contested_cases)
@examples(30)
def test_the_bound_within_a_budget_of_a_large_problem_is_above_every_plan_within_it(case: Case):
    earlier, before, now = then_and_now(case)
    for most in (0, 1, 2):
        best = replan(now, earlier_of(before, earlier), LIMITS, silent, most_changes=most)
        with as_if_large():
            found = replan(now, earlier_of(before, earlier), LIMITS, silent, most_changes=most)
        assert found.budget_bound is not None
        assert best.outcome.objective <= found.budget_bound


def test_what_stays_for_certain_is_taken_off_the_bound():
    stays = np.array([0, 1, -1, 0], np.int32)
    assert bounds_within(1, stays, [(10, 500), (0, 480)]) == [480, 480]
    assert bounds_within(5, stays, [(10, 500)]) == [500]


def test_prices_to_try_fall_from_what_a_kept_task_pays():
    problem = ProblemBuilder(20).agent("a").task("t", minutes=8, value=64).task("u", minutes=8, value=64).build()
    prices = prices_of_change(problem, solve("greedy", problem).plan)
    assert prices[0] <= 6400 < prices[0] + STABILITY_STEP
    assert prices == sorted(prices, reverse=True)
    assert all(price > 0 and price % STABILITY_STEP == 0 for price in prices)
