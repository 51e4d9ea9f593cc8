"""Prices are the same on every processor: compiled for this one, and as plain Python without its instructions."""

import hashlib
import os
import subprocess
import sys

import pytest

from models import Limits, silent
from models.engines.pricing.prove import prices_proving_bounds
from models.engines.pricing.task_prices import prove_by_programmes
from models.plans.incumbent import Incumbent
from models.problem.arrays import arrays_of
from tests.models.case import Agent, Case, Task
from tests.processors import OLDER


def digest() -> str:
    """Of all prices of a day, agent by agent, through the market and of tasks, and of the bounds they prove."""
    skills = ({"a": (1, "0.9")}, {"b": (1, "1.1")}, {"a": (1, "1.05"), "b": (2, "0.8")})
    agents = tuple(
        Agent(id=f"a{k}", skills=skills[k % 3], windows=((0, 90 + 17 * k),), max_tasks=3 if k % 4 == 0 else None)
        for k in range(6)
    )
    tasks = tuple(
        Task(
            id=f"t{k}",
            needs=((("ab"[k % 2], 1),),),
            minutes=str(7 + 11 * k % 31),
            value=str(1 + 5 * k % 23),
            penalty=str(k % 4),
            due=None if k % 3 == 0 else 20 + 3 * k,
        )
        for k in range(40)
    )
    problem = Case(horizon=200, agents=agents, tasks=tasks).build()
    arrays, found = arrays_of(problem), hashlib.sha256()
    for most_modes in (10**9, -1):
        incumbent = Incumbent(problem, Limits(effort=1), silent)
        for priced in prices_proving_bounds(incumbent, arrays, most_modes):
            found.update(priced.price.tobytes() + priced.fee.tobytes())
        prove_by_programmes(incumbent, arrays, incumbent.limits, 4)
        assert incumbent.prices is not None
        assert incumbent.prices.task is not None
        found.update(incumbent.prices.task.tobytes() + str(incumbent.bound).encode())
    return found.hexdigest()


@pytest.mark.slow
def test_prices_are_those_of_plain_arithmetic() -> None:
    plain = subprocess.run(
        [sys.executable, "-m", __name__],
        env={**os.environ, **OLDER, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert plain.stdout.strip() == digest()


if __name__ == "__main__":
    print(digest())  # noqa: T201  (read by the test)
