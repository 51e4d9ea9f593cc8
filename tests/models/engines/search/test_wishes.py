"""What agents wish, what they lack of it, and a search that looks where something is lacking."""

from random import Random

import numpy as np
import pytest
from hypothesis import given

from models import Plan, Prices, Problem, evaluate
from models.bounds.certificate import UNIT_BITS
from models.bounds.task_prices import Alone
from models.engines.search.ruin_recreate import Search
from models.engines.search.sequences import sequences_of
from models.engines.search.wishes import Asked, lacking, no_wishes, wishes_of
from models.problem.arrays import arrays_of
from models.problem.modes import count_modes
from tests.models.case import Agent, Case, Pair, Task, make_plan
from tests.models.strategies import cases, contested_cases, examples, randoms


def asked_of(problem: Problem, random: Random) -> Asked:
    """Prices and fees drawn by lot, in whole hundredths."""
    sizes = (problem.n_tasks, problem.n_agents)
    return Asked(*(np.array([float(random.randint(0, 900)) for _ in range(size)]) for size in sizes))


@given(case=contested_cases, random=randoms)
@examples(60)
def test_what_is_wished_earns_as_much_as_an_agent_can_alone(case: Case, random: Random) -> None:
    """The bound's programme says how much that is, from the same jobs."""
    problem = case.build()
    asked = asked_of(problem, random)
    task, fee = (np.rint(hundredths * 2.0**UNIT_BITS).astype(np.int64) for hundredths in asked)
    prices = Prices(edges=np.zeros(1, np.int64), price=np.zeros((problem.n_agents, 1), np.int64), fee=fee, task=task)
    found = Alone(problem).earned(prices, lambda: False)
    assert found is not None
    wished = wishes_of(problem, arrays_of(problem), asked)
    assert wished.earned == pytest.approx(found[0] / 2.0**UNIT_BITS, abs=1e-6)
    assert not wished.earned[np.diff(wished.first) == 0].any()


@given(case=cases, random=randoms)
@examples(60)
def test_nobody_lacks_less_than_nothing_and_idle_agents_lack_all_that_they_wish(case: Case, random: Random) -> None:
    problem = case.build()
    arrays, asked = arrays_of(problem), asked_of(problem, random)
    wished = wishes_of(problem, arrays, asked)
    nobody = np.full(problem.n_tasks, -1, np.int32)
    assert np.array_equal(lacking(wished, asked, nobody, np.zeros(problem.n_agents)), wished.earned)
    assert (lacking(wished, asked, nobody, wished.earned + 1) == 0).all()


def requested_elsewhere(agents: int) -> tuple[Problem, Plan]:
    """Each of many agents has one task and time for no more; the first and the last have each other's."""
    people = tuple(Agent(id=f"a{k}", windows=((0, 10),)) for k in range(agents))
    tasks = tuple(Task(id=f"t{k}", minutes="10", value="5") for k in range(agents))
    better = (Pair(task="t0", agent=f"a{agents - 1}", bonus="1"), Pair(task=f"t{agents - 1}", agent="a0", bonus="1"))
    problem = Case(horizon=10, agents=people, tasks=tasks, pairs=better).build()
    return problem, make_plan(list(range(agents)), [0] * agents)


def test_moves_bring_together_who_wishes_a_task_and_who_has_it() -> None:
    """Only one pair of 150 agents has something to exchange: 100 moves find it by wishes, and not by chance."""
    problem, plan = requested_elsewhere(150)
    arrays = arrays_of(problem)
    price = np.full(problem.n_tasks, 450.0)
    price[[0, -1]] = 550.0
    gained = []
    for asked in (None, Asked(price, np.zeros(problem.n_agents))):
        search = Search(problem, arrays, plan, seed=1)
        if asked is not None:
            search.follow(asked)
        search.run(100)
        gained.append(evaluate(problem, search.plan()).objective - evaluate(problem, plan).objective)
    assert gained == [0, 200]


@given(case=contested_cases, random=randoms)
@examples(30)
def test_where_there_is_much_to_choose_from_wishes_are_of_some_of_it(case: Case, random: Random) -> None:
    problem = case.build()
    arrays, asked = arrays_of(problem), asked_of(problem, random)
    wished = wishes_of(problem, arrays, asked)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.engines.search.wishes._MOST_JOBS", 3)
        some = wishes_of(problem, arrays, asked)
    assert (some.earned <= wished.earned + 1e-6).all()
    assert len(some.earned) == len(some.first) - 1 == problem.n_agents


def test_of_many_tasks_of_a_kind_every_other_one_can_be_wished(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = tuple(Task(id=f"t{k}", minutes="1", value="5") for k in range(8))
    problem = Case(horizon=10, agents=(Agent(id="a", windows=((0, 10),)),), tasks=tasks).build()
    arrays, asked = arrays_of(problem), Asked(np.zeros(8), np.zeros(1))
    assert len(wishes_of(problem, arrays, asked).task) == 8
    monkeypatch.setattr("models.engines.search.wishes._MOST_JOBS", count_modes(arrays) // 2)
    assert wishes_of(problem, arrays, asked).task.tolist() == [0, 2, 4, 6]


def test_nothing_is_wished_where_there_is_too_much_to_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    problem, plan = requested_elsewhere(3)
    arrays, asked = arrays_of(problem), Asked(np.zeros(3), np.zeros(3))
    assert len(wishes_of(problem, arrays, asked).task) == 3
    monkeypatch.setattr("models.bounds.task_prices._LARGEST", 1.0)
    nothing = wishes_of(problem, arrays, asked)
    assert nothing.first.tolist() == no_wishes(3).first.tolist() == [0, 0, 0, 0]
    sequences = sequences_of(problem, arrays, plan)
    assert not lacking(nothing, asked, sequences.agent_of, sequences.value).any()
