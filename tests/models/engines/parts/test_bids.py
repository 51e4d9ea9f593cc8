"""Tasks bid for groups of people."""

import numpy as np

from models import ProblemBuilder, evaluate, excerpt, pinned_plan
from models.engines.parts import Bidding, Priced, head_prices, plan_at_prices
from models.plans.limits import Limits
from models.problem.problem import Problem
from tests.models.engines.parts.trades import two_trades


def test_tasks_go_to_groups_that_can_do_them_and_fill_them_alike() -> None:
    problem = two_trades(200, 12)
    priced, _ = head_prices(problem, 1.0, Limits(effort=1))
    group = np.arange(12) // 2 % 3
    bidding = Bidding(problem, priced, group, 0)
    owner = bidding.groups_for(problem)
    assert set(owner.tolist()) == {0, 1, 2}
    work = np.bincount(owner, problem.work)
    assert work.max() < 1.4 * work.min()


def test_all_at_once_each_group_can_make_its_part_of_the_plan_at_the_prices() -> None:
    problem = two_trades(200, 12)
    priced, _ = head_prices(problem, 1.0, Limits(effort=1))
    group, everybody = np.arange(12) % 3, np.arange(12)
    owner = Bidding(problem, priced, group, 0).groups_for_all(problem)
    whole = plan_at_prices(problem, priced, everybody, Limits())
    planned = whole.agent >= 0
    assert owner[planned].tolist() == group[whole.agent[planned]].tolist()
    assert np.all(owner >= 0)
    plan = pinned_plan(problem)
    for number in range(3):
        part = excerpt(problem, np.flatnonzero(owner == number), np.flatnonzero(group == number))
        plan = part.put_back(plan, plan_at_prices(part.problem, priced, part.agents, Limits()))
    assert evaluate(problem, plan).objective >= 0.99 * evaluate(problem, whole).objective


def test_nobody_takes_more_by_a_deadline_than_fits() -> None:
    builder = ProblemBuilder(100).agent("dear", ["x"]).agent("cheap", ["x"])
    for number in range(4):
        builder.task(str(number), "x", minutes=20.0, due=40, value=10 - number)
    problem = builder.build()
    priced = Priced(np.array([0]), np.array([[2.0], [1.0]]), np.zeros(2))
    assert Bidding(problem, priced, np.arange(2), 0).groups_for(problem).tolist() == [1, 1, 0, 0]


def batch(*values: int) -> Problem:
    builder = ProblemBuilder(100).agent("a", ["x"]).agent("limited", ["x"], max_tasks=2)
    for value in values:
        builder.task(str(value), "x", minutes=25.0, value=value)
    return builder.build()


def test_room_is_kept_for_the_work_of_later_batches() -> None:
    priced = Priced(np.array([0]), np.array([[0.5], [1.0]]), np.zeros(2))
    early, late = batch(1, 2, 3, 4, 5, 6), batch(7, 8, 9)
    kept, rushed = (Bidding(early, priced, np.arange(2), 0) for _ in range(2))
    room = [bidding._room for bidding in (kept, rushed)]
    kept.groups_for(early, 0.5)
    rushed.groups_for(early)
    assert [each.places[1] for each in room] == [1, 0]
    assert [each.least[-1, 0] for each in room] == [50, 0]
    assert kept.groups_for(late).tolist() == [1, 0, 0]


def test_what_nobody_can_do_goes_nowhere() -> None:
    builder = ProblemBuilder(100).agent("a", ["x"])
    problem = builder.task("1", "x", minutes=10.0).task("2", "z", minutes=10.0).build()
    priced, _ = head_prices(problem, 1.0, Limits(effort=1))
    for groups_for in ("groups_for", "groups_for_all"):
        bidding = Bidding(problem, priced, np.zeros(1, np.int64), 0)
        assert getattr(bidding, groups_for)(problem).tolist() == [0, -1]
