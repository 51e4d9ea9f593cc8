"""What engines start from: pricing beside the search keeps to its share of the limits."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from models import Limits, silent
from models.engines.pricing.prove import Priced
from models.engines.search.price_and_search import lay_foundation
from models.plans.incumbent import Incumbent
from models.problem.arrays import arrays_of
from tests.models.engines.test_exact import crowd

Watch = dict[str, Any]


def free_of_charge(incumbent: Incumbent) -> Priced:
    agents = incumbent.problem.n_agents
    return Priced(np.array([0, incumbent.problem.horizon]), np.zeros((agents, 2)), np.zeros(agents))


@pytest.fixture
def endless_pricing(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Pricing that goes on until its limits say otherwise; what it was given and when it ended."""
    watch: Watch = {"then": lambda incumbent: None}

    def price(incumbent: Incumbent, A: Any, limits: Limits) -> Iterator[Priced]:
        watch["limits"] = limits
        yield free_of_charge(incumbent)
        watch["then"](incumbent)
        while not limits.exhausted():
            time.sleep(0.01)
        watch["ended"] = time.monotonic()

    monkeypatch.setattr("models.engines.search.price_and_search.prices_proving_bounds", price)
    return watch


def lay(limits: Limits, share: float, most_s: float = 0.1) -> float:
    """The seconds it takes to lay a foundation; no thread is left behind."""
    incumbent = Incumbent(crowd(), limits, silent)
    A, before, began = arrays_of(incumbent.problem), set(threading.enumerate()), time.monotonic()
    assert not lay_foundation(incumbent, A, None, share, most_s)
    seconds = time.monotonic() - began
    for thread in set(threading.enumerate()) - before:
        thread.join(1)
        assert not thread.is_alive()
    return seconds


@pytest.fixture(autouse=True)
def compiled_already() -> None:
    lay(Limits(effort=1, gap=0.0), 1.0)


def test_pricing_leaves_a_solver_its_time(endless_pricing: Watch) -> None:
    limits = Limits(deadline=time.monotonic() + 20, gap=0.0)
    assert lay(limits, share=0.05) < 5
    assert endless_pricing["limits"].deadline < limits.deadline - 15
    assert endless_pricing["limits"].cancelled is limits.cancelled


def test_pricing_may_take_all_the_time_there_is(endless_pricing: Watch) -> None:
    limits = Limits(deadline=time.monotonic() + 1.0, gap=0.0)
    lay(limits, share=1.0)
    assert endless_pricing["ended"] >= limits.deadline - 0.05


def test_pricing_ends_when_the_incumbent_is_near_enough(endless_pricing: Watch) -> None:
    endless_pricing["then"] = lambda incumbent: incumbent.prove(2 * incumbent.objective, "test")
    assert lay(Limits(deadline=time.monotonic() + 20, gap=0.6), share=1.0) < 5


def test_pricing_ends_when_somebody_asks(endless_pricing: Watch) -> None:
    endless_pricing["then"] = lambda incumbent: incumbent.limits.cancelled.set()
    assert lay(Limits(gap=0.0), share=1.0) < 5


def test_what_goes_wrong_in_pricing_is_told(endless_pricing: Watch) -> None:
    def fail(incumbent: Incumbent) -> None:
        raise ArithmeticError("no price")

    endless_pricing["then"] = fail
    with pytest.raises(ArithmeticError, match="no price"):
        lay(Limits(deadline=time.monotonic() + 20, gap=0.0), share=0.05)
