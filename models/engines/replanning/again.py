"""Plans again from a plan that is nearly right: new work at the earlier prices, then a search beside it.

The prices that proved the earlier plan's bound prove one for the changed problem at once (`models.bounds.certificate`
does not ask where prices come from), and tell what new work is worth somebody's time.
"""

import time

from models.bounds.certificate import UNIT_BITS, certified_bound
from models.engines.pricing.prove import MOST_PRICED_EACH, Priced, prices_proving_bounds
from models.engines.pricing.task_prices import prove_by_programmes
from models.engines.search.construct import construct, priced_order
from models.engines.search.improvement import Improvement
from models.engines.search.price_and_search import passes_of, rounds_of
from models.engines.search.sequences import plan_of, sequences_of
from models.engines.search.time_prices import make_time_prices
from models.engines.sizes import fits_whole
from models.plans.incumbent import Incumbent
from models.plans.limits import Limits, relative_gap
from models.plans.outcome import BoundSource, Observer, Outcome, Prices, silent
from models.plans.plan import Plan
from models.problem.arrays import Arrays, arrays_of
from models.problem.modes import count_modes
from models.problem.problem import Problem

_SHARE_OF_SEARCH = 0.15
"""Of the clock or the effort, before CP-SAT; not tuned."""
_SHARE_OF_PRICES = 1 / 3
"""Of the clock, where both the bound and the plan of a run are to be improved; not tuned."""
_WELL_PRICED = 0.005
"""A gap under which the earlier prices are taken as they are; not tuned."""
_PATIENCE = 200
"""Moves for each agent that may win nothing before the search ends."""


def solve_again(
    problem: Problem,
    limits: Limits,
    observer: Observer,
    start: Plan,
    prices: Prices | None = None,
    bound: int | None = None,
) -> Outcome:
    """The best plan found from a legal one.

    ``prices`` are those of an earlier certificate, if there is one; ``bound`` is one that is known with them, or else
    what they prove is worked out.
    """
    incumbent, arrays = Incumbent(problem, limits, observer), arrays_of(problem)
    incumbent.offer(start, "earlier plan")
    if prices is not None:
        known = certified_bound(problem, prices) if bound is None else bound
        incumbent.prove(known, BoundSource.CERTIFICATE, prices)
    incumbent.offer(filled_up(problem, arrays, start, prices), "new work")
    size = count_modes(arrays)
    if incumbent.prices is None or (size <= MOST_PRICED_EACH and not _well_priced(incumbent)):
        _price(incumbent, arrays)
    if incumbent.finished() or not arrays.free.any() or not len(arrays.base):
        return incumbent.outcome("again", complete=True)
    if fits_whole(arrays):
        return _to_proof(incumbent, arrays)
    _search(incumbent, arrays)
    return incumbent.outcome("again")


def go_on(problem: Problem, limits: Limits, start: Plan, prices: Prices | None, bound: int | None) -> Outcome:
    """A better plan and a lower bound than those that a run has come to, with the prices that proved its bound."""
    incumbent, arrays = Incumbent(problem, limits, silent), arrays_of(problem)
    incumbent.offer(start, "earlier plan")
    incumbent.prove(bound, BoundSource.CERTIFICATE, prices)
    if not incumbent.finished():
        prove_by_programmes(incumbent, arrays, limits.share(_SHARE_OF_PRICES), passes_of(limits.effort))
    if not incumbent.finished() and arrays.free.any() and len(arrays.base):
        _search(incumbent, arrays)
    return incumbent.outcome("again")


def filled_up(problem: Problem, arrays: Arrays, start: Plan, prices: Prices | None) -> Plan:
    """The plan with work that is left put where it fits, the best margin over the prices first."""
    priced = None if prices is None else _as_priced(prices)
    time_prices = make_time_prices(arrays, priced)
    sequences = sequences_of(problem, arrays, start)
    return plan_of(problem, construct(arrays, priced_order(arrays, time_prices), time_prices, sequences=sequences))


def _as_priced(prices: Prices) -> Priced:
    unit = 2.0**UNIT_BITS
    return Priced(prices.edges, prices.price / unit, prices.fee_of_time / unit)


def _to_proof(incumbent: Incumbent, arrays: Arrays) -> Outcome:
    """A short search, then the whole model."""
    from models.engines.exact import finish_exactly

    _search(incumbent, arrays, share=_SHARE_OF_SEARCH)
    complete = not incumbent.finished() and finish_exactly(incumbent, arrays)
    return incumbent.outcome("again", complete=complete)


def _well_priced(incumbent: Incumbent) -> bool:
    """Whether better prices could tell little."""
    return incumbent.bound is not None and relative_gap(incumbent.bound, incumbent.objective) <= _WELL_PRICED


def _price(incumbent: Incumbent, arrays: Arrays) -> None:
    """Better prices for the problem as it is now; with a clock for a third of it at most."""
    for _ in prices_proving_bounds(incumbent, arrays, limits=incumbent.limits.share(1 / 3)):
        if incumbent.finished():
            return


def _search(incumbent: Incumbent, arrays: Arrays, share: float = 1.0) -> None:
    limits = incumbent.limits
    improvement = Improvement(incumbent, arrays, limits)
    if limits.effort is not None:
        improvement.rounds(rounds_of(limits.effort, share))
    else:
        deadline = time.monotonic() + share * limits.remaining_s()
        improvement.until(deadline, patience=_PATIENCE * len(arrays.base))
