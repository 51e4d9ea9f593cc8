"""The best plan with few changes, exactly."""

from hypothesis import given

from models import ProblemBuilder, check, evaluate, obliging, silent
from models.engines import earlier_of, replan
from models.engines.replanning.budget import best_within
from models.engines.replanning.replan import changed, what_can_stay
from tests.models.case import Case
from tests.models.engines.replanning.days import LIMITS, changed_day, then_and_now
from tests.models.oracle import Oracle
from tests.models.solving import solve
from tests.models.strategies import contested_cases, examples


def test_the_bound_within_a_budget_is_no_more_than_the_bound(monkeypatch):
    problem = ProblemBuilder(10).agent("a").task("t", minutes=8).task("u", minutes=8).build()
    earlier = earlier_of(problem, solve("greedy", problem).plan)
    monkeypatch.setattr("models.engines.replanning.budget.best_within", lambda _problem, kept, *_: (kept, 1_000_000))
    found = replan(problem, earlier, LIMITS, silent, most_changes=1)
    assert found.budget_bound == found.outcome.bound


@given(case=contested_cases)
@examples(20)
def test_the_best_plan_within_a_budget_is_legal_and_proved_to_be_the_best(case: Case):
    earlier, before, now = then_and_now(case)
    kept, stays = what_can_stay(now, earlier_of(before, earlier))
    for most in (0, len(case.tasks)):
        plan, bound = best_within(obliging(now), kept, stays, most, 0, LIMITS)
        assert check(now, plan).ok
        assert int(changed(stays, plan).sum()) <= most
        assert evaluate(now, kept).objective <= evaluate(now, plan).objective == bound
    assert bound == Oracle(changed_day(case)).optimum()
