"""What tests of re-planning have in common: a day that changes, and problems taken for large ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from models import Limits, Plan, Problem
from tests.models.case import Case
from tests.models.solving import solve

LIMITS = Limits(effort=1, gap=0.0)


@contextmanager
def as_if_large() -> Iterator[None]:
    """No problem is small enough for a whole model."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("models.engines.sizes.MOST_WHOLE", -1)
        yield


def changed_day(case: Case) -> Case:
    """The same tasks and people when the first person has half the time and the last task is worth more."""
    agents = tuple(
        replace(a, windows=tuple((s, (s + e) // 2) for s, e in a.windows if e - s > 1)) if k == 0 else a
        for k, a in enumerate(case.agents)
    )
    tasks = tuple(replace(t, value="50") if k == len(case.tasks) - 1 else t for k, t in enumerate(case.tasks))
    return replace(case, agents=agents, tasks=tasks)


def then_and_now(case: Case) -> tuple[Plan, Problem, Problem]:
    """An earlier plan, its problem, and the problem as it is now."""
    before, now = case.build(), changed_day(case).build()
    return solve("exact", before).plan, before, now


def stays_of(problem: Problem, kept: Plan) -> np.ndarray:
    """Who could keep each task: whoever has it."""
    return np.where(problem.free, kept.agent, -1).astype(np.int32)
