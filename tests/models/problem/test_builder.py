"""The builder people write tests and examples with."""

from fractions import Fraction

import pytest

from models import NO_LIMIT, ProblemBuilder, Terms, check, empty_objective, evaluate, pinned_plan
from tests.models.case import make_plan


def test_reads_like_the_problem() -> None:
    problem = (
        ProblemBuilder(horizon=480)
        .agent("ann", {"claims": (2, 1.25)}, [(0, 240), (300, 480)], max_utilization=0.85, cost_per_hour=40.0)
        .agent("bob", ["claims", "mail"], max_tasks=3)
        .task("t1", "claims", minutes=30, value=12.5, penalty=4, due=120)
        .task("t2", ((("claims", 2),),), minutes=20, not_before=60, requested="ann")
        .task("t3", minutes=5, started_by="bob")
        .pair("t1", "bob", allowed=False)
        .build()
    )
    assert (problem.n_tasks, problem.n_agents) == (3, 2)
    assert problem.clocks.total().tolist() == [357, 480]
    assert problem.max_tasks.tolist() == [NO_LIMIT, 3]
    assert problem.durations([0, 1, 2], [0, 0, 1]).tolist() == [24, 16, 5]
    assert check(problem, make_plan([0, 0, 1], [0, 51, 0])).ok


def test_defaults_are_the_contracts() -> None:
    problem = ProblemBuilder(horizon=10).agent("a").task("t", minutes=1).build()
    assert problem.payoff[0].tolist() == [100, 50]
    assert problem.undone.tolist() == [0]
    assert problem.clocks.total().tolist() == [10]
    assert (problem.grain_s, problem.sla_hard) == (60, False)


def test_shares_may_be_fractions() -> None:
    problem = ProblemBuilder(horizon=9).agent("a", max_utilization=Fraction(1, 3)).build()
    assert problem.clocks.total().tolist() == [3]


def test_overdue_counts_from_negative_due_times() -> None:
    terms = Terms(grain_s=3600)
    problem = ProblemBuilder(horizon=9, terms=terms).task("t", minutes=1, value=10, due=-48).build()
    assert problem.payoff[0, 1] == 600  # two days: 10 x 0.5 x 1.2
    assert problem.undone[0] == 0


def test_unknown_names_are_refused() -> None:
    with pytest.raises(KeyError):
        ProblemBuilder(horizon=9).task("t", minutes=1, requested="nobody").build()
    with pytest.raises(KeyError):
        ProblemBuilder(horizon=9).agent("a").pair("t", "a").build()


def test_overlapping_windows_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        ProblemBuilder(horizon=9).agent("a", windows=[(0, 5), (4, 9)]).build()


def test_what_started_work_and_idleness_are_worth() -> None:
    builder = ProblemBuilder(horizon=9).agent("a")
    problem = builder.task("s", minutes=4, value=3, started_by="a").task("t", minutes=4, penalty=2, due=5).build()
    assert empty_objective(problem) == -200
    assert evaluate(problem, pinned_plan(problem)).objective == 300 - 200
