"""Among plans of the same value, the one a planner would choose."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Limits, Plan, Problem, check, evaluate, silent
from models.engines import ENGINES, arranged, make_engine
from models.engines.search.construct import greedy_plan
from tests.models.case import Agent, Case, Task, exact_terms, make_plan
from tests.models.strategies import cases, examples

ANN, BOB, EVE = (Agent(id=name, windows=((0, 480),)) for name in ("ann", "bob", "eve"))


def of_one_team(problem: Problem, plan: Plan) -> Plan:
    """The plan arranged, everybody being of one team."""
    return arranged(problem, plan, np.zeros(problem.n_agents, np.int64))


@pytest.mark.parametrize("engine", ENGINES)
def test_overdue_work_is_shared_among_free_people_at_once(engine: str) -> None:
    tasks = tuple(Task(id=str(k), minutes="60", due=-60 * (k + 1)) for k in range(6))
    problem = Case(horizon=480, agents=(ANN, BOB, EVE), tasks=tasks).build()
    outcome = make_engine(engine)(problem, Limits(effort=1), silent)
    plan = of_one_team(problem, outcome.plan)
    assert sorted(np.bincount(plan.agent).tolist()) == [2, 2, 2]
    assert plan.start.tolist() == [60, 60, 60, 0, 0, 0]  # the longest overdue first
    assert evaluate(problem, plan).objective == outcome.objective


def test_overdue_work_goes_first_where_that_makes_nothing_late() -> None:
    tasks = (
        Task(id="o", minutes="60", due=-1),
        Task(id="t", minutes="60", due=119),
        Task(id="u", minutes="60", due=400),
    )
    problem = Case(horizon=480, agents=(ANN,), tasks=tasks).build()
    assert of_one_team(problem, make_plan([0, 0, 0], [120, 0, 60])).start.tolist() == [60, 0, 120]
    loose = replace(tasks[1], due=120)
    problem = Case(horizon=480, agents=(ANN,), tasks=(tasks[0], loose, tasks[2])).build()
    assert of_one_team(problem, make_plan([0, 0, 0], [120, 0, 60])).start.tolist() == [0, 60, 120]


def test_who_waits_for_more_urgent_work_takes_over_what_pushes_nothing() -> None:
    tasks = (
        Task(id="urgent", minutes="60", due=-100, not_before=300),
        Task(id="first", minutes="60", due=-2),
        Task(id="second", minutes="60", due=-1),
    )
    problem = Case(horizon=480, agents=(ANN, BOB), tasks=tasks).build()
    plan = of_one_team(problem, make_plan([1, 0, 0], [300, 0, 60]))
    assert (plan.agent.tolist(), plan.start.tolist()) == ([1, 0, 1], [300, 0, 0])


def test_nobody_takes_over_what_would_earn_less() -> None:
    dear = Agent(id="dear", windows=((0, 480),), cost_per_hour="10")
    tasks = tuple(Task(id=str(k), minutes="60", value="50", due=-1) for k in range(4))
    problem = Case(horizon=480, agents=(ANN, dear), tasks=tasks, terms=exact_terms(cost_weight="1")).build()
    plan = make_plan([0] * 4, [0, 60, 120, 180])
    assert of_one_team(problem, plan).agent.tolist() == [0] * 4


def test_the_load_of_a_team_is_evened_and_that_of_others_is_not() -> None:
    late = Agent(id="late", windows=((0, 480),))
    tasks = tuple(Task(id=str(k), minutes="60", not_before=60 * k) for k in range(4))
    problem = Case(horizon=480, agents=(ANN, late), tasks=tasks).build()
    plan = make_plan([0] * 4, [0, 60, 120, 180])
    assert np.bincount(arranged(problem, plan, np.array([0, 0])).agent).tolist() == [2, 2]
    assert np.bincount(arranged(problem, plan, np.array([0, 1])).agent).tolist() == [4]


def test_what_may_not_move_stays_and_is_not_pushed() -> None:
    tasks = tuple(Task(id=str(k), minutes="60", due=-1 - k) for k in range(4))
    problem = Case(horizon=480, agents=(ANN, BOB), tasks=tasks).build()
    plan = make_plan([0] * 4, [30, 90, 150, 300])
    kept = arranged(problem, plan, np.zeros(2, np.int64), np.zeros(4, np.bool_))
    assert (kept.agent.tolist(), kept.start.tolist()) == (plan.agent.tolist(), plan.start.tolist())
    one = arranged(problem, plan, np.zeros(2, np.int64), np.array([False, False, False, True]))
    assert one.agent.tolist() == [0, 0, 0, 1]
    assert one.start.tolist() == [30, 90, 150, 0]


@given(case=cases, seed=st.integers(0, 3))
@examples(150)
def test_a_plan_arranged_is_legal_worth_no_less_and_comes_to_rest(case: Case, seed: int) -> None:
    problem = case.build()
    team = np.arange(problem.n_agents) % (seed + 1)
    plan = greedy_plan(problem)
    first = arranged(problem, plan, team)
    assert check(problem, first).ok
    before, after = evaluate(problem, plan), evaluate(problem, first)
    assert after.objective >= before.objective
    assert (after.payoff >= before.payoff).all()
    again = arranged(problem, first, team)
    assert (again.agent.tolist(), again.start.tolist()) == (first.agent.tolist(), first.start.tolist())


@given(case=cases, seed=st.integers(0, 9))
@examples(100)
def test_what_may_not_move_keeps_agent_and_time(case: Case, seed: int) -> None:
    problem = case.build()
    plan = greedy_plan(problem)
    movable = np.random.default_rng(seed).random(problem.n_tasks) < 0.5
    found = arranged(problem, plan, np.zeros(problem.n_agents, np.int64), movable)
    assert check(problem, found).ok
    assert found.agent[~movable].tolist() == plan.agent[~movable].tolist()
    assert found.start[~movable].tolist() == plan.start[~movable].tolist()
