"""What can stay is kept, and what must be done comes first."""

import pytest
from hypothesis import given

from models import ProblemBuilder, check, fix
from models.engines import UnkeepableError, earlier_of, repaired
from tests.models.case import Case
from tests.models.solving import solve
from tests.models.strategies import cases, examples


@given(case=cases)
@examples(60)
def test_a_legal_plan_needs_no_repair(case: Case):
    problem = case.build()
    plan = solve("exact", problem).plan
    kept = repaired(problem, earlier_of(problem, plan))
    assert kept.agent.tolist() == plan.agent.tolist()
    assert check(problem, kept).ok


@pytest.mark.parametrize(
    "builder",
    [
        ProblemBuilder(10).agent("a").task("t", minutes=8).task("u", minutes=8),
        ProblemBuilder(20).agent("a", max_tasks=1).task("t", minutes=8).task("u", minutes=8),
    ],
    ids=["no time", "max_tasks"],
)
def test_what_must_be_done_and_cannot_is_named(builder: ProblemBuilder):
    problem = builder.build()
    fixed = fix(problem, [0, 1], [0, 0])
    with pytest.raises(UnkeepableError, match="agent a cannot do all of t, u in time"):
        repaired(fixed, earlier_of(problem, solve("greedy", problem).plan))
