"""The oracle itself, on problems small enough to do in the head."""

import pytest

from tests.models.case import Agent, Case, Pair, Task, exact_terms, needs, skills
from tests.models.oracle import Oracle

ALWAYS = Agent(id="a", windows=((0, 10),))


def optimum(*tasks: Task, agents: tuple[Agent, ...] = (ALWAYS,), **more: object) -> int:
    return Oracle(Case(horizon=10, agents=agents, tasks=tasks, **more)).optimum()


def test_nothing_to_do() -> None:
    assert optimum() == 0
    assert optimum(agents=()) == 0


def test_takes_the_better_of_two_that_do_not_both_fit() -> None:
    assert optimum(Task(id="s", minutes="6", value="5"), Task(id="t", minutes="6", value="7")) == 700


def test_finishes_one_of_two_late() -> None:
    tasks = [Task(id=x, minutes="5", value="8", penalty="1", due=5) for x in "st"]
    assert optimum(*tasks) == 800 + 400 - 100
    assert optimum(*tasks, terms=exact_terms(sla_hard=True)) == 800 - 100


def test_waits_for_the_release_only_where_it_pays() -> None:
    early, late = Task(id="s", minutes="8", value="3"), Task(id="t", minutes="2", value="9", not_before=7, expires=9)
    assert optimum(early, late) == 900
    assert optimum(Task(id="s", minutes="7", value="3"), late) == 1200


def test_shares_work_by_skill_and_efficiency() -> None:
    slow, quick = Agent(id="a", skills={"x": (1, "0.5")}, windows=((0, 10),)), Agent(id="b", windows=((0, 10),))
    assert optimum(Task(id="s", needs=needs("x"), minutes="5"), agents=(slow, quick)) == 100
    assert optimum(Task(id="s", needs=needs("x"), minutes="5.1"), agents=(slow, quick)) == 0


def test_counts_capacity_by_whole_grains() -> None:
    worker = Agent(id="a", windows=((0, 3), (5, 8)), max_utilization="0.9")
    assert [Oracle(Case(horizon=10, agents=(worker,))).capacity(0, t) for t in range(11)] == [
        *(0, 0, 1, 2, 2, 2, 3, 4, 5, 5, 5),
    ]


def test_started_work_comes_first_by_due_time_then_id() -> None:
    tasks = [
        Task(id="c", minutes="3", started_by="a"),
        Task(id="b", minutes="3", due=9, started_by="a"),
        Task(id="a", minutes="3", due=9, started_by="a"),
        Task(id="d", minutes="2", due=10, started_by="a"),
    ]
    oracle = Oracle(Case(horizon=10, agents=(ALWAYS,), tasks=tuple(tasks)))
    assert oracle.started == {2: (0, 0), 1: (0, 3), 3: (0, 6)}
    assert oracle.stuck == {0}


@pytest.mark.parametrize(
    ("bonus", "requested", "expected"),
    [("0", None, 1000), ("-2.5", None, 750), ("0.005", "a", 1100), ("0.015", "a", 1102)],
)
def test_agents_terms_enter_before_rounding(bonus: str, requested: str | None, expected: int) -> None:
    task = Task(id="t", value="10", requested=requested)
    assert optimum(task, pairs=(Pair(task="t", agent="a", bonus=bonus),)) == expected


def test_names_the_rules_a_plan_breaks() -> None:
    case = Case(
        horizon=10,
        agents=(Agent(id="a", windows=((0, 10),), max_tasks=1), Agent(id="b", skills=skills("x"), windows=((0, 5),))),
        tasks=(
            Task(id="s", needs=needs("x"), minutes="3", not_before=2, due=9),
            Task(id="t", minutes="3", due=4, expires=6),
        ),
        pairs=(Pair(task="t", agent="b", allowed=False),),
        terms=exact_terms(sla_hard=True),
    )
    broken = Oracle(case).broken
    assert broken([-1, -1], [-1, -1]) == set()
    assert broken([1, 0], [2, 1]) == set()
    assert broken([0, -1], [2, -1]) == {"H2"}
    assert broken([1, 0], [1, 0]) == {"H4"}
    assert broken([1, 0], [2, 2]) == {"H6"}
    assert broken([1, 0], [2, 4]) == {"H5", "H6"}
    assert broken([1, 1], [2, 0]) == {"H3", "H8"}
    assert broken([1, -1], [3, -1]) == {"H3", "H5", "H6"}
    assert broken([0, 0], [3, 0]) == {"H2", "H9"}
