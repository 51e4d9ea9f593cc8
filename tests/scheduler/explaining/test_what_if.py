"""What a choice loses of the whole plan: what a fresh solve with that choice fixed says."""

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from models import Limits, Outcome, Plan, Problem, Threads, check, evaluate, fix, modes_of
from models.engines import go_on
from scheduler.explaining.what_if import Choice, Comparison, Loss, Standpoint, compare
from scheduler.workers import opened_workers, workers_of
from tests.models.bounds.test_certificate import random_prices
from tests.models.case import Agent, Case, Task
from tests.models.oracle import Oracle
from tests.models.solving import cut_short, solve
from tests.models.strategies import contested_cases, examples, randoms

pytestmark = pytest.mark.slow

ALONE = Agent(id="ann", windows=((0, 10),))


def all_choices(problem: Problem, task: int, plan: Plan) -> list[Choice]:
    """Every agent but the holder who could do it, and the opposite of what the plan does."""
    holder = int(plan.agent[task])
    able = [a for a in np.unique(modes_of(problem, None, task).in_time().agent).tolist() if _room(problem, a)]
    other = [Choice(done=holder < 0)] if able or holder >= 0 else []
    return [Choice(done=True, agent=a) for a in able if a != holder] + other


def _room(problem: Problem, agent: int) -> bool:
    return bool(problem.max_tasks[agent] > problem.pinned_count[agent])


def drawn(case: Case, random: Random) -> tuple[Standpoint, int] | None:
    """A plan of the case that need not be the best, and a task to ask about."""
    problem = case.build()
    free = np.flatnonzero(problem.free)
    if not len(free):
        return None
    found = solve("greedy", problem)
    prices = random.choice([found.prices, random_prices(random, case)])
    at = Standpoint(problem=problem, plan=found.plan, prices=prices, bound=found.bound)
    return at, int(random.choice(free.tolist()))


def tried(at: Standpoint, task: int) -> Comparison:
    with cut_short():
        return compare(at, task, all_choices(at.problem, task, at.plan), Limits(effort=1))


def true_loss(case: Case, task: int, choice: Choice) -> int:
    """What the choice loses, by brute force."""
    oracle = Oracle(case)
    everybody = range(len(case.agents))
    agents = [] if not choice.done else everybody if choice.agent is None else [choice.agent]
    return oracle.optimum() - oracle.optimum_with(task, agents)


@given(case=contested_cases, random=randoms)
@examples(40)
def test_the_loss_is_that_of_a_fresh_solve(case: Case, random: Random) -> None:
    question = drawn(case, random)
    if question is None:
        return
    found = tried(*question)
    assert found.whole
    assert found.objective == Oracle(case).optimum()
    for loss in found.losses:
        assert loss.amount == loss.least == loss.most == true_loss(case, question[1], loss.choice)


@given(case=contested_cases, random=randoms)
@examples(40)
def test_in_a_part_of_the_problem_the_range_holds_and_so_does_the_choice(case: Case, random: Random) -> None:
    question = drawn(case, random)
    if question is None:
        return
    at, task = question
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.engines.fits_whole_model", lambda problem: False)
        patch.setattr("scheduler.explaining.neighbourhood._MOST_AGENTS", random.choice([1, 2, 9]))
        found = tried(at, task)
    assert not found.whole
    assert found.objective >= evaluate(at.problem, at.plan).objective
    for loss in found.losses:
        assert 0 <= loss.least <= true_loss(case, task, loss.choice) <= loss.most
        assert loss.least <= loss.amount <= loss.most
        assert check(at.problem, loss.plan).ok
        assert (loss.plan.agent[task] >= 0) == loss.choice.done
        assert loss.choice.agent in (None, loss.plan.agent[task])


def asked() -> tuple[Standpoint, list[Choice]]:
    """Where three people have nine tasks between them, and choices for the first of these."""
    tasks = tuple(Task(id=f"t{n}", minutes=str(2 + n % 3), value=str(4 + n % 5)) for n in range(9))
    people = tuple(Agent(id=name, windows=((0, 10 + n),)) for n, name in enumerate("abc"))
    problem = Case(horizon=12, agents=people, tasks=tasks).build()
    found = solve("greedy", problem)
    at = Standpoint(problem=problem, plan=found.plan, prices=found.prices, bound=found.bound)
    return at, all_choices(problem, 0, at.plan)


@pytest.mark.parametrize(
    ("whole", "above", "of_agents", "improved"),
    [
        (False, 1, True, True),
        (False, 1_000_000, True, False),  # making room proves less than any bound that could be found
        (False, 1, False, False),
        (False, None, True, False),
        (True, 1, True, False),
    ],
)
def test_the_whole_plan_is_improved_where_that_can_narrow_a_range(
    whole: bool, above: int | None, of_agents: bool, improved: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, choices = asked()
    monkeypatch.setattr("models.engines.fits_whole_model", lambda problem: whole)
    starts: list[Plan] = []

    def noted(problem: Problem, limits: Limits, start: Plan, *rest: Any) -> Outcome:
        starts.append(start)
        return go_on(problem, limits, start, *rest)

    monkeypatch.setattr("models.engines.go_on", noted)
    at = replace(at, bound=None if above is None else evaluate(at.problem, at.plan).objective + above)
    compare(at, 0, [choice for choice in choices if (choice.agent is not None) == of_agents], Limits(effort=1))
    assert starts == [at.plan] * improved


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("workers", [2, "processes:2"])
def test_the_same_whoever_plans_again(workers: int | str, whole: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.engines.fits_whole_model", lambda problem: whole)
    at, choices = asked()
    assert len(choices) > 2
    with opened_workers(workers_of(workers)) as executor:
        one, other = (compare(at, 0, choices, Limits(effort=1, executor=each)) for each in (Threads(1), executor))
    assert [told(loss) for loss in one.losses] == [told(loss) for loss in other.losses]
    assert (one.objective, one.bound) == (other.objective, other.bound)


def told(loss: Loss) -> tuple[object, ...]:
    return (loss.choice, loss.amount, loss.least, loss.most, loss.plan.agent.tolist(), loss.plan.start.tolist())


def test_what_must_be_done_stays_done_or_the_choice_cannot_be():
    case = Case(
        horizon=10,
        agents=(ALONE,),
        tasks=(
            Task(id="must", minutes="6", value="1", expires=10),
            Task(id="fits", minutes="4", value="9"),
            Task(id="long", minutes="5", value="9"),
        ),
    )
    problem = fix(case.build(), [0], [0])
    plan = Plan(agent=np.array([0, -1, -1], np.int32), start=np.array([0, -1, -1], np.int64))
    at = Standpoint(problem=problem, plan=plan, prices=None, bound=None)
    for fits in tried(at, 1).losses:
        assert fits.plan.agent.tolist() == [0, 0, -1]
        assert (fits.amount, fits.least, fits.most) == (0, 0, 0)
    assert tried(at, 2).losses == ()


def test_with_a_clock_it_ends():
    case = Case(horizon=10, agents=(ALONE,), tasks=(Task(id="a", minutes="9", value="2"), Task(id="b", minutes="9")))
    problem = case.build()
    plan = solve("exact", problem).plan
    at = Standpoint(problem=problem, plan=plan, prices=None, bound=None)
    found = compare(at, 1, [Choice(done=True)], Limits(deadline=0.0))
    assert found.losses[0].amount == 100
