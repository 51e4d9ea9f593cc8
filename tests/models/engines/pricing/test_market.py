"""The market of kinds: slopes against differences, and prices of agents' time from those of kinds."""

import numpy as np
import pytest

from models.engines.pricing.dual import bucket_edges, slices
from models.engines.pricing.market import Buyers, Counters, _best_price, _buyers, _counters, _every, _sellers
from models.problem.arrays import Arrays, arrays_of
from tests.models.case import Agent, Case, Task

TAU = 5.0


def office() -> tuple[Arrays, np.ndarray, np.ndarray]:
    """Two kinds of work, one agent for each and one for both, faster in the second: arrays, edges and supply."""
    skills = ({"x": (1, "1")}, {"y": (1, "1")}, {"x": (1, "1"), "y": (1, "2")})
    agents = tuple(Agent(id=f"a{k}", skills=s, windows=((0, 60),)) for k, s in enumerate(skills))
    tasks = tuple(
        Task(id=f"t{k}", needs=((("xy"[k % 2], 1),),), minutes=str(5 + k % 3), value=str(k + 1), due=30 + k)
        for k in range(12)
    )
    problem = Case(horizon=60, agents=agents, tasks=tasks).build()
    arrays = arrays_of(problem)
    edges = bucket_edges(arrays, problem.horizon, 4)
    return arrays, edges, slices(arrays, edges, problem.clocks.capacity, problem.horizon)


def market() -> tuple[Arrays, Buyers, Counters, np.ndarray]:
    arrays, edges, supply = office()
    bucket = np.searchsorted(edges, arrays.deadline, side="right") - 1
    bucket[(arrays.deadline <= 0) | (arrays.gain <= 0)] = -1
    buyers = Buyers(arrays.requirement, arrays.work, arrays.gain, bucket, 1.0)
    return arrays, buyers, _counters(arrays, np.zeros(len(arrays.base), np.int64)), supply


def test_the_slopes_of_buyers_and_sellers_are_those_of_their_values() -> None:
    arrays, buyers, counters, supply = market()
    price = np.random.default_rng(3).uniform(0, 60, (counters.kinds, supply.shape[1]))
    nothing = np.zeros(0)

    def value(price: np.ndarray) -> tuple[float, np.ndarray]:
        slope = np.zeros_like(price)
        bought = _buyers(buyers, 0, len(buyers.work), counters, price, nothing, TAU, slope, np.zeros(0))
        return bought + _sellers(arrays, np.arange(len(supply)), counters, supply, price, TAU, slope), slope

    _, slope = value(price)
    for at in np.ndindex(*price.shape):
        step = np.zeros_like(price)
        step[at] = 1e-4
        assert (value(price + step)[0] - value(price - step)[0]) / 2e-4 == pytest.approx(slope[at], rel=1e-4, abs=1e-3)


def test_an_agents_time_is_worth_what_the_best_kind_pays_for_it() -> None:
    arrays, _, counters, supply = market()
    kinds = {int(arrays.requirement[0]): 30.0, int(arrays.requirement[1]): 20.0}  # x, y
    price = np.repeat(np.array([[kinds[k]] for k in sorted(kinds)]), supply.shape[1], axis=1)
    best = _best_price(arrays, counters, price)
    assert best.tolist() == [[30.0] * supply.shape[1], [20.0] * supply.shape[1], [40.0] * supply.shape[1]]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_some_buyers_stand_for_all(n: int) -> None:
    _, buyers, _, _ = market()
    some = _every(n, buyers)
    assert len(some.work) == len(buyers.work) // n
    assert some.stands_for == n
    if n == 1:
        assert (some.gain == buyers.gain).all()
