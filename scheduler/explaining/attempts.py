"""Attempts to improve a plan in which something is fixed, by whoever works."""

import time
from dataclasses import dataclass, replace

from models import Limits, Plan, Problem, silent


@dataclass(frozen=True, eq=False, kw_only=True)
class Attempt:
    """A plan of a problem, or of a part of one, to be improved in so many ``seconds``; ``None``: as long as it takes.

    A part is improved again when it is ``freed`` of the choice: it may be better still, and so show what the plan at
    hand has missed.
    """

    problem: Problem
    plan: Plan
    freed: Problem | None
    seconds: float | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Improved:
    """What an attempt has come to: the plan, a bound where one was proved, the plan after it was freed."""

    plan: Plan
    bound: int | None = None
    freed: Plan | None = None


def improve(attempt: Attempt, limits: Limits) -> Improved:
    """Makes an attempt within the limits."""
    from models.engines import make_engine, polish

    if attempt.seconds is not None:
        own = time.monotonic() + attempt.seconds
        limits = replace(limits, deadline=own if limits.deadline is None else min(own, limits.deadline))
    if attempt.freed is None:
        outcome = make_engine("auto")(attempt.problem, limits, silent, attempt.plan)
        return Improved(plan=outcome.plan, bound=outcome.bound)
    plan = polish(attempt.problem, attempt.plan, _half(limits))
    return Improved(plan=plan, freed=polish(attempt.freed, plan, limits))


def _half(limits: Limits) -> Limits:
    """The limits with half of the time that is left."""
    if limits.deadline is None:
        return limits
    return replace(limits, deadline=time.monotonic() + limits.remaining_s() / 2)
