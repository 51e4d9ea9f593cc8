"""Chooses the engine by the problem's size, and says why."""

import time
from dataclasses import replace

from models.engines.scale import solve_scale
from models.engines.sizes import fits_whole
from models.errors import CapabilityError
from models.plans.limits import Limits, relative_gap
from models.plans.outcome import BoundSource, Observer, Outcome, Proof, Stop
from models.plans.plan import Plan
from models.problem.arrays import arrays_of
from models.problem.modes import count_modes
from models.problem.problem import Problem
from models.runs.codes import Code
from models.runs.messages import Message

_SHARE_OF_CP_SAT = 0.4
"""Of the clock, where HiGHS can follow: what CP-SAT does not prove by then it seldom proves later."""
_PROVER = {
    BoundSource.EXACT: "CP-SAT",
    BoundSource.PULP: "HiGHS",
    BoundSource.CERTIFICATE: Message(Code.PRICES),
    BoundSource.TASK_PRICES: Message(Code.PRICES_OF_TASKS),
}


def solve_auto(problem: Problem, limits: Limits, observer: Observer, start: Plan | None = None) -> Outcome:
    """The plan of the engine that suits the problem; ``engine_reason`` says which and why."""
    arrays = arrays_of(problem)
    size = count_modes(arrays)
    if not fits_whole(arrays):
        outcome = solve_scale(problem, limits, observer, start)
        return replace(outcome, engine_reason=Message(Code.TOO_LARGE, n=size))
    outcome, both = _solve_whole(problem, limits, observer, start)
    reason = Message(Code.WHOLE_MODEL_TWICE if both else Code.WHOLE_MODEL, n=size)
    if outcome.proof is Proof.OPTIMAL:
        reason = reason.then(Message(Code.PROVED_BY, prover=_PROVER[outcome.bound_source]))
    return replace(outcome, engine_reason=reason)


def _solve_whole(problem: Problem, limits: Limits, observer: Observer, start: Plan | None) -> tuple[Outcome, bool]:
    """The best of CP-SAT and, when that has not come to an end in its share of the clock, HiGHS; whether it was both.

    HiGHS is the better judge where little but capacity binds, CP-SAT where work waits for its release.
    """
    from models.engines.exact import solve_exact

    if limits.deadline is None or limits.effort is not None or not _suits_highs(problem):
        return solve_exact(problem, limits, observer, start), False
    share = time.monotonic() + _SHARE_OF_CP_SAT * limits.remaining_s()
    first = solve_exact(problem, replace(limits, deadline=share), observer, start)
    if first.stop is not Stop.TIME or limits.exhausted():
        return first, False
    from models.engines.milp import solve_pulp

    def tell(stage: str, objective: int | None = None, bound: int | None = None) -> None:
        known = [b for b in (bound, first.bound) if b is not None]
        observer(stage, max(objective or first.objective, first.objective), min(known, default=None))

    return _best_of(first, solve_pulp(problem, limits, tell, first.plan), limits), True


def _suits_highs(problem: Problem) -> bool:
    """Whether PuLP can hand the problem to HiGHS."""
    from models.engines.milp import refuse_what_is_too_large

    try:
        refuse_what_is_too_large(problem, arrays_of(problem))
    except CapabilityError:
        return False
    return True


def _best_of(first: Outcome, second: Outcome, limits: Limits) -> Outcome:
    """The better plan under the lower bound."""
    better = second if second.objective > first.objective else first
    proof = first
    if second.bound is not None and (first.bound is None or second.bound < first.bound):
        proof = second
    stop = second.stop
    if proof.bound == better.objective:
        stop = Stop.OPTIMAL
    elif proof.bound is not None and relative_gap(proof.bound, better.objective) <= limits.gap:
        stop = Stop.GAP
    return replace(
        better,
        engine="exact",
        bound=proof.bound,
        bound_source=proof.bound_source,
        prices=proof.prices or first.prices,
        turns=(*first.turns, *second.turns),
        stop=stop,
    )
