"""Groups of people, and prices from a sample."""

import numpy as np
import pytest

from models import certified_bound
from models.engines.greedy import solve_greedy
from models.engines.parts import groups_of, head_prices
from models.engines.parts.groups import components_of
from models.plans.limits import UNLIMITED, Limits
from models.plans.outcome import silent
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
