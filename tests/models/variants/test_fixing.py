import numpy as np
import pytest
from hypothesis import given

from models import (
    LATE,
    ON_TIME,
    Plan,
    ProblemBuilder,
    Rule,
    Terms,
    check,
    empty_objective,
    evaluate,
    fix,
    freeze,
    obliging,
    preferring,
)
from tests.models.case import Case
from tests.models.strategies import cases, examples


def two_people() -> ProblemBuilder:
    return ProblemBuilder(60).agent("a", ["x"]).agent("b", ["x"])


def placed(problem, **at):
    """A plan of the tasks named, each with its agent and start."""
    agent, start = problem.pinned_agent.copy(), problem.pinned_start.copy()
    for name, (a, s) in at.items():
        i = problem.task_ids.to_list().index(name)
        agent[i], start[i] = a, s
    return Plan(agent=agent, start=start)


def broken(problem, plan):
    return {violation.rule for violation in check(problem, plan).violations}


def test_only_the_agent_named_may_do_a_fixed_task():
    problem = fix(two_people().task("t", "x", minutes=10).build(), [0], [1])
    assert check(problem, placed(problem, t=(1, 0))).ok
    assert broken(problem, placed(problem, t=(0, 0))) == {Rule.E1, Rule.H8}


def test_a_fixed_task_must_be_planned():
    problem = fix(two_people().task("t", "x", minutes=10).build(), [0], [1])
    assert broken(problem, placed(problem)) == {Rule.E1}


def test_fixing_keeps_what_a_pair_says_of_duration_and_bonus():
    builder = two_people().task("t", "x", minutes=10).pair("t", "b", minutes=4, bonus=2.5)
    problem = fix(builder.build(), [0], [1])
    assert problem.durations([0], [1]).tolist() == [4]
    assert problem.payoffs([0], [1], [ON_TIME]).tolist() == [350]


def test_leaving_a_fixed_task_costs_an_engine_more_than_everything_else_earns():
    builder = two_people().task("t", "x", minutes=10, value=0.01).task("u", "x", minutes=60, value=1000)
    problem = fix(builder.build(), [0], [1])
    must = obliging(problem)
    with_it, without = placed(problem, t=(1, 0)), placed(problem, u=(1, 0))
    assert evaluate(must, with_it).objective == evaluate(problem, with_it).objective
    assert evaluate(must, without).objective < evaluate(must, with_it).objective
    assert empty_objective(problem) == 0


def test_obliging_changes_nothing_when_nothing_is_fixed():
    problem = two_people().task("t", "x", minutes=10).build()
    assert obliging(problem) is problem


def test_frozen_work_goes_right_behind_started_work_in_its_order():
    builder = (
        two_people().task("s", "x", minutes=5, started_by="a").task("t", "x", minutes=10).task("u", "x", minutes=7)
    )
    problem = freeze(builder.build(), [2, 1], [0, 0])
    assert problem.pinned_start.tolist() == [0, 12, 5]
    assert problem.frozen.tolist() == [False, True, True]
    assert problem.pinned_load.tolist() == [22, 0]
    assert problem.pinned_count.tolist() == [3, 0]


def test_frozen_work_waits_for_its_release():
    problem = freeze(two_people().task("t", "x", minutes=10, not_before=20).build(), [0], [0])
    assert problem.pinned_start.tolist() == [20]
    assert problem.pinned_load.tolist() == [30, 0]
    assert check(problem, placed(problem)).ok


def test_frozen_work_that_is_elsewhere_breaks_its_rule():
    problem = freeze(two_people().task("t", "x", minutes=10).build(), [0], [0])
    assert broken(problem, placed(problem, t=(1, 0))) == {Rule.E2}
    assert broken(problem, placed(problem, t=(0, 5))) == {Rule.E2}


@pytest.mark.parametrize(
    "builder",
    [
        two_people().task("t", "y", minutes=10),
        two_people().task("t", "x", minutes=10).pair("t", "a", allowed=False),
        two_people().task("t", "x", minutes=10, expires=9),
        two_people().task("t", "x", minutes=61),
        ProblemBuilder(60).agent("a", ["x"], max_tasks=0).task("t", "x", minutes=10),
        ProblemBuilder(60, Terms(sla_hard=True)).agent("a", ["x"]).task("t", "x", minutes=10, due=9),
    ],
    ids=["no skill", "excluded", "expires", "too long", "max_tasks", "hard SLA"],
)
def test_what_a_rule_forbids_is_not_frozen(builder):
    problem = freeze(builder.build(), [0], [0])
    assert not problem.frozen.any()
    assert problem.free.all()


def test_late_work_may_be_frozen():
    problem = freeze(two_people().task("t", "x", minutes=10, due=9).build(), [0], [0])
    result = evaluate(problem, placed(problem))
    assert result.step.tolist() == [LATE]
    assert check(problem, placed(problem)).ok


def test_what_a_planner_gives_to_another_is_not_frozen():
    problem = freeze(fix(two_people().task("t", "x", minutes=10).build(), [0], [1]), [0], [0])
    assert not problem.frozen.any()


@pytest.mark.parametrize(
    "builder",
    [
        two_people().task("t", "x", minutes=10).task("u", "x", minutes=55),
        two_people().task("t", "x", minutes=10).task("u", "x", minutes=10, expires=15),
        ProblemBuilder(60).agent("a", ["x"], max_tasks=1).task("t", "x", minutes=10).task("u", "x", minutes=10),
    ],
    ids=["too long", "expires", "max_tasks"],
)
def test_work_behind_which_what_must_be_done_does_not_fit_is_not_frozen(builder):
    problem = freeze(fix(builder.build(), [1], [0]), [0], [0])
    assert not problem.frozen.any()


def test_work_that_leaves_room_for_what_must_be_done_is_frozen():
    builder = two_people().task("t", "x", minutes=10).task("u", "x", minutes=50).task("v", "x", minutes=5)
    problem = freeze(fix(builder.build(), [1], [0]), [2, 0], [0, 0])
    assert problem.frozen.tolist() == [False, False, True]


def test_what_must_be_done_may_be_frozen_too():
    builder = two_people().task("t", "x", minutes=30).task("u", "x", minutes=30)
    problem = freeze(fix(builder.build(), [0, 1], [0, 0]), [1, 0], [0, 0])
    assert problem.frozen.all()


def test_a_preference_is_worth_its_hundredths():
    problem = two_people().task("t", "x", minutes=10).pair("t", "b", bonus=0.1).task("u", "x", minutes=5).build()
    liking = preferring(problem, np.array([1, -1], np.int32), 20)
    assert liking.payoffs([0, 0], [0, 1], [0, 0]).tolist() == [100, 130]


def test_a_preference_that_could_change_roundings_is_refused():
    problem = two_people().task("t", "x", minutes=10).build()
    with pytest.raises(ValueError, match="3 hundredths are no multiple of 2"):
        preferring(problem, np.array([0], np.int32), 3)


@given(case=cases)
@examples(60)
def test_a_preference_adds_the_same_to_every_payoff(case: Case):
    problem = case.build()
    if not problem.n_tasks or not problem.n_agents:
        return
    liked = np.zeros(problem.n_tasks, np.int32)
    liking = preferring(problem, liked, 124)
    free = np.flatnonzero(problem.free)
    for step in (ON_TIME, LATE):
        steps = np.full(len(free), step)
        more = liking.payoffs(free, liked[free], steps) - problem.payoffs(free, liked[free], steps)
        assert set(more.tolist()) <= {124}
