"""Who is asked for a task, and in which order."""

import numpy as np
import pytest
from hypothesis import given

from models import Problem, ProblemBuilder
from models.engines.pricing.prove import Priced
from models.engines.search.construct import by_density, construct
from models.engines.search.time_prices import forget_the_full, make_queues, make_time_prices
from models.problem.arrays import N_STEPS, arrays_of
from tests.models.case import Case
from tests.models.strategies import cases, examples


def priced(problem: Problem, price: float) -> Priced:
    """Agents who ask more, the higher their number."""
    agents = np.arange(problem.n_agents, dtype=np.float64)
    return Priced(np.zeros(1, np.int64), price * (1 + agents[:, None]), np.zeros(problem.n_agents))


@given(case=cases)
@examples(60)
def test_queues_hold_everybody_who_is_eligible_the_cheapest_first(case: Case) -> None:
    problem = case.build()
    arrays = arrays_of(problem)
    items = by_density(arrays)
    asked = make_time_prices(arrays, priced(problem, 2.0))
    queues = make_queues(arrays, asked, items)
    for item in items:
        r, bucket = arrays.requirement[item // N_STEPS], asked.bucket[item // N_STEPS, item % N_STEPS]
        row = r * len(asked.price) + bucket
        places = slice(queues.first[row], queues.first[row] + queues.waiting[row])
        able = slice(arrays.elig_first[r], arrays.elig_first[r + 1])
        assert sorted(queues.agent[places]) == list(arrays.elig_agent[able])
        assert np.all(np.diff(queues.rate[places]) >= 0)
        of_speed = dict(zip(arrays.elig_agent[able], arrays.elig_speed[able], strict=True))
        assert [of_speed[a] for a in queues.agent[places]] == list(queues.speed[places])


def test_who_has_no_room_for_the_shortest_task_is_asked_no_more() -> None:
    builder = ProblemBuilder(100).agent("short", windows=[(0, 9)]).agent("long").agent("none", windows=[])
    for minutes in (10, 30):
        builder.task(str(minutes), minutes=minutes, value=minutes)
    arrays = arrays_of(builder.build())
    items = by_density(arrays)
    asked = make_time_prices(arrays, None)
    queues = make_queues(arrays, asked, items)
    forget_the_full(asked, queues)
    for row in np.flatnonzero(np.diff(queues.first)):
        assert queues.agent[queues.first[row] : queues.first[row] + queues.waiting[row]].tolist() == [1]


@pytest.mark.parametrize("price", [0.0, 0.4])
def test_of_equal_agents_the_one_with_least_time_left_is_chosen(price: float) -> None:
    builder = ProblemBuilder(100)
    for k in range(20):  # more than are looked at together
        builder.agent(f"a{k}", windows=[(0, 100 - k)])
    problem = builder.task("t", minutes=20, value=50).build()
    arrays = arrays_of(problem)
    same = Priced(np.zeros(1, np.int64), np.full((20, 1), price), np.zeros(20))
    found = construct(arrays, by_density(arrays), make_time_prices(arrays, same))
    assert found.agent_of.tolist() == [19]
