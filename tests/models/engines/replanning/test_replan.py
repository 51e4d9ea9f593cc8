"""Re-plans keep the rules and what is fixed, and change no more than pays and is allowed."""

import numpy as np
from hypothesis import given

from models import Plan, Problem, ProblemBuilder, check, evaluate, fix, freeze, obliging, silent, starts_in_time
from models.engines import earlier_of, repaired, replan
from tests.models.case import Case
from tests.models.engines.replanning.days import LIMITS, as_if_large, changed_day, then_and_now
from tests.models.oracle import Oracle
from tests.models.solving import solve
from tests.models.strategies import cases, contested_cases, examples


@given(case=cases)
@examples(60)
def test_an_optimal_plan_of_an_unchanged_problem_is_not_changed(case: Case):
    problem = case.build()
    plan = solve("exact", problem).plan
    found = replan(problem, earlier_of(problem, plan), LIMITS, silent, stability=10)
    assert found.outcome.plan.agent.tolist() == plan.agent.tolist()
    assert not found.changed.any()


@given(case=cases)
@examples(60)
def test_every_re_plan_keeps_the_rules_under_its_bound_and_earns_its_changes(case: Case):
    earlier, before, now = then_and_now(case)
    stability = 200
    found = replan(now, earlier_of(before, earlier), LIMITS, silent, stability=stability)
    outcome = found.outcome
    assert check(now, outcome.plan, outcome.objective, outcome.bound).ok
    kept = evaluate(now, found.kept).objective
    assert outcome.objective >= kept + stability * int(found.changed.sum())
    assert outcome.bound is not None
    assert outcome.bound >= Oracle(changed_day(case)).optimum()


@given(case=contested_cases)
@examples(30)
def test_no_more_changes_than_allowed_and_more_of_them_never_give_less(case: Case):
    earlier, before, now = then_and_now(case)
    found = [
        replan(now, earlier_of(before, earlier), LIMITS, silent, most_changes=most) for most in range(len(case.tasks))
    ]
    assert all(int(each.changed.sum()) <= most for most, each in enumerate(found))
    assert all(check(now, each.outcome.plan).ok for each in found)
    values = [each.outcome.objective for each in found]
    assert values == sorted(values)
    assert values[-1] == Oracle(changed_day(case)).optimum()
    for each in found:
        assert each.outcome.bound is not None
        assert each.budget_bound is not None
        assert each.outcome.objective <= each.budget_bound <= each.outcome.bound


@given(case=cases)
@examples(40)
def test_what_a_planner_fixes_is_done_and_the_best_plan_with_it_is_found(case: Case):
    problem = case.build()
    plan = solve("exact", problem).plan
    for i in np.flatnonzero(problem.free).tolist():
        r = problem.requirement[i]
        able = problem.eligibility.agent[problem.eligibility.first[r] : problem.eligibility.first[r + 1]]
        for a in able.tolist():
            row = int(problem.pairs.row(np.array([i]), np.array([a]), problem.n_agents)[0])
            allowed = row < 0 or problem.pairs.allowed[row]
            if not allowed or problem.pinned_count[a] >= problem.max_tasks[a]:
                continue
            if starts_in_time(problem, a, np.array([i])) is None:
                continue
            fixed = fix(problem, [i], [a])
            found = replan(fixed, earlier_of(problem, plan), LIMITS, silent).outcome
            assert check(fixed, found.plan, found.objective, found.bound).ok
            fresh = solve("exact", obliging(fixed), start=repaired(fixed, earlier_of(problem, plan)))
            assert found.objective == fresh.objective == fresh.bound
            return


@given(case=cases)
@examples(40)
def test_frozen_work_never_moves(case: Case):
    earlier, before, now = then_and_now(case)
    planned = np.flatnonzero(earlier.agent >= 0)
    order = planned[np.lexsort((earlier.start[planned], earlier.agent[planned]))]
    frozen = freeze(now, order, earlier.agent[order])
    found = replan(frozen, earlier_of(before, earlier), LIMITS, silent).outcome
    assert check(frozen, found.plan, found.objective, found.bound).ok
    assert (found.plan.agent[frozen.frozen] == earlier.agent[frozen.frozen]).all()


def crowded_swaps() -> Problem:
    """Two people who would gain a little by swapping all they do, and new work that is worth one of those tasks."""
    builder = ProblemBuilder(30).agent("a", ["x", "y"]).agent("b", ["x"])
    for name in ("t", "u", "v"):
        builder = builder.task(name, "x", minutes=10, value=100).pair(name, "b", bonus=5)
    for name in ("p", "q", "r"):
        builder = builder.task(name, "x", minutes=10, value=100).pair(name, "a", bonus=5)
    return builder.task("new", "y", minutes=10, value=500).build()


def test_on_a_large_problem_the_few_changes_are_those_that_pay():
    problem = crowded_swaps()
    earlier = Plan(agent=np.array([0, 0, 0, 1, 1, 1, -1], np.int32), start=np.array([0, 10, 20, 0, 10, 20, -1]))
    with as_if_large():
        found = replan(problem, earlier_of(problem, earlier), LIMITS, silent, most_changes=1)
    assert found.outcome.objective == 100_000
    assert int(found.changed.sum()) == 1


@given(case=contested_cases)
@examples(30)
def test_what_is_too_large_for_a_whole_model_keeps_the_rules_too(case: Case):
    earlier, before, now = then_and_now(case)
    with as_if_large():
        found = replan(now, earlier_of(before, earlier), LIMITS, silent, stability=100)
        few = replan(now, earlier_of(before, earlier), LIMITS, silent, most_changes=1)
    for each in (found, few):
        assert check(now, each.outcome.plan, each.outcome.objective, each.outcome.bound).ok
    assert int(few.changed.sum()) <= 1
    assert found.outcome.objective >= evaluate(now, found.kept).objective + 100 * int(found.changed.sum())


@given(case=contested_cases)
@examples(20)
def test_with_earlier_prices_a_large_problem_is_bounded_and_earns_its_changes(case: Case):
    earlier, before, now = then_and_now(case)
    prices = solve("scale", before).prices
    with as_if_large():
        found = replan(now, earlier_of(before, earlier), LIMITS, silent, prices=prices, stability=100)
    assert check(now, found.outcome.plan, found.outcome.objective, found.outcome.bound).ok
    assert found.outcome.bound is not None
    assert found.outcome.bound >= solve("exact", now).objective
    assert found.outcome.objective >= evaluate(now, found.kept).objective + 100 * int(found.changed.sum())
