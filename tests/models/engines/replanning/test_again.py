"""Planning again from a legal plan, with the prices of an earlier one."""

import pytest
from hypothesis import given

from models import certified_bound, check, evaluate, pinned_plan, silent
from models.engines.replanning.again import filled_up, go_on, solve_again
from models.problem.arrays import arrays_of
from tests.models.case import Agent, Case, Task
from tests.models.engines.replanning.days import LIMITS, as_if_large, changed_day, then_and_now
from tests.models.oracle import Oracle
from tests.models.solving import solve
from tests.models.strategies import contested_cases, examples


@given(case=contested_cases)
@examples(20)
def test_a_small_problem_is_solved_to_its_optimum_from_any_legal_plan(case: Case):
    problem = case.build()
    for start in (pinned_plan(problem), solve("greedy", problem).plan):
        outcome = solve_again(problem, LIMITS, silent, start)
        assert check(problem, outcome.plan, outcome.objective, outcome.bound).ok
        assert outcome.objective == outcome.bound == Oracle(case).optimum()


@given(case=contested_cases)
@examples(20)
def test_earlier_prices_prove_a_bound_of_the_changed_day(case: Case):
    _, before, now = then_and_now(case)
    prices = solve("scale", before).prices
    start = pinned_plan(now)
    with as_if_large():
        outcome = solve_again(now, LIMITS, silent, start, prices)
    assert outcome.bound is not None
    assert evaluate(now, start).objective <= outcome.objective <= Oracle(changed_day(case)).optimum() <= outcome.bound
    if prices is not None:
        assert outcome.bound <= certified_bound(now, prices)


@given(case=contested_cases)
@examples(40)
def test_new_work_is_put_where_it_fits_and_moves_nothing_away(case: Case):
    problem = case.build()
    start = solve("greedy", problem).plan
    for prices in (None, solve("scale", problem).prices):
        filled = filled_up(problem, arrays_of(problem), start, prices)
        assert check(problem, filled).ok
        had = start.agent >= 0
        assert (filled.agent[had] == start.agent[had]).all()
        nothing = filled_up(problem, arrays_of(problem), pinned_plan(problem), prices)
        assert evaluate(problem, nothing).objective >= evaluate(problem, pinned_plan(problem)).objective


@given(case=contested_cases)
@examples(20)
def test_what_goes_on_from_a_run_is_no_worse_than_the_run(case: Case):
    problem, best = case.build(), Oracle(case).optimum()
    run = solve("scale", problem)
    for start in (pinned_plan(problem), run.plan):
        found = go_on(problem, LIMITS, start, run.prices, run.bound)
        assert check(problem, found.plan, found.objective).ok
        assert evaluate(problem, start).objective <= found.objective <= best
        if run.bound is not None:
            assert found.bound is not None
            assert best <= found.bound <= run.bound


@given(case=contested_cases)
@examples(20)
def test_where_nothing_is_proved_only_the_plan_gets_better(case: Case):
    problem = case.build()
    found = go_on(problem, LIMITS, pinned_plan(problem), None, None)
    assert found.bound is None
    assert evaluate(problem, pinned_plan(problem)).objective <= found.objective <= Oracle(case).optimum()


def test_nothing_is_looked_for_where_the_plan_is_proved_to_be_the_best(monkeypatch: pytest.MonkeyPatch):
    problem = Case(horizon=10, agents=(Agent(id="a", windows=((0, 10),)),), tasks=(Task(id="t"), Task(id="u"))).build()
    run = solve("exact", problem)
    for name in ("prove_by_programmes", "_search"):
        monkeypatch.setattr(f"models.engines.replanning.again.{name}", lambda *rest: pytest.fail("nothing to win"))
    assert go_on(problem, LIMITS, run.plan, solve("scale", problem).prices, run.bound).objective == run.objective
