import pytest

from reports import RunView
from tests.reports.runs import agent, at, left, planned, reject, view_of


@pytest.fixture
def mixed() -> RunView:
    """Every outcome once or more: on time, late, overdue, unplanned for four reasons, rejected."""
    return view_of(
        plan=[
            planned("t-second", "A2", start_at=at(5), end_at=at(15), tenant="zeta"),
            planned("t-late", "A1", sequence=2, start_at=at(10), end_at=at(75), minutes=65.0, due_at=at(60))
            | {"outcome": "late", "payoff": 1.0, "value": 30.0},
            planned("t-first", "A1", pinned=True),
            planned("t-overdue", "A2", sequence=2, start_at=at(15), end_at=at(25), due_at=at(-1440))
            | {"outcome": "late", "payoff": 5.5},
        ],
        unplanned=[
            left("u-held", "held", value=99.0),
            left("u-outbid", value=8.0, payoff=-4.0, due_at=at(120)),
            left("u-better", value=20.0, process="letters"),
            left("u-skill", "no_skill", value=3.0),
        ],
        agents=[agent("A2"), agent("A1", team="T2"), agent("A3", team=None, name=None)],
        rejects=[
            reject(7),
            reject(9),
            reject(3, table="shifts", column="end", rule="end_after_start", message="x"),
        ],
        warnings=["agent_id 'A9' of task t-first is not in agents"],
    )


@pytest.fixture
def nothing() -> RunView:
    """No tasks and no people."""
    return view_of(bound=0.0, gap=0.0, gain_gap=None, empty_objective=0.0, stop="optimal", proof="optimal")


@pytest.fixture
def nobody() -> RunView:
    """Tasks, but no people, so that nothing is planned."""
    return view_of(unplanned=[left("u1", "no_skill"), left("u2", "no_skill", payoff=-4.0, due_at=at(30))])


@pytest.fixture
def all_late() -> RunView:
    """Every task is planned and late."""
    rows = [
        planned(f"t{i}", sequence=i, outcome="late", payoff=1.0, due_at=at(1), end_at=at(10 * i)) for i in (1, 2, 3)
    ]
    return view_of(plan=rows, agents=[agent("A1")])
