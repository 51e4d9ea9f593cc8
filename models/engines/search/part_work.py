"""What is done with a part of a plan, or with all of it, by whoever an executor has for it."""

import time
from dataclasses import replace
from typing import NamedTuple

from models.engines.search.dive import Market, Spending, dive
from models.engines.search.ruin_recreate import Search
from models.engines.search.sequences import plan_of
from models.engines.search.stretch import Amount, Stretch, Sweeps
from models.engines.search.wishes import Asked
from models.plans.limits import Limits
from models.plans.outcome import Prices
from models.plans.plan import Plan, evaluate
from models.problem.arrays import arrays_of
from models.problem.problem import Problem

_BIDS_OF_A_PART = 300
"""So often an agent bids on average in a dive for a part."""
_SWEEPS_AFTER_DIVE = 2
_SHARE_OF_SHORT = 0.3
"""Of the seconds of a dive, where tasks are short. On a week of a city's requests, 47 for each person, a search won
more in 20 s than dives in 115."""


class Piece(NamedTuple):
    """A problem with a plan to begin with, the seed of what is drawn, prices for a dive, and what a search asks."""

    problem: Problem
    plan: Plan
    seed: int
    prices: Prices | None = None
    asked: Asked | None = None


class Improved(NamedTuple):
    """A plan that is worth no less than the piece's, the moves tried, and what the sweeps between them took and won."""

    plan: Plan
    moves: int
    sweeps: Sweeps = Sweeps()


def search_in(piece: Piece, limits: Limits, *, seconds: float, moves: float) -> Improved:
    """A search of so many seconds from where it begins, or so many moves."""
    problem = piece.problem
    if not problem.free.any():
        return Improved(piece.plan, 0)
    limits = replace(limits, seed=piece.seed)
    search = Search(problem, arrays_of(problem), piece.plan, piece.seed)
    if piece.asked is not None:
        search.follow(piece.asked)
    stretch = Stretch(search, limits)
    done, _ = stretch.run(Amount(time.monotonic() + seconds, moves))
    return Improved(stretch.search.plan(), done, stretch.sweeps)


def dive_in_part(piece: Piece, limits: Limits, *, seconds: float | None) -> Improved:
    """A better plan out of a dive of at most so many seconds, where there is one."""
    problem = piece.problem
    if limits.exhausted() or not problem.free.any():
        return Improved(piece.plan, 0)
    found = dive_for(piece, limits, bids=_BIDS_OF_A_PART * problem.n_agents, seconds=seconds)
    if found is None or evaluate(problem, found).objective <= evaluate(problem, piece.plan).objective:
        return Improved(piece.plan, 0)
    return Improved(found, 0)


def dive_for(piece: Piece, limits: Limits, *, bids: int, seconds: float | None) -> Plan | None:
    """Where a dive of so many bids or seconds ends, after sweeps of best response; ``None`` if there can be none."""
    if piece.prices is None:
        return None
    problem, arrays = piece.problem, arrays_of(piece.problem)
    limits = replace(limits, seed=piece.seed)
    market = Market.of(problem, arrays, piece.prices, piece.plan, limits)
    if market is None:
        return None
    if seconds is not None and market.short:
        seconds *= _SHARE_OF_SHORT
    plan = plan_of(problem, dive(arrays, market, Spending(bids, seconds), limits, piece.seed))
    search = Search(problem, arrays, plan, piece.seed)
    for _ in range(_SWEEPS_AFTER_DIVE):
        search.respond(limits)
    return search.plan()
