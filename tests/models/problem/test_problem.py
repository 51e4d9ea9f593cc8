"""What a problem says of a task and an agent: exceptions, pinned work, terms; row by row and for whole columns."""

import numpy as np
import pytest
from hypothesis import given

from models import Pairs, Problem
from models.problem.problem import DURATION_SLACK
from tests.models.case import Agent, Case, Pair, Task, exact_terms, needs, skills
from tests.models.oracle import Oracle
from tests.models.strategies import cases, examples


def pairs(*rows: tuple[int, int], n_tasks: int = 4) -> Pairs:
    """Exceptions of these tasks and agents, sorted."""
    tasks = np.array([task for task, _ in rows], np.int64)
    first = np.searchsorted(tasks, np.arange(n_tasks + 1)).astype(np.int64)
    agents = np.array([agent for _, agent in rows], np.int32)
    none = np.zeros(len(rows), np.int64)
    return Pairs(first=first, agent=agents, allowed=none == 0, grains=none, bonus=none.astype(np.float64))


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], [-1, -1, -1, -1]),
        ([(0, 0)], [0, -1, -1, -1]),
        ([(0, 2), (3, 0)], [-1, 0, -1, -1]),
        ([(0, 0), (0, 1), (3, 1), (3, 2)], [0, -1, -1, 3]),
    ],
)
def test_the_row_of_a_pair_or_none(rows: list[tuple[int, int]], found: list[int]) -> None:
    tasks, agents = np.array([0, 0, 1, 3]), np.array([0, 2, 1, 2])
    assert pairs(*rows).row(tasks, agents, 3).tolist() == found


def test_one_task_against_many_agents() -> None:
    assert pairs((1, 0), (1, 2)).row(np.int64(1), np.arange(3), 3).tolist() == [0, -1, 1]


@given(case=cases)
@examples(100)
def test_who_may_do_what_and_how_long_it_takes_is_the_oracles(case: Case) -> None:
    problem, oracle = case.build(), Oracle(case)
    for i in range(problem.n_tasks):
        able = [a for a in range(problem.n_agents) if oracle.efficiency(i, a) is not None and not oracle.excluded(i, a)]
        assert problem.allowed_agents(i).tolist() == able
        assert problem.allowed(i, np.arange(problem.n_agents)).nonzero()[0].tolist() == able
        assert [int(problem.durations(i, a)) for a in able] == [oracle.duration(i, a) for a in able]


def office(**terms: str) -> Problem:
    """Ann, who is slow and costs 60 an hour, Bob, who has begun T3, and Cem, who lacks the skill."""
    return Case(
        horizon=60,
        agents=(
            Agent(id="Ann", skills={"x": (1, "0.5")}, windows=((0, 60),), cost_per_hour="60"),
            Agent(id="Bob", skills=skills("x"), windows=((0, 60),), max_tasks=3),
            Agent(id="Cem", windows=((0, 60),)),
        ),
        tasks=(
            Task(id="T1", minutes="10", value="8", needs=needs("x"), requested="Bob"),
            Task(id="T2", minutes="10", value="8", needs=needs("x")),
            Task(id="T3", minutes="7", value="8", started_by="Bob"),
            Task(id="T4", minutes="90", value="8", started_by="Cem"),
        ),
        pairs=(
            Pair(task="T2", agent="Ann", allowed=False),
            Pair(task="T2", agent="Bob", minutes="4", bonus="1.005"),
        ),
        terms=exact_terms(**terms),
    ).build()


def test_pinned_work_is_not_free_and_takes_its_place() -> None:
    problem = office()
    assert problem.free.tolist() == [True, True, False, False]
    assert (problem.pinned_load.tolist(), problem.pinned_count.tolist()) == ([0, 7, 0], [0, 1, 0])
    assert problem.stuck.tolist() == [False, False, False, True]


def test_an_exclusion_and_a_missing_skill_are_two_things() -> None:
    problem = office()
    assert problem.skilled([1, 1, 0], [0, 1, 2]).tolist() == [True, True, False]
    assert problem.excluded([1, 1, 0], [0, 1, 2]).tolist() == [True, False, False]
    assert [problem.allowed_agents(task).tolist() for task in (0, 1)] == [[0, 1], [1]]


def test_efficiency_stretches_and_minutes_of_a_pair_replace() -> None:
    assert office().durations([0, 0, 1, 2], [0, 1, 1, 1]).tolist() == [20, 10, 4, 7]


def test_terms_of_an_agent_are_added_once_and_rounded_to_even() -> None:
    plain = office(requested_agent_share="0", cost_weight="0")
    assert plain.payoffs([0, 0, 1], [0, 1, 1], [0, 0, 0]).tolist() == [800, 800, 900]  # 9.005 is 9 and an even half
    priced = office(requested_agent_share="0.1", cost_weight="0.01")
    # Ann takes 20 minutes: 20 points an hour's third, of which a hundredth counts
    assert priced.payoffs([0, 0], [0, 1], [0, 0]).tolist() == [780, 880]


def test_nobody_and_nothing_have_columns_of_no_rows() -> None:
    problem = Case(horizon=5).build()
    none = np.array([], np.int64)
    for found in (problem.durations(none, none), problem.payoffs(none, none, none), problem.allowed(none, none)):
        assert found.shape == (0,)
    assert problem.pinned_load.shape == problem.pinned_count.shape == (0,)


def test_the_slack_of_durations_is_below_what_a_minute_can_be_told_by() -> None:
    assert 0 < DURATION_SLACK < 1e-12
