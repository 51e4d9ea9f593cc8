"""Part of the changes between two plans: legal, within the budget, and the better the more there may be."""

from hypothesis import given

from models import check, evaluate
from models.engines.replanning.recombine import recombined
from tests.models.case import Case
from tests.models.engines.replanning.days import stays_of
from tests.models.solving import solve
from tests.models.strategies import contested_cases, examples


@given(case=contested_cases)
@examples(40)
def test_any_part_of_the_changes_that_fits_a_budget_is_a_legal_plan(case: Case):
    problem = case.build()
    kept, plan = solve("greedy", problem).plan, solve("exact", problem).plan
    stays = stays_of(problem, kept)
    values = []
    for most in range(len(case.tasks) + 1):
        mixed = recombined(problem, kept, plan, stays, most)
        assert check(problem, mixed).ok
        assert int(((stays >= 0) & (mixed.agent != stays)).sum()) <= most
        values.append(evaluate(problem, mixed).objective)
    assert values == sorted(values)
    assert values[-1] >= evaluate(problem, plan).objective
