"""Parts of a plan: everybody and all work once, an agent's work with it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models import Plan, evaluate
from models.engines.search.construct import greedy_plan
from models.engines.search.parts import how_many_parts, split
from models.problem.arrays import arrays_of
from tests.models.case import Case
from tests.models.engines.test_exact import crowd
from tests.models.strategies import contested_cases, examples


@given(case=contested_cases, parts=st.integers(1, 3), seed=st.integers(0, 9))
@examples(60)
def test_everybody_and_all_work_is_in_one_part_and_put_back_as_it_was(case: Case, parts: int, seed: int) -> None:
    problem = case.build()
    plan = greedy_plan(problem)
    excerpts = split(
        problem, arrays_of(problem), plan, min(parts, max(1, problem.n_agents)), np.random.default_rng(seed)
    )
    assert sorted(np.concatenate([part.agents for part in excerpts]).tolist()) == list(range(problem.n_agents))
    assert sorted(np.concatenate([part.tasks for part in excerpts]).tolist()) == list(range(problem.n_tasks))
    again = Plan(agent=np.full(problem.n_tasks, -1, np.int32), start=np.full(problem.n_tasks, -1, np.int64))
    for part in excerpts:
        again = part.put_back(again, part.part_of(plan))
    assert evaluate(problem, again).objective == evaluate(problem, plan).objective


def test_parts_are_about_as_large_and_differ_each_time() -> None:
    problem = crowd(100, 10)
    A, plan, random = arrays_of(problem), greedy_plan(problem), np.random.default_rng(1)
    first, second = (split(problem, A, plan, 3, random) for _ in range(2))
    assert sorted(len(part.agents) for part in first) == [3, 3, 4]
    assert [part.agents.tolist() for part in first] != [part.agents.tolist() for part in second]


def test_how_many_there_are_follows_from_the_problem() -> None:
    assert how_many_parts(crowd(10, 2)) == 1
    assert how_many_parts(crowd(10, 250)) == 2
