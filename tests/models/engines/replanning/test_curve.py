"""The cost of stability: what few changes are worth, and the bounds of that."""

from itertools import pairwise

from hypothesis import given

from models import ProblemBuilder, check, silent
from models.engines import cost_of_stability, earlier_of
from tests.models.case import Case
from tests.models.engines.replanning.days import LIMITS, as_if_large, then_and_now
from tests.models.solving import solve
from tests.models.strategies import contested_cases, examples


@given(case=contested_cases)
@examples(20)
def test_the_curve_rises_and_stays_below_its_bounds(case: Case):
    earlier, before, now = then_and_now(case)
    curve = cost_of_stability(now, earlier_of(before, earlier), LIMITS, silent, None)
    assert curve[0].allowed == 0
    for point in curve:
        assert point.changes <= point.allowed
        assert check(now, point.plan, point.objective, point.bound).ok
    assert all(one.objective <= other.objective for one, other in pairwise(curve))


def test_values_with_preferences_in_them_are_not_told_of_the_curve():
    problem = ProblemBuilder(10).agent("a").task("t", minutes=8).task("u", minutes=8, value=5).build()
    told: list[tuple[int | None, int | None]] = []
    with as_if_large():
        cost_of_stability(
            problem,
            earlier_of(problem, solve("greedy", problem).plan),
            LIMITS,
            lambda _stage, objective=None, bound=None: told.append((objective, bound)),
            None,
        )
    assert set(told) == {(None, None)}
