"""Chooses the engine by the problem's size, and says why."""

from dataclasses import replace

from models.arrays import arrays_of
from models.engines.options import count_options
from models.engines.scale import solve_scale
from models.limits import Limits
from models.outcome import Observer, Outcome, Proof
from models.plan import Plan
from models.problem import Problem

EXACT_OPTIONS = 20_000
"""Up to so many ways to do the tasks CP-SAT is handed the whole model; beyond, it rarely proves anything in time."""
_PROVER = {"exact": "CP-SAT", "certificate": "prices"}


def solve_auto(problem: Problem, limits: Limits, observer: Observer, start: Plan | None = None) -> Outcome:
    """The plan of the engine that suits the problem; ``engine_reason`` says which and why."""
    size = count_options(arrays_of(problem))
    if size > EXACT_OPTIONS:
        outcome = solve_scale(problem, limits, observer, start)
        return replace(outcome, engine_reason=f"scale, as {size:,} ways to do the tasks are too many for a whole model")
    from models.engines.exact import solve_exact

    outcome = solve_exact(problem, limits, observer, start)
    reason = f"exact, as {size:,} ways to do the tasks fit a whole model"
    if outcome.proof is Proof.OPTIMAL:
        reason += f"; {_PROVER[outcome.bound_source]} proved the plan optimal"
    return replace(outcome, engine_reason=reason)
