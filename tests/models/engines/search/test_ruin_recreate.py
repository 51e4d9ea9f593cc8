"""The search: its one-agent programme against the textbook one, and what it makes of plans."""

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from models import Problem, evaluate, pinned_plan
from models.engines.pricing.programme import MOST_CELLS, programme
from models.engines.search.best_day import Day
from models.engines.search.construct import greedy_plan
from models.engines.search.neighbourhood import MOST_CANDIDATES, first_density, make_bench
from models.engines.search.ruin_recreate import Search
from models.engines.search.sequences import empty_sequences
from models.engines.search.wishes import Asked
from models.problem.arrays import arrays_of
from models.problem.builder import ProblemBuilder
from tests.models.case import Agent, Case, Task, lists
from tests.models.engines.pricing.test_programme import lawler_moore
from tests.models.oracle import Oracle
from tests.models.strategies import cases, contested_cases, examples, randoms


def alone(horizon: int, tasks: int = 0) -> Problem:
    agent = Agent(id="a", windows=((0, horizon),))
    return Case(horizon=horizon, agents=(agent,), tasks=tuple(Task(id=f"t{k}") for k in range(tasks))).build()


def day_of(horizon: int, jobs: list[tuple[int, int, int]]) -> tuple[Day, np.ndarray]:
    """Working memory holding jobs (duration, deadline, weight), and their order by deadline."""
    arrays = arrays_of(alone(horizon))
    day = make_bench(arrays, empty_sequences(arrays), first_density(arrays), seed=0).day
    for k, (grains, due, weight) in enumerate(jobs):
        day.grains[k], day.due[k], day.gain[k] = grains, due, weight
    return day, np.argsort([due for _, due, _ in jobs], kind="stable")


def choose(day: Day, order: np.ndarray, room: int) -> np.ndarray:
    """What the programme chooses: uncompiled, so that numpy watches over the ends of its tables."""
    uncompiled: Any = programme
    chosen = order.copy()
    count = uncompiled.py_func(day.memory, day.grains, day.due, day.gain, chosen, len(order), room)
    found: np.ndarray = chosen[:count]
    return found


@given(random=randoms)
@examples(200)
def test_the_programme_is_lawler_and_moores(random: Random) -> None:
    room = random.randint(5, 40)
    jobs = [
        (grains := random.randint(1, 9), random.randint(grains, max(grains, room)), random.randint(1, 50))
        for _ in range(random.randint(1, 10))
    ]
    jobs = [job for job in jobs if job[1] <= room] or [(1, room, 1)]
    day, order = day_of(room, jobs)
    chosen = [jobs[k] for k in choose(day, order, room)]
    assert sum(weight for _, _, weight in chosen) == lawler_moore(jobs)
    end = 0
    for grains, due, _ in chosen:
        end += grains
        assert end <= due


@pytest.mark.parametrize("room", [20_970, 41_942, 62_914, 1_000_000, 2**30])
def test_the_programmes_table_fits_its_memory(room: int) -> None:
    """The table of 400 jobs on a clock of 41,942 grains once ended 192 cells beyond its memory."""
    day, _ = day_of(5, [])
    for jobs in (1, 399, MOST_CANDIDATES):
        scale = 1 + jobs * (room + 1) // MOST_CELLS
        assert jobs * (room // scale + 1) <= len(day.memory.taken)


def test_the_programme_coarsens_its_clock_and_stays_feasible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.engines.pricing.programme.MOST_CELLS", 40)
    jobs = [(7, 20, 5), (9, 30, 6), (5, 11, 4), (8, 40, 7), (6, 40, 3)]
    day, order = day_of(40, jobs)
    end, worth = 0, 0
    for k in choose(day, order, 40):
        end, worth = end + jobs[k][0], worth + jobs[k][2]
        assert end <= jobs[k][1]
    assert 0 < worth <= lawler_moore(jobs)


@given(case=contested_cases)
@examples(60)
def test_search_only_ever_improves_a_plan(case: Case) -> None:
    problem, oracle = case.build(), Oracle(case)
    before = greedy_plan(problem)
    search = Search(problem, arrays_of(problem), before, seed=1)
    for _ in range(3):
        won = search.run(50)
        assert won >= -1e-6
        assert not oracle.broken(*lists(search.plan()))
    first, last = evaluate(problem, before).objective, evaluate(problem, search.plan()).objective
    # the search adds up unrounded gains where an agent's terms enter
    assert first - len(case.tasks) <= last <= oracle.optimum()


@given(case=contested_cases)
@examples(40)
def test_search_from_nothing_finds_legal_plans(case: Case) -> None:
    problem = case.build()
    search = Search(problem, arrays_of(problem), pinned_plan(problem), seed=5)
    search.run(100)
    assert not Oracle(case).broken(*lists(search.plan()))


@given(case=contested_cases, random=randoms)
@examples(60)
def test_search_only_ever_improves_a_plan_whatever_the_prices_of_tasks(case: Case, random: Random) -> None:
    problem = case.build()
    search = Search(problem, arrays_of(problem), greedy_plan(problem), seed=2)
    for _ in range(5):
        drawn = (np.array([random.uniform(0, 2_000) for _ in range(n)]) for n in (problem.n_tasks, problem.n_agents))
        search.follow(Asked(*drawn))
        before = search.value
        search.run(20)
        assert search.value >= before
        assert not Oracle(case).broken(*lists(search.plan()))


def test_an_agent_leaves_to_others_what_they_do_better() -> None:
    """The common work costs nearly what it is worth: who may do everything takes what nobody else can do."""
    builder = ProblemBuilder(60).agent("all", ["common", "rare"]).agent("one", ["common"])
    for k in range(6):
        builder.task(f"common {k}", "common", minutes=10.0, value=10.0)
        builder.task(f"rare {k}", "rare", minutes=10.0, value=9.0)
    problem = builder.build()
    arrays, nothing = arrays_of(problem), pinned_plan(problem)
    found: dict[float, list[float]] = {0.0: [], 950.0: []}
    for price, values in found.items():
        asked = Asked(np.where(arrays.requirement == arrays.requirement[0], price, 0.0), np.zeros(2))
        for seed in range(20):
            search = Search(problem, arrays, nothing, seed=seed)
            search.follow(asked)
            search.run(10)
            values.append(search.value)
    best = 6 * 1_000 + 6 * 900
    assert found[0.0][0] < found[950.0][0] == best
    assert 2 * found[0.0].count(best) < found[950.0].count(best)


@given(case=cases)
@examples(40)
def test_search_does_the_same_for_the_same_seed(case: Case) -> None:
    problem = case.build()
    if not case.agents:
        return
    plans = []
    for _ in range(2):
        search = Search(problem, arrays_of(problem), greedy_plan(problem), seed=7)
        search.run(40)
        plans.append(lists(search.plan()))
    assert plans[0] == plans[1]


def test_rows_grow_with_the_work() -> None:
    problem = alone(100, tasks=100)
    search = Search(problem, arrays_of(problem), pinned_plan(problem), seed=0)
    for _ in range(40):
        search.run(20)
    assert evaluate(problem, search.plan()).objective == 10_000
