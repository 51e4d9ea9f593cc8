"""Who takes part in a move and which work it looks at; uncompiled, so that numpy watches the ends of its tables."""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from models import Problem, pinned_plan
from models.engines.search import neighbourhood
from models.engines.search.construct import greedy_plan
from models.engines.search.neighbourhood import Bench, Pool, best_density, first_density, make_bench, make_pool
from models.engines.search.sequences import Sequences, sequences_of
from models.engines.search.wishes import Asked, Wishes, no_wishes, wishes_of
from models.problem.arrays import Arrays, arrays_of, links_of
from models.problem.builder import ProblemBuilder
from tests.models.case import Case
from tests.models.strategies import cases, examples, randoms

INNER = ("draw", "_related", "_join", "_add", "put_in_order")


@pytest.fixture(scope="module", autouse=True)
def _uncompiled() -> Any:
    with pytest.MonkeyPatch.context() as patch, np.errstate(over="ignore"):
        for name in INNER:
            loop: Any = getattr(neighbourhood, name)
            patch.setattr(neighbourhood, name, loop.py_func)
        yield


choose_agents: Callable[..., int] = neighbourhood.choose_agents.py_func  # type: ignore[attr-defined]
collect: Callable[..., int] = neighbourhood.collect.py_func  # type: ignore[attr-defined]


def room_of(
    problem: Problem, full: bool, wishes: Wishes, who_lacks: list[int]
) -> tuple[Arrays, Sequences, Pool, Bench]:
    """Everything a move begins with: from a greedy plan, or from nothing."""
    arrays = arrays_of(problem)
    sequences = sequences_of(problem, arrays, greedy_plan(problem) if full else pinned_plan(problem))
    links = links_of(arrays)
    pool = make_pool(arrays, sequences, best_density(arrays), links, wishes, np.array(who_lacks, np.int64))
    return arrays, sequences, pool, make_bench(arrays, sequences, first_density(arrays), seed=3)


@given(case=cases, random=randoms)
@examples(60)
def test_agents_of_a_move_differ_and_its_work_is_theirs_or_nobodys(case: Case, random: Random) -> None:
    problem = case.build()
    arrays = arrays_of(problem)
    prices = np.array([random.uniform(0, 2_000) for _ in range(problem.n_tasks)])
    wishes = wishes_of(problem, arrays, Asked(prices, np.zeros(problem.n_agents)))
    lacking = [random.randrange(problem.n_agents) for _ in range(3)] if problem.n_agents else []
    arrays, sequences, pool, bench = room_of(problem, random.random() < 0.7, wishes, lacking)
    most, density = random.randint(1, 6), best_density(arrays)
    for _ in range(5):
        q = choose_agents(arrays, sequences, pool, bench, most)
        agents = bench.agents[:q].tolist()
        assert (q > 0) == (problem.n_agents > 0)
        assert len(set(agents)) == q <= most
        if q == 0:
            continue
        n = collect(arrays, sequences, pool, bench, q, 2)
        work = bench.candidates[:n].tolist()
        own = [i for i in range(problem.n_tasks) if sequences.agent_of[i] in agents]
        assert len(set(work)) == n
        assert set(own) <= set(work)
        assert n - len(own) <= 2 * q
        assert all(sequences.agent_of[i] < 0 and density[i] > 0 for i in set(work) - set(own))
        assert np.flatnonzero(bench.marked).tolist() == sorted(work)
        assert bench.density[work].tolist() == sorted(bench.density[work], reverse=True)
        bench.marked[:] = False


def people_of_two_kinds() -> Problem:
    """Ten people who can count, ten who can write, and more work of both kinds than they have time for."""
    builder = ProblemBuilder(60)
    for k in range(20):
        builder.agent(f"a{k}", ["count" if k < 10 else "write"])
    for k in range(200):
        builder.task(f"t{k}", "count" if k % 2 else "write", minutes=10.0, value=10.0 + k)
    return builder.build()


def test_others_could_do_the_same_work() -> None:
    arrays, sequences, pool, bench = room_of(people_of_two_kinds(), True, no_wishes(20), [])
    for _ in range(200):
        q = choose_agents(arrays, sequences, pool, bench, 6)
        assert len({a < 10 for a in bench.agents[:q]}) == 1


def test_half_of_the_moves_begin_with_who_lacks_something_and_hold_who_has_what_it_wishes() -> None:
    problem = people_of_two_kinds()
    _, sequences, _, _ = room_of(problem, True, no_wishes(20), [])
    wished = int(np.flatnonzero(sequences.agent_of == 4)[0])
    first = np.where(np.arange(21) > 17, 1, 0)
    wishes = Wishes(first.astype(np.int64), np.array([wished]), np.zeros(20))
    arrays, sequences, pool, bench = room_of(problem, True, wishes, [17])
    moves = [set(bench.agents[: choose_agents(arrays, sequences, pool, bench, 6)].tolist()) for _ in range(400)]
    begun = [agents for agents in moves if 17 in agents]
    assert 200 < len(begun) < 320
    assert 0.5 * len(begun) < sum(4 in agents for agents in begun) < 0.95 * len(begun)


def test_a_move_sees_the_densest_unplanned_work_or_looks_further() -> None:
    """Of 100 waiting tasks of its kind a move for one agent takes eight: the densest ones, or one in 2, 4 or 8."""
    problem = people_of_two_kinds()
    arrays, sequences, pool, bench = room_of(problem, False, no_wishes(20), [])
    bench.agents[0] = 0
    seen: Counter[int] = Counter()
    for _ in range(200):
        n = collect(arrays, sequences, pool, bench, 1, 60)
        assert n == 8
        seen.update(bench.candidates[:n].tolist())
        bench.marked[:] = False
    assert {i % 2 for i in seen} == {1}
    densest, thin = (sum(seen[i] for i in range(first, first + 20)) for first in (180, 100))
    assert densest > 800 > 200 > thin > 0
    assert len(seen) > 40


def test_chance_is_the_generator_it_says_and_spread_evenly() -> None:
    _, _, _, bench = room_of(people_of_two_kinds(), False, no_wishes(20), [])
    state, expected = int(bench.random[0]), []
    for _ in range(5):
        state ^= state >> 12
        state = (state ^ state << 25) % 2**64
        state ^= state >> 27
        expected.append((state * 2685821657736338717 % 2**64 >> 33) % 1_000)
    assert [int(neighbourhood.draw(bench, 1_000)) for _ in range(5)] == expected
    drawn = Counter(int(neighbourhood.draw(bench, 8)) for _ in range(8_000))
    assert set(drawn) == set(range(8))
    assert all(900 < count < 1_100 for count in drawn.values())
