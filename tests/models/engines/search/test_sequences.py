"""Sequences of a plan's work: their times, loads and values against ones worked out by hand, and their room."""

import numpy as np
from hypothesis import given

from models import evaluate, pinned_plan
from models.engines.search.construct import greedy_plan
from models.engines.search.sequences import (
    DUE,
    EARLIEST,
    GRAINS,
    LATEST,
    START,
    TASK,
    empty_sequences,
    full,
    longer,
    plan_of,
    sequences_of,
)
from models.problem.arrays import arrays_of
from tests.models.case import Agent, Case, Task
from tests.models.strategies import contested_cases, examples


@given(case=contested_cases)
@examples(60)
def test_a_plan_in_sequences_keeps_its_order_and_is_no_later_and_worth_no_less(case: Case) -> None:
    problem = case.build()
    plan = greedy_plan(problem)
    sequences = sequences_of(problem, arrays_of(problem), plan)
    again = plan_of(problem, sequences)
    assert (again.agent == plan.agent).all()
    assert (again.start <= plan.start).all()
    assert evaluate(problem, again).objective >= evaluate(problem, plan).objective


@given(case=contested_cases)
@examples(60)
def test_starts_and_latest_starts_are_those_of_the_definition(case: Case) -> None:
    problem = case.build()
    arrays = arrays_of(problem)
    sequences = sequences_of(problem, arrays, greedy_plan(problem))
    for a, count in enumerate(sequences.count):
        row = sequences.job[a, :count].astype(int)
        clock, latest = int(arrays.base[a]), []
        for job in row:
            assert job[START] == max(clock, job[EARLIEST])
            clock = job[START] + job[GRAINS]
            assert clock <= job[DUE]
        for job in row[::-1]:
            latest.append(min([int(job[DUE]), *latest[-1:]]) - job[GRAINS])
        assert row[:, LATEST].tolist() == latest[::-1]
        assert sequences.load[a] == row[:, GRAINS].sum()
        assert (sequences.agent_of[row[:, TASK]] == a).all()
    assert (sequences.agent_of >= 0).sum() == sequences.count.sum()


def test_values_of_the_sequences_add_up_to_what_the_plan_adds() -> None:
    agents = (Agent(id="a", windows=((0, 50),)), Agent(id="b", windows=((0, 30),)))
    problem = Case(horizon=60, agents=agents, tasks=tuple(Task(id=f"t{k}", minutes="10") for k in range(9))).build()
    plan = greedy_plan(problem)
    sequences = sequences_of(problem, arrays_of(problem), plan)
    assert sequences.count.sum() == 8
    gained = evaluate(problem, plan).objective - evaluate(problem, pinned_plan(problem)).objective
    assert sequences.value.sum() == gained


def test_room_is_doubled_and_nothing_in_it_is_lost() -> None:
    problem = Case(
        horizon=60, agents=(Agent(id="a", windows=((0, 60),)),), tasks=tuple(Task(id=f"t{k}") for k in range(40))
    ).build()
    arrays = arrays_of(problem)
    assert not full(empty_sequences(arrays, 1))
    sequences = sequences_of(problem, arrays, greedy_plan(problem), more=1)
    assert not full(sequences)
    tight = sequences._replace(job=sequences.job[:, :40])
    assert full(tight)
    roomy = longer(tight)
    assert roomy.job.shape[1] == 80
    assert not full(roomy)
    assert (plan_of(problem, roomy).start == plan_of(problem, sequences).start).all()
    assert (np.asarray(roomy.count) == 40).all()
