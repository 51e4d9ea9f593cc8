"""Bounds proved by prices of tasks and each agent's best work: never below the optimum, and exact for one agent."""

from dataclasses import replace
from itertools import chain, combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given

from models import Prices, Problem, certified_bound, certified_by_task_prices
from models.bounds.certificate import UNIT_BITS, task_surplus
from models.bounds.task_prices import Alone, best_of, jobs_of
from tests.models.bounds.test_certificate import ANN, free_prices, prices_of, random_prices
from tests.models.case import Agent, Case, Pair, Task
from tests.models.oracle import Oracle
from tests.models.strategies import cases, contested_cases, examples, randoms


def time_prices(problem: Problem, *hundredths: int) -> Prices:
    """Nothing for agents' time, and so much for each task."""
    return replace(free_prices(problem), task=np.array(hundredths, np.int64) << UNIT_BITS)


def go_on() -> bool:
    """Nobody asks to stop."""
    return False


def random_task_prices(random: Random, case: Case) -> Prices:
    """Prices anybody might come with."""
    level = random.choice([0, 1, 2**20, 2**28, 2**31])
    asked = [random.choice([0, random.randint(0, level)]) for _ in case.tasks]
    return replace(random_prices(random, case), task=np.array(asked, np.int64))


@given(case=contested_cases, random=randoms)
@examples(150)
def test_any_prices_of_tasks_prove_a_bound(case: Case, random: Random) -> None:
    assert certified_by_task_prices(case.build(), random_task_prices(random, case)) >= Oracle(case).optimum()


@given(case=cases, random=randoms)
@examples(150)
def test_any_prices_of_tasks_prove_a_bound_with_nobody_or_nothing_to_do_too(case: Case, random: Random) -> None:
    assert certified_by_task_prices(case.build(), random_task_prices(random, case)) >= Oracle(case).optimum()


@given(case=contested_cases, random=randoms)
@examples(150)
def test_what_tasks_keep_at_agents_prices_proves_no_more_than_those(case: Case, random: Random) -> None:
    problem, prices = case.build(), random_prices(random, case)
    kept = replace(prices, task=task_surplus(problem, prices))
    assert certified_by_task_prices(problem, kept) <= certified_bound(problem, prices)


@given(random=randoms)
@examples(100)
def test_what_an_agent_earns_alone_is_the_best_of_all_sets(random: Random) -> None:
    count = random.randint(0, 7)
    due = np.array([random.randint(1, 12) for _ in range(count)], np.int32)
    grains = np.array([random.randint(1, int(d)) for d in due], np.int32)
    unit = random.choice([1, 1000, 2**40])
    margin = np.array([unit * random.randint(-2, 9) + random.randrange(unit) for _ in range(count)], np.int64)

    def kept(rows: tuple[int, ...]) -> bool:
        return all(sum(grains[k] for k in rows if due[k] <= due[j]) <= due[j] for j in rows)

    sets = chain.from_iterable(combinations(range(count), n) for n in range(count + 1))
    best = max(sum(int(margin[k]) for k in rows) for rows in sets if kept(rows))
    assert best_of(grains, due, margin) == best


@given(case=contested_cases, random=randoms)
@examples(150)
def test_an_agent_earns_the_same_whichever_prices_of_time_tell_what_could_be_in_its_best_set(
    case: Case, random: Random
) -> None:
    problem, prices = case.build(), random_task_prices(random, case)
    of_all = replace(free_prices(problem), task=prices.task, fee=prices.fee)
    earned, short = Alone(problem).earned(prices, go_on)
    assert earned.tolist() == Alone(problem).earned(of_all, go_on)[0].tolist()
    assert (short >= 0).all()


@given(case=contested_cases, random=randoms)
@examples(30)
def test_any_number_of_threads_finds_the_same(case: Case, random: Random) -> None:
    problem, prices = case.build(), random_task_prices(random, case)
    one = Alone(problem).earned(prices, go_on)
    jobs = Alone(problem).all_jobs()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.bounds.task_prices._PAIRS_OF_A_THREAD", 1)
        patch.setattr("models.bounds.task_prices.AGENTS_AT_ONCE", 1)
        for workers in (2, 3, 8):
            alone = Alone(problem)
            assert np.array_equal(alone.earned(prices, go_on, workers), one)
            found = alone.all_jobs(workers=workers)
            assert all(np.array_equal(column, other) for column, other in zip(found, jobs, strict=True))
            assert alone.earned(prices, lambda: True, workers) is None or problem.n_agents == 0


@given(case=contested_cases, random=randoms)
@examples(60)
def test_an_agent_whose_table_is_too_large_earns_what_its_time_and_jobs_keep(case: Case, random: Random) -> None:
    problem, prices = case.build(), random_task_prices(random, case)
    exactly = certified_by_task_prices(problem, prices)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.bounds.task_prices.MOST_CELLS_EACH", 0)
        assert certified_by_task_prices(problem, prices) >= exactly


@given(case=contested_cases, random=randoms)
@examples(60)
def test_jobs_within_reach_are_those_that_keep_more_than_that(case: Case, random: Random) -> None:
    problem, prices = case.build(), replace(random_prices(random, case), task=None)
    alone, far = Alone(problem), np.full(problem.n_agents, 2**60)
    everything, nothing = alone.jobs(prices, far, 10**9), alone.jobs(prices, -far, 0)
    assert [c.tolist() for c in everything] == [c.tolist() for c in alone.all_jobs()]
    assert len(nothing.task) == 0
    some = [alone.all_jobs(3) for _ in range(2)]
    assert [c.tolist() for c in some[0]] == [c.tolist() for c in some[1]]
    assert len(some[0].task) <= len(everything.task)


def test_who_asks_to_stop_gets_no_bound() -> None:
    problem = Case(horizon=10, agents=(ANN,), tasks=(Task(id="t"),)).build()
    assert certified_by_task_prices(problem, time_prices(problem, 0), stop=lambda: True) is None


def test_prices_of_time_that_rise_are_refused() -> None:
    problem = Case(horizon=10, agents=(ANN,), tasks=(Task(id="t"),)).build()
    prices = replace(prices_of([0, 5], [[1, 2]]), task=np.zeros(1, np.int64))
    with pytest.raises(ValueError, match="never rise"):
        certified_by_task_prices(problem, prices)


def test_whole_tasks_bound_one_agent_exactly() -> None:
    tasks = tuple(Task(id=x, minutes="6", value="6") for x in "st")
    problem = Case(horizon=10, agents=(ANN,), tasks=tasks).build()
    assert certified_by_task_prices(problem, time_prices(problem, 0, 0)) == 600
    assert certified_bound(problem, prices_of([0], [[100 << UNIT_BITS]])) == 1000  # agents' time by the grain


def test_a_task_that_two_could_do_is_paid_for_once_by_its_price() -> None:
    agents = tuple(Agent(id=x, windows=((0, 6),)) for x in "ab")
    problem = Case(horizon=6, agents=agents, tasks=(Task(id="t", minutes="6", value="6"),)).build()
    assert certified_by_task_prices(problem, time_prices(problem, 0)) == 1200
    assert certified_by_task_prices(problem, time_prices(problem, 600)) == 600
    assert certified_by_task_prices(problem, time_prices(problem, 700)) == 700


def test_bounds_are_rounded_up() -> None:
    problem = Case(horizon=10, agents=(ANN,), tasks=(Task(id="t", minutes="3", value="1"),)).build()
    prices = replace(free_prices(problem), task=np.array([(100 << UNIT_BITS) + 1]))
    assert certified_by_task_prices(problem, prices) == 101


def test_those_who_may_take_no_more_earn_nothing() -> None:
    agent = Agent(id="ann", windows=((0, 10),), max_tasks=0)
    problem = Case(horizon=10, agents=(agent,), tasks=(Task(id="t", value="5"),)).build()
    assert certified_by_task_prices(problem, time_prices(problem, 0)) == 0


def test_started_work_is_no_choice() -> None:
    tasks = (Task(id="s", minutes="3", value="5", started_by="ann"), Task(id="t", minutes="8", value="5"))
    problem = Case(horizon=10, agents=(ANN,), tasks=tasks).build()
    assert certified_by_task_prices(problem, time_prices(problem, 900, 0)) == 500


def test_excluded_and_hopeless_pairs_are_no_jobs() -> None:
    pairs = (Pair(task="s", agent="ann", allowed=False), Pair(task="u", agent="ann", minutes="4", bonus="2"))
    tasks = (Task(id="s"), Task(id="t", minutes="11"), Task(id="u"), Task(id="w", value="0"))
    jobs = jobs_of(Case(horizon=10, agents=(ANN,), tasks=tasks, pairs=pairs).build())
    assert (jobs.task.tolist(), jobs.grains.tolist(), jobs.due.tolist(), jobs.gain.tolist()) == ([2], [4], [10], [300])


@pytest.mark.parametrize("task", [None, [-1]])
def test_prices_that_prove_nothing_are_refused(task: list[int] | None) -> None:
    problem = Case(horizon=10, agents=(ANN,), tasks=(Task(id="t"),)).build()
    prices = replace(free_prices(problem), task=None if task is None else np.array(task))
    with pytest.raises(ValueError, match="must not be negative"):
        certified_by_task_prices(problem, prices)


def test_values_too_large_for_the_sum_prove_nothing() -> None:
    problem = Case(horizon=10, agents=(ANN,), tasks=(Task(id="t", value="3e10"),)).build()
    assert certified_by_task_prices(problem, time_prices(problem, 0)) is None
