"""What having somebody do a task can lose at most: never less than it does lose."""

import numpy as np
from hypothesis import given

from models import modes_of, most_lost
from tests.models.case import Agent, Case, Task
from tests.models.oracle import Oracle
from tests.models.strategies import contested_cases, examples


@given(case=contested_cases)
@examples(150)
def test_no_best_plan_loses_more(case: Case) -> None:
    problem, oracle = case.build(), Oracle(case)
    for i in np.flatnonzero(problem.free).tolist():
        for a in np.unique(modes_of(problem, None, i).in_time().agent).tolist():
            if problem.max_tasks[a] > problem.pinned_count[a]:
                assert 0 <= oracle.optimum() - oracle.optimum_with(i, [a]) <= most_lost(problem, i, a)


def test_it_is_the_average_of_a_day_and_not_the_day():
    work = tuple(Task(id=f"t{k}", minutes="10", value="10") for k in range(12))
    case = Case(
        horizon=100,
        agents=(Agent(id="a", windows=((0, 100),)),),
        tasks=(*work, Task(id="extra", minutes="10", value="1")),
    )
    # ten windows; each task may lie across two of them
    assert most_lost(case.build(), 12, 0) == 2 * 1000 + 1
