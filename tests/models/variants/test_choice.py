"""Problems with a choice made: the same plans, but for those that keep to it."""

from random import Random

import numpy as np
from hypothesis import given

from models import Problem, certified_bound, done_by, done_by_nobody, evaluate, modes_of
from tests.models.bounds.test_certificate import random_prices
from tests.models.case import Case
from tests.models.oracle import Oracle
from tests.models.solving import solve
from tests.models.strategies import contested_cases, examples, randoms


def choices(problem: Problem, i: int) -> list[list[int]]:
    """Each agent who could be in time, any of them, nobody."""
    each = [a for a in np.unique(modes_of(problem, None, i).in_time().agent).tolist() if _has_room(problem, a)]
    return [*([a] for a in each), *([each] if each else []), []]


def _has_room(problem: Problem, agent: int) -> bool:
    return bool(problem.max_tasks[agent] > problem.pinned_count[agent])


def fixed(problem: Problem, i: int, agents: list[int]) -> Problem:
    return done_by(problem, i, np.array(agents, np.int64)) if agents else done_by_nobody(problem, i)


@given(case=contested_cases, random=randoms)
@examples(40)
def test_the_best_plan_with_the_choice_is_found_and_keeps_it(case: Case, random: Random) -> None:
    problem, oracle = case.build(), Oracle(case)
    free = np.flatnonzero(problem.free)
    if not len(free):
        return
    i = int(random.choice(free.tolist()))
    for agents in choices(problem, i):
        found = solve("exact", fixed(problem, i, agents))
        assert found.plan.agent[i] in (agents or [-1])
        assert evaluate(problem, found.plan).objective == found.objective == oracle.optimum_with(i, agents)


@given(case=contested_cases, random=randoms)
@examples(100)
def test_prices_bound_every_plan_with_the_choice(case: Case, random: Random) -> None:
    problem, oracle = case.build(), Oracle(case)
    for i in np.flatnonzero(problem.free).tolist():
        for agents in choices(problem, i):
            assert certified_bound(fixed(problem, i, agents), random_prices(random, case)) >= oracle.optimum_with(
                i, agents
            )


@given(case=contested_cases)
@examples(50)
def test_only_the_chosen_are_allowed_and_pairs_stay(case: Case) -> None:
    problem = case.build()
    for i in np.flatnonzero(problem.free).tolist():
        for agents in choices(problem, i):
            changed = fixed(problem, i, agents)
            assert changed.allowed_agents(i).tolist() == agents
            rest = np.flatnonzero(np.arange(problem.n_tasks) != i)
            for j in rest.tolist():
                assert changed.allowed_agents(j).tolist() == problem.allowed_agents(j).tolist()
            ours = changed.allowed_agents(i)
            same = np.full(len(ours), i)
            assert changed.durations(same, ours).tolist() == problem.durations(same, ours).tolist()
