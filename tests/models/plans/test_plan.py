"""What a plan is worth."""

from hypothesis import given

from models import LATE, ON_TIME, empty_objective, evaluate
from models.engines.search.construct import greedy_plan
from tests.models.case import Agent, Case, Task, lists, make_plan
from tests.models.oracle import Oracle
from tests.models.strategies import cases, examples


def test_timeline_outcomes_and_payoffs() -> None:
    case = Case(
        horizon=20,
        agents=(Agent(id="a", windows=((0, 20),)), Agent(id="b", windows=((5, 9),))),
        tasks=(
            Task(id="r", minutes="3", value="7", due=2, penalty="1"),
            Task(id="s", minutes="4", value="5", due=7),
            Task(id="t", minutes="2", value="4", due=6, penalty="2"),
            Task(id="u", minutes="2", value="9"),
        ),
    )
    result = evaluate(case.build(), make_plan([0, 0, -1, 1], [4, 0, -1, 2]))
    assert result.tasks.tolist() == [0, 1, 3]
    assert result.agents.tolist() == [0, 0, 1]
    assert result.start.tolist() == [4, 0, 2]
    assert result.grains.tolist() == [3, 4, 2]
    assert result.end.tolist() == [7, 4, 4]
    assert result.step.tolist() == [LATE, ON_TIME, ON_TIME]
    assert result.payoff.tolist() == [250, 500, -200, 900]
    assert result.objective == 1450


def test_on_time_means_by_the_due_time_on_the_agents_clock() -> None:
    agent, task = Agent(id="a", windows=((2, 5), (8, 20))), Task(id="t", minutes="3", due=8)  # c(8) = 3
    problem = Case(horizon=20, agents=(agent,), tasks=(task,)).build()
    assert evaluate(problem, make_plan([0], [0])).step.tolist() == [ON_TIME]
    assert evaluate(problem, make_plan([0], [1])).step.tolist() == [LATE]


def test_doing_nothing_costs_the_fines_within_the_horizon() -> None:
    tasks = tuple(Task(id=str(due), penalty="3", due=due) for due in (-4, 5, 20, 21))
    problem = Case(horizon=20, tasks=tasks).build()
    assert empty_objective(problem) == -600
    assert evaluate(problem, make_plan([-1] * 4, [-1] * 4)).objective == -600


@given(case=cases)
@examples(150)
def test_every_legal_plan_is_worth_what_the_oracle_says(case: Case) -> None:
    problem, oracle = case.build(), Oracle(case)
    plan = greedy_plan(problem)
    assert evaluate(problem, plan).objective == oracle.value(*lists(plan))
    assert empty_objective(problem) == oracle.value([-1] * len(case.tasks), [-1] * len(case.tasks))
