"""Who may do what: skill requirements compiled into eligible agents and their efficiency."""

import numpy as np
import pytest
from hypothesis import given

from models import Eligibility, Requirement, SkillTable
from models.problem.eligibility import SkillIndex
from tests.models.case import Case, needs
from tests.models.oracle import Oracle
from tests.models.strategies import cases, examples

TABLE = [
    # agent, skill, level, efficiency
    (0, "x", 1, 0.8),
    (0, "y", 3, 1.2),
    (1, "x", 2, 1.5),
    (2, "y", 1, 0.5),
    (2, "X", 9, 2.0),
    (3, "x", 2, 0.6),
    (3, "y", 2, 0.9),
]


def index(rows: list[tuple[int, str, int, float]], n_agents: int) -> SkillIndex:
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return SkillIndex(
        n_agents,
        SkillTable(
            agent=np.array(columns[0], np.int64),
            skill=list(columns[1]),
            level=np.array(columns[2], np.int64),
            efficiency=np.array(columns[3], np.float64),
        ),
    )


def eligible(requirement: Requirement) -> dict[int, float]:
    """Agent -> efficiency, of five agents of whom the last has no skills."""
    compiled = index(TABLE, 5).compile([requirement])
    return dict(zip(compiled.agent.tolist(), compiled.efficiency.tolist(), strict=True))


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        ((), {0: 1.0, 1: 1.0, 2: 1.0, 3: 1.0, 4: 1.0}),
        (needs("x"), {0: 0.8, 1: 1.5, 3: 0.6}),
        (needs("X"), {2: 2.0}),
        (((("x", 2),),), {1: 1.5, 3: 0.6}),
        (((("x", 3),),), {}),
        (needs("x", "y"), {0: 0.8, 3: 0.6}),
        (((("x", 2),), (("y", 2),)), {3: 0.6}),
        (((("x", 2), ("y", 2)),), {0: 1.2, 1: 1.5, 3: 0.9}),
        (((("x", 2), ("y", 1)),), {0: 1.2, 1: 1.5, 2: 0.5, 3: 0.9}),
        (((("x", 1), ("y", 1)), (("y", 1),)), {0: 1.2, 2: 0.5, 3: 0.9}),
        (needs("unknown"), {}),
    ],
)
def test_requirements(requirement: Requirement, expected: dict[int, float]) -> None:
    assert eligible(requirement) == expected


def test_a_choice_counts_only_what_is_held_at_the_level_asked() -> None:
    assert eligible(((("y", 2), ("x", 1)),))[3] == 0.9
    assert eligible(((("y", 3), ("x", 1)),))[3] == 0.6  # the better y is not good enough


def test_positions_of_pairs() -> None:
    compiled = index(TABLE, 5).compile([needs("x"), (), needs("unknown"), needs("y")])
    assert compiled.n_requirements == 4
    requirement, agent = np.meshgrid(np.arange(4), np.arange(5), indexing="ij")
    entry = compiled.entry(requirement, agent)
    assert (entry >= 0).tolist() == [
        [True, True, False, True, False],
        [True] * 5,
        [False] * 5,
        [True, False, True, True, False],
    ]
    held = entry >= 0
    assert np.array_equal(compiled.agent[entry[held]], agent[held])


@pytest.mark.parametrize("n_agents", [0, 3])
def test_without_skills_or_people(n_agents: int) -> None:
    compiled: Eligibility = index([], n_agents).compile([(), needs("x")])
    assert compiled.first.tolist() == [0, n_agents, n_agents]
    none = index([], 3).compile([needs("x")])
    assert none.entry(np.zeros(2, np.int64), np.arange(2)).tolist() == [-1, -1]
    assert index([], 0).compile([]).n_requirements == 0


@pytest.mark.parametrize(
    ("agent", "requirement", "efficiency"),
    [
        (0, needs("x"), 0.8),
        (0, needs("unknown"), 1.0),
        (2, needs("x", "y"), 0.5),
        (1, needs("x", "y"), 1.0),
        (0, ((("x", 2),),), 1.0),
        (4, (), 1.0),
    ],
)
def test_started_work_has_efficiency_one_where_the_skill_is_missing(
    agent: int, requirement: Requirement, efficiency: float
) -> None:
    assert index(TABLE, 5).started_efficiency(requirement, agent) == efficiency


@given(case=cases)
@examples(250)
def test_who_is_eligible_and_how_efficient_is_the_oracles(case: Case) -> None:
    problem, oracle = case.build(), Oracle(case)
    for i in range(len(case.tasks)):
        for a in range(len(case.agents)):
            entry = int(problem.eligibility.entry(problem.requirement[[i]].astype(np.int64), np.array([a]))[0])
            expected = oracle.efficiency(i, a)
            assert (entry < 0) == (expected is None)
            assert expected is None or problem.eligibility.efficiency[entry] == float(expected)
