"""Certificates in parts are those of the whole, to the last unit."""

from random import Random

import numpy as np
import pytest
from hypothesis import given

from models import Limits, Threads, certified_bound, certified_by_task_prices
from models.bounds.task_prices import AGENTS_AT_ONCE, Alone, bound_of
from models.engines.pricing.in_parts import _together, bound_in_parts, earned_in_parts, nearest, parts_for
from tests.models.bounds.test_certificate import random_prices
from tests.models.bounds.test_task_prices import go_on, random_task_prices
from tests.models.case import Case
from tests.models.strategies import cases, contested_cases, examples, randoms

PARTS = (1, 3, 7)


@given(case=cases, random=randoms)
@examples(60)
def test_prices_of_time_prove_the_same_in_parts(case: Case, random: Random) -> None:
    problem, prices = case.build(), random_prices(random, case)
    whole = certified_bound(problem, prices)
    assert [bound_in_parts(problem, prices, Limits(workers=1), parts) for parts in PARTS] == [whole] * len(PARTS)


@given(case=contested_cases, random=randoms)
@examples(60)
def test_prices_of_tasks_prove_the_same_in_parts(case: Case, random: Random) -> None:
    problem, prices = case.build(), random_task_prices(random, case)
    with pytest.MonkeyPatch.context() as patch:
        together = random.choice([1, 2])
        patch.setattr("models.bounds.task_prices.AGENTS_AT_ONCE", together)
        patch.setattr("models.engines.pricing.in_parts.AGENTS_AT_ONCE", together)
        alone = Alone(problem)
        whole = alone.earned(prices, go_on)
        assert whole is not None
        for parts in PARTS:
            found = earned_in_parts(problem, alone, prices, Limits(workers=2), parts)
            assert found is not None
            assert np.array_equal(found[0], whole[0])
            assert np.array_equal(found[1], whole[1])
            assert bound_of(problem, prices, found[0]) == certified_by_task_prices(problem, prices)


@pytest.mark.parametrize(("agents", "parts"), [(0, 3), (1, 3), (16, 2), (40, 2), (100, 7), (1700, 2)])
def test_parts_keep_agents_together_who_are_looked_at_together(agents: int, parts: int) -> None:
    split = _together(agents, parts)
    assert np.concatenate([np.zeros(0, np.int64), *split]).tolist() == list(range(agents))
    assert len(split) <= parts
    assert all(len(part) and part[0] % AGENTS_AT_ONCE == 0 for part in split)


@given(case=contested_cases, random=randoms)
@examples(10)
def test_nothing_is_proved_when_the_limits_end_before(case: Case, random: Random) -> None:
    problem, prices, limits = case.build(), random_task_prices(random, case), Limits(workers=1)
    limits.cancelled.set()
    assert earned_in_parts(problem, Alone(problem), prices, limits, 2) is None


@pytest.mark.parametrize(("workers", "number", "parts"), [(1, 1000, 1), (4, 1000, 4), (4, 250, 2), (4, 10, 1)])
def test_there_are_as_many_parts_as_workers_but_none_too_small(workers: int, number: int, parts: int) -> None:
    assert parts_for(Limits(effort=1, workers=workers), number, 100) == parts
    assert parts_for(Limits(workers=workers), number, 100) == 1


@pytest.mark.parametrize(("size", "sent"), [(1, False), (2, False), (3, True)])
def test_nothing_is_sent_to_workers_who_are_no_more_than_the_threads_here(size: int, sent: bool) -> None:
    given = Limits(workers=2, executor=Threads(size))
    assert nearest(given).executor is (given.executor if sent else None)
