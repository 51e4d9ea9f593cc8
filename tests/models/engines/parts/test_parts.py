"""Groups of people, and prices from a sample."""

import numpy as np
import pytest

from models import certified_bound
from models.engines.greedy import solve_greedy
from models.engines.parts import groups_of, head_prices, markets_of
from models.engines.parts.groups import components_of
from models.plans.limits import UNLIMITED, Limits
from models.plans.outcome import silent
from models.problem.eligibility import Eligibility
from tests.models.engines.parts.trades import two_trades


def test_people_without_common_work_come_into_different_groups() -> None:
    problem = two_trades()
    able = problem.eligibility
    wanted = np.bincount(problem.requirement, problem.work, able.n_requirements)
    assert len(set(components_of(able, wanted > 0).tolist())) == 2
    group = groups_of(able, wanted, 2, np.random.default_rng(0))
    assert group.tolist() in ([0, 1] * 4, [1, 0] * 4)
    assert set(groups_of(able, wanted, 4, np.random.default_rng(0)).tolist()) == {0, 1, 2, 3}
    assert set(groups_of(able, wanted, 1, np.random.default_rng(0)).tolist()) == {0}


def test_prices_from_a_sample_prove_a_bound_of_the_whole() -> None:
    whole, sample = two_trades(300), two_trades(300, every=5)
    _, prices = head_prices(sample, 5.0, Limits(effort=1))
    bound = certified_bound(whole, prices)
    assert bound is not None
    assert bound >= solve_greedy(whole, UNLIMITED, silent).objective
    _, own = head_prices(whole, 1.0, Limits(effort=1))
    best = certified_bound(whole, own)
    assert best is not None
    assert bound == pytest.approx(best, rel=0.05)


def test_nobody_has_work_in_two_markets_and_small_ones_come_together() -> None:
    able = two_trades().eligibility
    tasks, wanted = np.array([30.0, 30.0]), np.ones(2)
    assert markets_of(able, wanted, tasks, 1.0).tolist() == [0, 1]
    assert markets_of(able, wanted, tasks, 31.0).tolist() == [0, 0]
    assert markets_of(able, np.zeros(2), tasks, 1.0).tolist() == [0, 1]
    alone = Eligibility(n_agents=1, first=np.array([0, 1, 1]), agent=np.zeros(1, np.int32), efficiency=np.ones(1))
    assert markets_of(alone, wanted, tasks, 1.0).tolist() == [0, 0]


def test_common_work_makes_one_market() -> None:
    able = Eligibility(
        n_agents=3, first=np.array([0, 2, 4, 5]), agent=np.array([0, 1, 1, 2, 2], np.int32), efficiency=np.ones(5)
    )
    tasks = np.ones(3)
    assert markets_of(able, tasks, tasks, 1.0).tolist() == [0, 0, 0]
    assert markets_of(able, np.array([1.0, 0.0, 1.0]), tasks, 1.0).tolist() == [0, 0, 1]
