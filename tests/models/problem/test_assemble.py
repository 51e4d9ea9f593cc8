"""What assembling a problem works out: deadlines of steps, started work, special pairs, what is refused."""

import numpy as np
import pytest
from hypothesis import given

from models import LATE, ON_TIME, Problem, SnapshotError
from tests.models.case import Agent, Case, Pair, Task, exact_terms, needs, skills
from tests.models.oracle import Oracle
from tests.models.strategies import cases, examples

ANN, BOB = Agent(id="ann", windows=((0, 10),)), Agent(id="bob", windows=((2, 8),))


def problem_of(*tasks: Task, pairs: tuple[Pair, ...] = (), hard: bool = False) -> Problem:
    return Case(horizon=10, agents=(ANN, BOB), tasks=tasks, pairs=pairs, terms=exact_terms(sla_hard=hard)).build()


@pytest.mark.parametrize(
    ("due", "expires", "soft", "hard"),
    [
        (None, None, [10, -1], [10, -1]),
        (None, 4, [4, -1], [4, -1]),
        (6, None, [6, 10], [6, -1]),
        (6, 8, [6, 8], [6, -1]),
        (6, 6, [6, -1], [6, -1]),
        (6, 4, [4, -1], [4, -1]),
        (10, None, [10, -1], [10, -1]),
        (25, None, [10, -1], [10, -1]),
        (0, None, [-1, 10], [-1, 10]),
        (-7, 5, [-1, 5], [-1, 5]),
        (6, 0, [-1, -1], [-1, -1]),
        (None, -3, [-1, -1], [-1, -1]),
        (-7, 0, [-1, -1], [-1, -1]),
    ],
)
def test_deadlines_of_the_steps(due: int | None, expires: int | None, soft: list[int], hard: list[int]) -> None:
    task = Task(id="t", due=due, expires=expires)
    assert problem_of(task).deadline[0, [ON_TIME, LATE]].tolist() == soft
    assert problem_of(task, hard=True).deadline[0, [ON_TIME, LATE]].tolist() == hard


def started(*minutes_and_due: tuple[str, int | None], agent: str = "ann") -> Problem:
    """Tasks z, y, x .. in progress with one agent."""
    return problem_of(
        *(
            Task(id="zyxw"[k], minutes=minutes, due=due, started_by=agent)
            for k, (minutes, due) in enumerate(minutes_and_due)
        )
    )


def test_started_work_is_taken_by_due_time_none_last_then_id() -> None:
    problem = started(("2", None), ("2", 9), ("2", -4), ("2", 9))
    assert problem.pinned_start.tolist() == [6, 4, 0, 2]
    assert problem.pinned_agent.tolist() == [0, 0, 0, 0]
    assert problem.pinned_load.tolist() == [8, 0]
    assert problem.pinned_count.tolist() == [4, 0]
    assert not problem.free.any()


def test_started_work_that_does_not_fit_is_passed_over_for_what_does() -> None:
    problem = started(("7", 1), ("4", 2), ("3", 3))
    assert problem.stuck.tolist() == [False, True, False]
    assert problem.pinned_start.tolist() == [0, -1, 7]
    assert problem.pinned_agent.tolist() == [0, -1, 0]
    assert not problem.free.any()


def test_started_work_counts_on_its_agents_own_clock() -> None:
    assert started(("6", 1), agent="bob").stuck.tolist() == [False]
    assert started(("7", 1), agent="bob").stuck.tolist() == [True]


def test_started_work_takes_the_efficiency_its_agent_has() -> None:
    agent = Agent(id="ann", skills={"x": (1, "0.5"), "y": (1, "4")}, windows=((0, 10),))
    tasks = (
        Task(id="a", minutes="1", needs=needs("x"), started_by="ann"),
        Task(id="b", minutes="1", needs=needs("z"), started_by="ann"),
        Task(id="c", minutes="1", needs=((("x", 2),),), started_by="ann"),
        Task(id="d", minutes="3", needs=needs("y", "z"), started_by="ann"),
    )
    problem = Case(horizon=10, agents=(agent,), tasks=tasks).build()
    assert problem.pinned_grains.tolist() == [2, 1, 1, 3]
    assert problem.pinned_start.tolist() == [0, 2, 3, 4]


def test_minutes_of_a_pair_hold_for_started_work_too() -> None:
    task = Task(id="t", minutes="9", needs=needs("x"), started_by="ann")
    problem = problem_of(task, pairs=(Pair(task="t", agent="ann", allowed=False, minutes="2.5"),))
    assert problem.pinned_grains.tolist() == [3]


@given(case=cases)
@examples(200)
def test_started_work_is_placed_as_the_oracle_says(case: Case) -> None:
    problem, oracle = case.build(), Oracle(case)
    placed = {
        i: (int(problem.pinned_agent[i]), int(problem.pinned_start[i]))
        for i in np.flatnonzero(problem.pinned_agent >= 0)
    }
    assert placed == oracle.started
    assert set(np.flatnonzero(problem.stuck)) == oracle.stuck
    assert problem.pinned_load.tolist() == [oracle.load(a) for a in range(len(case.agents))]


def test_pairs_are_sorted_and_found_again() -> None:
    problem = problem_of(
        Task(id="s"),
        Task(id="t"),
        pairs=(
            Pair(task="t", agent="bob", bonus="1.5"),
            Pair(task="s", agent="bob", allowed=False),
            Pair(task="t", agent="ann", minutes="3"),
        ),
    )
    pairs = problem.pairs
    assert pairs.first.tolist() == [0, 1, 3]
    assert pairs.agent.tolist() == [1, 0, 1]
    assert pairs.allowed.tolist() == [False, True, True]
    assert pairs.grains.tolist() == [0, 3, 0]
    assert pairs.bonus.tolist() == [0, 0, 1.5]
    tasks, agents = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    assert pairs.row(tasks, agents, 2).tolist() == [-1, 0, 1, 2]
    assert problem_of(Task(id="s")).pairs.row(tasks, agents, 2).tolist() == [-1] * 4


def test_nobody_and_nothing() -> None:
    problem = Case(horizon=5).build()
    assert (problem.n_tasks, problem.n_agents, problem.horizon, problem.grain_s) == (0, 0, 5, 60)
    assert problem.deadline.shape == problem.payoff.shape == (0, 2)
    assert problem.pinned_load.shape == (0,)
    assert Case(horizon=5, tasks=(Task(id="t"),)).build().n_tasks == 1


def test_horizons_too_long_for_the_clock_are_refused() -> None:
    Case(horizon=2**30 - 1, agents=(Agent(id="a", windows=((5, 2**30 - 1),)),)).build()
    with pytest.raises(SnapshotError, match=r"the horizon has 1073741824 grains or more; plan in a coarser time.grain"):
        Case(horizon=2**30).build()


@pytest.mark.parametrize("field", ["value", "penalty"])
def test_values_too_large_to_add_up_are_refused(field: str) -> None:
    tasks = tuple(Task(id=str(k), due=5, **{field: "9e12"}) for k in range(6))
    Case(horizon=9, tasks=tasks[:4]).build()
    with pytest.raises(SnapshotError, match="Give the values in a larger unit"):
        Case(horizon=9, tasks=tasks).build()


@pytest.mark.parametrize("field", ["value", "penalty"])
def test_a_value_too_large_for_an_integer_is_refused(field: str) -> None:
    with pytest.raises(SnapshotError, match="Give the values in a larger unit"):
        Case(horizon=9, tasks=(Task(id="t", due=5, **{field: "1e18"}),)).build()


def test_bonuses_too_large_to_add_up_are_refused() -> None:
    case = Case(horizon=10, agents=(ANN,), tasks=(Task(id="t"),), pairs=(Pair(task="t", agent="ann", bonus="1e14"),))
    with pytest.raises(SnapshotError, match="Give the values in a larger unit"):
        case.build()


def test_the_columns_of_a_problem() -> None:
    problem = problem_of(
        Task(id="s", needs=needs("x"), minutes="2.5", not_before=3, due=40, expires=77, requested="bob"),
        Task(id="t", minutes="1", not_before=99, due=-2),
    )
    assert problem.task_ids.to_list() == ["s", "t"]
    assert problem.agent_ids.to_list() == ["ann", "bob"]
    assert problem.work.tolist() == [2.5, 1]
    assert problem.release.tolist() == [3, 10]
    assert problem.due.tolist() == [10, 0]
    assert problem.expires.tolist() == [10, 10]
    assert problem.requested.tolist() == [1, -1]
    assert problem.free.tolist() == [True, True]
    assert np.diff(problem.eligibility.first)[problem.requirement].tolist() == [0, 2]


def test_tasks_with_the_same_requirement_share_it() -> None:
    case = Case(
        horizon=9,
        agents=(Agent(id="a", skills=skills("x")),),
        tasks=tuple(Task(id=str(k), needs=needs("x") if k % 2 else ()) for k in range(6)),
    )
    assert case.build().requirement.tolist() == [0, 1, 0, 1, 0, 1]
