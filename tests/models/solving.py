"""Runs engines on tiny problems, quickly and repeatably."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from models import Limits, Outcome, Plan, Problem, silent
from models.engines import make_engine
from models.engines.search.construct import greedy_plan
from models.plans.incumbent import Incumbent

ENGINES = ("greedy", "scale", "exact", "pulp")
PROVING = ("exact", "pulp")
"""The engines that go on until they have a proof."""


def solve(name: str, problem: Problem, *, seed: int = 0, start: Plan | None = None, **more: Any) -> Outcome:
    """An engine's outcome with the least deterministic effort, and search and pricing cut short for tiny problems."""
    with cut_short():
        engine = make_engine(name, **more)
        return engine(problem, Limits(effort=1, gap=0.0, seed=seed), silent, start)


@contextmanager
def cut_short() -> Iterator[None]:
    """Has search and pricing do no more than a tiny problem is worth."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.engines.search.price_and_search._ROUNDS_PER_EFFORT", 400)
        patch.setattr("models.engines.pricing.smoothing._STEPS_EACH", 15)
        yield


@contextmanager
def solver_alone(*, greedily: bool = False) -> Iterator[None]:
    """Leaves a solver to itself: without the plans (but perhaps the greedy one) and bounds it usually begins with."""

    def lay(incumbent: Incumbent, *_: Any, **__: Any) -> bool:
        if greedily:
            incumbent.offer(greedy_plan(incumbent.problem), "greedy")
        return False

    with pytest.MonkeyPatch.context() as patch:
        for engine in PROVING:
            module = {"exact": "exact", "pulp": "milp"}[engine]
            patch.setattr(f"models.engines.{module}.lay_foundation", lay)
        yield
