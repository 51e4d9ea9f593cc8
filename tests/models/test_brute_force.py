"""Every engine against an independent exhaustive search, on random tiny problems."""

import pytest
from hypothesis import given

from models import check, pinned_plan
from tests.models.case import Case, lists
from tests.models.oracle import Oracle
from tests.models.solving import ENGINES, PROVING, solve, solver_alone
from tests.models.strategies import cases, contested_cases, examples


def agrees(case: Case, name: str) -> None:
    """The engine's plan is legal, worth what it says and no more than the optimum; its bound is no less."""
    problem, oracle = case.build(), Oracle(case)
    optimum = oracle.optimum()
    outcome = solve(name, problem)
    agent, start = lists(outcome.plan)
    assert not oracle.broken(agent, start)
    assert outcome.objective == oracle.value(agent, start)
    assert outcome.objective <= optimum <= outcome.bound
    if name in PROVING:
        assert outcome.objective == outcome.bound == optimum
    result = check(problem, outcome.plan, outcome.objective, outcome.bound)
    assert result.ok, result.violations


@pytest.mark.parametrize("name", ENGINES)
@given(case=cases)
@examples(50)
def test_engines_on_problems_of_every_kind(name: str, case: Case) -> None:
    agrees(case, name)


@pytest.mark.parametrize("name", ENGINES)
@given(case=contested_cases)
@examples(40)
def test_engines_where_tasks_are_in_each_others_way(name: str, case: Case) -> None:
    agrees(case, name)


@pytest.mark.parametrize("name", PROVING)
@given(case=contested_cases)
@examples(80)
def test_solvers_without_any_help(name: str, case: Case) -> None:
    with solver_alone():
        agrees(case, name)


@given(case=cases)
@examples(150)
def test_started_work_alone_is_the_least_a_plan_is_worth(case: Case) -> None:
    problem, oracle = case.build(), Oracle(case)
    agent, start = lists(pinned_plan(problem))
    assert {i: (a, s) for i, (a, s) in enumerate(zip(agent, start, strict=True)) if a >= 0} == oracle.started
    assert oracle.value(agent, start) <= oracle.optimum()
