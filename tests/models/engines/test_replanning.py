from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given

from models import (
    Limits,
    Plan,
    Problem,
    ProblemBuilder,
    check,
    evaluate,
    fix,
    freeze,
    obliging,
    preferring,
    silent,
    starts_in_time,
)
from models.engines import UnkeepableError, cost_of_stability, earlier_of, repaired, replan
from models.engines.replanning.recombine import recombined
from models.engines.replanning.tidy import tidied
from tests.models.case import Case
from tests.models.oracle import Oracle
from tests.models.solving import cut_short, solve
from tests.models.strategies import cases, contested_cases, examples

LIMITS = Limits(effort=1, gap=0.0)


@pytest.fixture(autouse=True, scope="module")
def quick() -> Iterator[None]:
    """Search and pricing cut short for tiny problems."""
    with cut_short():
        yield


@contextmanager
def _as_if_large() -> Iterator[None]:
    """No problem is small enough for a whole model."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.engines.sizes.MOST_WHOLE", -1)
        yield


def changed_day(case: Case) -> Case:
    """The same tasks and people when the first person has half the time and the last task is worth more."""
    agents = tuple(
        replace(a, windows=tuple((s, (s + e) // 2) for s, e in a.windows if e - s > 1)) if k == 0 else a
        for k, a in enumerate(case.agents)
    )
    tasks = tuple(replace(t, value="50") if k == len(case.tasks) - 1 else t for k, t in enumerate(case.tasks))
    return replace(case, agents=agents, tasks=tasks)


def then_and_now(case: Case) -> tuple[Plan, Problem, Problem]:
    """An earlier plan, its problem, and the problem as it is now."""
    before, now = case.build(), changed_day(case).build()
    return solve("exact", before).plan, before, now


@given(case=cases)
@examples(60)
def test_a_legal_plan_needs_no_repair(case: Case):
    problem = case.build()
    plan = solve("exact", problem).plan
    kept = repaired(problem, earlier_of(problem, plan))
    assert kept.agent.tolist() == plan.agent.tolist()
    assert check(problem, kept).ok


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


@given(case=contested_cases)
@examples(40)
def test_any_part_of_the_changes_that_fits_a_budget_is_a_legal_plan(case: Case):
    problem = case.build()
    kept, plan = solve("greedy", problem).plan, solve("exact", problem).plan
    stays = np.where(problem.free, kept.agent, -1).astype(np.int32)
    values = []
    for most in range(len(case.tasks) + 1):
        mixed = recombined(problem, kept, plan, stays, most)
        assert check(problem, mixed).ok
        assert int(((stays >= 0) & (mixed.agent != stays)).sum()) <= most
        values.append(evaluate(problem, mixed).objective)
    assert values == sorted(values)
    assert values[-1] >= evaluate(problem, plan).objective


@pytest.mark.parametrize(
    "builder",
    [
        ProblemBuilder(10).agent("a").task("t", minutes=8).task("u", minutes=8),
        ProblemBuilder(20).agent("a", max_tasks=1).task("t", minutes=8).task("u", minutes=8),
    ],
    ids=["no time", "max_tasks"],
)
def test_what_must_be_done_and_cannot_is_named(builder: ProblemBuilder):
    problem = builder.build()
    fixed = fix(problem, [0, 1], [0, 0])
    with pytest.raises(UnkeepableError, match="agent a cannot do all of t, u in time"):
        repaired(fixed, earlier_of(problem, solve("greedy", problem).plan))


def test_the_bound_within_a_budget_is_no_more_than_the_bound(monkeypatch):
    problem = ProblemBuilder(10).agent("a").task("t", minutes=8).task("u", minutes=8).build()
    earlier = earlier_of(problem, solve("greedy", problem).plan)
    monkeypatch.setattr("models.engines.replanning.budget.best_within", lambda _problem, kept, *_: (kept, 1_000_000))
    found = replan(problem, earlier, LIMITS, silent, most_changes=1)
    assert found.budget_bound == found.outcome.bound


def test_values_with_preferences_in_them_are_not_told_of_the_curve():
    problem = ProblemBuilder(10).agent("a").task("t", minutes=8).task("u", minutes=8, value=5).build()
    told: list[tuple[int | None, int | None]] = []
    with _as_if_large():
        cost_of_stability(
            problem,
            earlier_of(problem, solve("greedy", problem).plan),
            LIMITS,
            lambda _stage, objective=None, bound=None: told.append((objective, bound)),
            None,
        )
    assert set(told) == {(None, None)}


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
    with _as_if_large():
        found = replan(problem, earlier_of(problem, earlier), LIMITS, silent, most_changes=1)
    assert found.outcome.objective == 100_000
    assert int(found.changed.sum()) == 1


@given(case=contested_cases)
@examples(30)
def test_the_bound_within_a_budget_of_a_large_problem_is_above_every_plan_within_it(case: Case):
    earlier, before, now = then_and_now(case)
    for most in (0, 1, 2):
        best = replan(now, earlier_of(before, earlier), LIMITS, silent, most_changes=most)
        with _as_if_large():
            found = replan(now, earlier_of(before, earlier), LIMITS, silent, most_changes=most)
        assert found.budget_bound is not None
        assert best.outcome.objective <= found.budget_bound


@given(case=contested_cases)
@examples(40)
def test_dealing_work_out_anew_loses_nothing_and_keeps_the_rules(case: Case):
    problem = case.build()
    kept, plan = solve("greedy", problem).plan, solve("exact", problem).plan
    stays = np.where(problem.free, kept.agent, -1).astype(np.int32)
    liking = preferring(problem, stays, 300)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.engines.replanning.tidy._LEAST_CHANGES", 1)
        tidy = tidied(liking, kept, plan, stays, LIMITS)
    assert check(problem, tidy).ok
    assert evaluate(liking, tidy).objective >= evaluate(liking, plan).objective


@given(case=contested_cases)
@examples(30)
def test_what_is_too_large_for_a_whole_model_keeps_the_rules_too(case: Case):
    earlier, before, now = then_and_now(case)
    with _as_if_large():
        found = replan(now, earlier_of(before, earlier), LIMITS, silent, stability=100)
        few = replan(now, earlier_of(before, earlier), LIMITS, silent, most_changes=1)
    for each in (found, few):
        assert check(now, each.outcome.plan, each.outcome.objective, each.outcome.bound).ok
    assert int(few.changed.sum()) <= 1
    assert found.outcome.objective >= evaluate(now, found.kept).objective + 100 * int(found.changed.sum())
