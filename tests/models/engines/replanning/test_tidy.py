"""Work dealt out anew among people who exchange some."""

import pytest
from hypothesis import given

from models import check, evaluate, preferring
from models.engines.replanning.tidy import tidied
from tests.models.case import Case
from tests.models.engines.replanning.days import LIMITS, stays_of
from tests.models.solving import solve
from tests.models.strategies import contested_cases, examples


@given(case=contested_cases)
@examples(40)
def test_dealing_work_out_anew_loses_nothing_and_keeps_the_rules(case: Case):
    problem = case.build()
    kept, plan = solve("greedy", problem).plan, solve("exact", problem).plan
    stays = stays_of(problem, kept)
    liking = preferring(problem, stays, 300)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.engines.replanning.tidy._LEAST_CHANGES", 1)
        tidy = tidied(liking, kept, plan, stays, LIMITS)
    assert check(problem, tidy).ok
    assert evaluate(liking, tidy).objective >= evaluate(liking, plan).objective
