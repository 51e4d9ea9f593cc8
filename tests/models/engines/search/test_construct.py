"""The greedy engine."""

import numpy as np
from hypothesis import given

from models import Limits, ProblemBuilder, check, evaluate, silent
from models.engines.greedy import solve_greedy
from models.engines.pricing.prove import Priced
from models.engines.search.construct import greedy_plan, priced_plan
from models.plans.limits import UNLIMITED
from models.problem.arrays import arrays_of
from tests.models.case import Agent, Case, Task, lists, needs, skills
from tests.models.oracle import Oracle
from tests.models.strategies import cases, examples


def day(*tasks: Task, agents: int = 1) -> Case:
    people = tuple(Agent(id=f"a{k}", skills=skills("x"), windows=((0, 100),)) for k in range(agents))
    return Case(horizon=100, agents=people, tasks=tasks)


@given(case=cases)
@examples(150)
def test_greedy_plans_are_legal_and_never_better_than_the_optimum(case: Case) -> None:
    problem, oracle = case.build(), Oracle(case)
    plan = greedy_plan(problem)
    assert not oracle.broken(*lists(plan))
    assert evaluate(problem, plan).objective <= oracle.optimum()


def test_takes_the_densest_work_first() -> None:
    case = day(Task(id="long", minutes="90", value="50"), Task(id="short", minutes="20", value="30"))
    assert lists(greedy_plan(case.build()))[0] == [-1, 0]


def test_keeps_the_earlier_deadline_first() -> None:
    case = day(Task(id="s", minutes="50", value="60", due=100), Task(id="t", minutes="50", value="50", due=50))
    assert lists(greedy_plan(case.build())) == ([0, 0], [50, 0])


def test_fills_the_time_before_work_that_may_not_start_at_once() -> None:
    early = [Task(id=f"e{k}", minutes="10", value="10", due=100) for k in range(5)]
    late = [Task(id=f"l{k}", minutes="10", value="20", not_before=50, due=100) for k in range(5)]
    problem = day(*late, *early).build()
    assert lists(greedy_plan(problem))[0] == [0] * 10


def test_tight_work_finds_room_between_work_that_was_there_first() -> None:
    case = day(
        Task(id="r", minutes="10", value="90", not_before=20, due=80),
        *(Task(id=f"s{k}", minutes="10", value=str(70 - k), due=100) for k in range(6)),
        Task(id="t", minutes="20", value="40", due=20),
    )
    assert lists(greedy_plan(case.build()))[0] == [0] * 8


def test_plans_more_tasks_for_one_agent_than_a_row_begins_with() -> None:
    case = day(*(Task(id=f"t{k}", needs=needs("x"), due=k + 1) for k in range(100)))
    problem = case.build()
    plan = greedy_plan(problem)
    assert check(problem, plan, objective=10_000).ok
    assert sorted(plan.start.tolist()) == list(range(100))


def test_few_places_are_kept_for_long_tasks() -> None:
    builder = ProblemBuilder(100).agent("few", windows=[(0, 80)], max_tasks=1).agent("many")
    for minutes in (40, 40, 80):  # a place of "few" is worth its whole time, whoever has least left
        builder.task(str(minutes), minutes=minutes, value=minutes / 10)
    assert lists(greedy_plan(builder.build()))[0] == [1, 1, 0]


def test_people_who_ask_a_fee_choose_what_they_earn_most_with() -> None:
    builder = ProblemBuilder(60).agent("few", ["x", "y"], max_tasks=1).agent("many", ["x"])
    builder.task("x", "x", minutes=10, value=9).task("y", "y", minutes=10, value=8)
    problem = builder.build()
    priced = Priced(np.zeros(1, np.int64), np.array([[0.0], [12.0]]), np.array([100.0, 0.0]))
    plan = priced_plan(problem, arrays_of(problem), priced, UNLIMITED)
    assert lists(plan)[0] == [1, 0]


def test_leaves_work_that_loses_more_than_it_earns() -> None:
    case = day(Task(id="t", value="4", penalty="9", due=200), Task(id="s", value="0"))
    case = Case(horizon=100, agents=case.agents, tasks=case.tasks)
    assert lists(greedy_plan(case.build()))[0] == [0, -1]


def test_a_clock_that_has_run_out_already_still_leaves_a_plan_with_a_bound() -> None:
    problem = day(*(Task(id=f"t{k}", minutes="9") for k in range(20))).build()
    outcome = solve_greedy(problem, Limits(deadline=0.0), silent)
    assert check(problem, outcome.plan, outcome.objective, outcome.bound).ok
    assert outcome.objective == 1100
    assert outcome.bound is not None
