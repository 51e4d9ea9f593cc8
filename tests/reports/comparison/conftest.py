"""Two runs side by side."""

import pytest

from reports import (
    Comparison,
    RunView,
    compare_runs,
)
from tests.reports.runs import agent, at, left, planned, view_of

PEOPLE = [agent("A1"), agent("A2", name="=Zoë"), agent("A3", name="<b>三</b>")]


@pytest.fixture(scope="module")
def before() -> RunView:
    return view_of(
        [
            planned("same"),
            planned("dropped", sequence=2, start_at=at(10)),
            planned("gone", "A2"),
            planned("given away", "A2", start_at=at(10), outcome="late", payoff=2.0),
            planned("later", "A2", start_at=at(20)),
            planned("due sooner", "A2", start_at=at(30)),
        ],
        [left("taken up"), left("left", payoff=-4.0)],
        PEOPLE[:2],
        run_id="before",
    )


@pytest.fixture(scope="module")
def after() -> RunView:
    return view_of(
        [
            planned("same"),
            planned("given away", "A3"),
            planned("later", "A2", start_at=at(25)),
            planned("due sooner", "A2", start_at=at(30), outcome="late", payoff=1.0),
            planned("taken up", "A3", start_at=at(10)),
            planned("new", "A3", start_at=at(20)),
        ],
        [left("dropped", "no_time", payoff=-4.0), left("left", payoff=-4.0)],
        PEOPLE,
        run_id="after",
        bound=49.0,
    )


@pytest.fixture(scope="module")
def comparison(before: RunView, after: RunView) -> Comparison:
    return compare_runs(before, after)
