"""Polishing a plan."""

from hypothesis import given

from models import Limits, check, evaluate, pinned_plan
from models.engines import polish
from tests.models.case import Case, lists
from tests.models.oracle import Oracle
from tests.models.solving import solve
from tests.models.strategies import cases, examples


@given(case=cases)
@examples(60)
def test_polish_is_legal_never_worse_and_the_same_twice(case: Case) -> None:
    problem = case.build()
    for start in (pinned_plan(problem), solve("greedy", problem).plan):
        plan = polish(problem, start, Limits())
        assert check(problem, plan).ok
        before, after = (evaluate(problem, p).objective for p in (start, plan))
        assert before <= after <= Oracle(case).optimum()
        assert lists(polish(problem, start, Limits())) == lists(plan)
