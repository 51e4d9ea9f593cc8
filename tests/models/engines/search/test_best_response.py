"""Best response: no agent loses by it, and in the end nobody could do better alone."""

import time
from dataclasses import replace

import numpy as np
from hypothesis import given

from models import Limits, Problem, evaluate, pinned_plan
from models.engines.search.best_response import BestResponse
from models.engines.search.construct import greedy_plan
from models.engines.search.neighbourhood import best_density
from models.engines.search.sequences import plan_of, sequences_of
from models.plans.limits import UNLIMITED
from models.plans.plan import Plan
from models.problem.arrays import arrays_of
from models.variants.fixing import obliging, preferring
from tests.models.case import Agent, Case, Task, lists
from tests.models.oracle import Oracle
from tests.models.strategies import cases, contested_cases, examples


def swept(problem: Problem, plan: Plan, sweeps: int = 1, limits: Limits = UNLIMITED, seed: int = 0) -> Plan:
    A = arrays_of(problem)
    sequences, response = sequences_of(problem, A, plan), BestResponse(A, best_density(A), seed)
    for _ in range(sweeps):
        before = float(sequences.value.sum())
        sequences, won = response.sweep(sequences, limits)
        assert won >= 0
        assert abs(float(sequences.value.sum()) - before - won) < 1e-3
    return plan_of(problem, sequences)


@given(case=contested_cases)
@examples(100)
def test_a_sweep_never_loses_and_keeps_all_rules(case: Case) -> None:
    problem, oracle = case.build(), Oracle(case)
    for before in (greedy_plan(problem), pinned_plan(problem)):
        after = swept(problem, before, sweeps=3)
        assert not oracle.broken(*lists(after))
        first, last = evaluate(problem, before).objective, evaluate(problem, after).objective
        # rows add up unrounded gains where an agent's terms enter
        assert first - len(case.tasks) <= last <= oracle.optimum()


@given(case=cases)
@examples(60)
def test_what_should_stay_is_worth_more_in_a_sweep_as_well(case: Case) -> None:
    problem = case.build()
    kept = greedy_plan(problem)
    calm = preferring(problem, kept.agent, 1_000_000)
    after = swept(calm, kept, sweeps=2)
    assert not Oracle(case).broken(*lists(after))
    stays = (kept.agent >= 0) & problem.free
    assert int((after.agent == kept.agent)[stays].sum()) == int(stays.sum())


@given(case=cases)
@examples(40)
def test_the_same_seed_does_the_same(case: Case) -> None:
    problem = case.build()
    first, second = (swept(problem, pinned_plan(problem), sweeps=2, seed=3) for _ in range(2))
    assert lists(first) == lists(second)


def alone(tasks: tuple[Task, ...], max_tasks: int | None = None) -> Case:
    return Case(horizon=20, agents=(Agent(id="a", windows=((0, 20),), max_tasks=max_tasks),), tasks=tasks)


def test_one_agent_alone_gets_its_best_day() -> None:
    """Greedy takes the dense task and leaves no room for the other two."""
    tasks = (Task(id="dense", minutes="11", value="12"), *(Task(id=f"t{k}", minutes="10", value="10") for k in (1, 2)))
    problem = alone(tasks).build()
    assert evaluate(problem, swept(problem, pinned_plan(problem))).objective == 2_000


def test_few_tasks_are_the_ones_worth_most() -> None:
    """Without a fee for each task, the programme would choose the many small ones."""
    small = tuple(Task(id=f"s{k}", minutes="2", value="3") for k in range(10))
    large = tuple(Task(id=f"l{k}", minutes="10", value="12") for k in range(2))
    problem = alone((*small, *large), max_tasks=2).build()
    assert evaluate(problem, swept(problem, pinned_plan(problem))).objective == 2_400


def test_what_must_be_done_stays() -> None:
    must = Task(id="must", minutes="15", value="1")
    other = Task(id="other", minutes="10", value="100")
    problem = alone((must, other)).build()
    fixed = np.array([0, -1], np.int32)
    problem = obliging(replace(problem, fixed_agent=fixed))
    plan = swept(problem, pinned_plan(problem))
    assert lists(plan)[0] == [0, -1]


def test_a_sweep_ends_with_the_limits() -> None:
    problem = alone((Task(id="t"),)).build()
    late = Limits(deadline=time.monotonic() - 1)
    assert lists(swept(problem, pinned_plan(problem), limits=late)) == lists(pinned_plan(problem))
