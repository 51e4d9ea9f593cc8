"""The formulas of compiled loops say what the problem says; uncompiled here, so that nothing is compiled for it."""

from typing import Any

import numpy as np
from hypothesis import given

from models.problem import arrays as loops
from models.problem.arrays import arrays_of, links_of
from tests.models.case import Agent, Case, Pair, Task, exact_terms, skills
from tests.models.strategies import cases, examples


def plain(name: str) -> Any:
    """A formula as Python."""
    return getattr(loops, name).py_func


capacity, pair_row, eligible_entry, duration, gain = map(
    plain, ("capacity", "pair_row", "eligible_entry", "duration", "gain")
)


@given(case=cases)
@examples(60)
def test_every_clock_is_the_problems(case: Case) -> None:
    problem = case.build()
    A = arrays_of(problem)
    for a in range(problem.n_agents):
        agents = np.full(case.horizon + 1, a, np.int64)
        expected = problem.clocks.capacity(agents, np.arange(case.horizon + 1))
        assert [int(capacity(A, a, t)) for t in range(case.horizon + 1)] == expected.tolist()
        assert A.room[a] == expected[-1]


@given(case=cases)
@examples(60)
def test_every_duration_and_gain_is_the_problems(case: Case) -> None:
    problem = case.build()
    A = arrays_of(problem)
    for i in np.flatnonzero(problem.free).tolist():
        for a in range(problem.n_agents):
            entry, pair = int(eligible_entry(A, i, a)), int(pair_row(A, i, a))
            assert (entry >= 0) == bool(problem.skilled(i, a))
            assert pair == int(problem.pairs.row(np.array([i]), np.array([a]), problem.n_agents)[0])
            if entry < 0:
                continue
            grains = int(duration(A, i, A.elig_speed[entry], pair))
            assert grains == int(problem.durations(i, a))
            for step in np.flatnonzero(problem.deadline[i] >= 0):
                exact = int(problem.payoffs([i], [a], [step])[0]) - int(problem.undone[i])
                assert abs(gain(A, i, step, a, grains, pair) - exact) <= 0.5 + 1e-6


def test_a_gain_without_terms_is_the_rounded_one() -> None:
    case = Case(
        horizon=9,
        agents=(Agent(id="a", windows=((0, 9),)), Agent(id="b", windows=((0, 9),))),
        tasks=(Task(id="t", value="1.005", requested="b"),),
        pairs=(Pair(task="t", agent="b"),),
        terms=exact_terms(requested_agent_share="0.1"),
    )
    A = arrays_of(case.build())
    assert gain(A, 0, 0, 0, 1, -1) == 100.0  # 1.005 is a half, and 100 is even
    assert abs(gain(A, 0, 0, 1, 1, 0) - 110.55) < 1e-9


def test_columns_are_copies_that_loops_may_write_to() -> None:
    problem = Case(horizon=9, agents=(Agent(id="a", windows=((0, 9),)),), tasks=(Task(id="t"),)).build()
    A = arrays_of(problem)
    assert all(column.flags.c_contiguous and column.flags.writeable for column in A)
    A.base[0] = 7
    assert problem.pinned_load[0] == 0


def test_links_turn_requirements_of_agents_round() -> None:
    agents = tuple(Agent(id=name, skills=skills(*name), windows=((0, 9),)) for name in ("x", "xy", "z"))
    tasks = tuple(Task(id=name, needs=(((name, 1),),)) for name in "xyx")
    A = arrays_of(Case(horizon=9, agents=agents, tasks=tasks).build())
    links = links_of(A)
    assert links.first.tolist() == [0, 1, 3, 3]
    assert links.requirement.tolist() == [0, 0, 1]
    assert links.speed.tolist() == [1.0] * 3


def test_spare_tasks_are_never_negative() -> None:
    agent = Agent(id="a", windows=((0, 9),), max_tasks=1)
    tasks = tuple(Task(id=f"t{k}", started_by="a") for k in range(3))
    assert arrays_of(Case(horizon=9, agents=(agent,), tasks=tasks).build()).spare.tolist() == [0]
