"""Makes a plan better: search in parts of it, sweeps of best response between, and dives from prices of tasks."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from models.engines.pricing.prove import Priced
from models.engines.search.construct import priced_plan
from models.engines.search.dive import Market, Spending, dive
from models.engines.search.parts import how_many_parts, split
from models.engines.search.ruin_recreate import Search
from models.engines.search.sequences import plan_of
from models.plans.incumbent import Incumbent
from models.plans.limits import Limits
from models.plans.outcome import Move, Prices
from models.plans.plan import Plan
from models.problem.arrays import Arrays, arrays_of
from models.problem.modes import count_modes
from models.problem.problem import Problem
from models.threads import at_once
from models.variants.excerpt import Excerpt

_SLICE_S = 0.25
_SHORTEST_ROUND_S, _LONGEST_ROUND_S, _SHARE_OF_A_ROUND = 0.5, 8.0, 0.1
"""Seconds, of those that are left, until the parts are put together and split anew."""
_MOVES_OF_A_ROUND = 20
"""For each agent, where work is counted."""
_SWEEPS_AFTER_DIVE = 2
_MOST_MODES_OF_SEVERAL = 2_000_000
"""Up to so many ways to do the tasks several dives are made beside each other; above, one on all cores."""
_DIVES, _MOST_DIVES = 2, 4
"""Where work is counted, and as many as there are threads where a clock runs."""
_TRIAL = 0.5
"""Of the time of a dive, its plan is searched from before it is given up for a better one."""
_AGENTS_OF_A_DIVE, _AGENTS_OF_A_LARGE_DIVE, _BIDS_OF_A_PART, _PARTS_AT_ONCE = 60, 300, 300, 4
"""In a dive in parts: so many agents each, more in large problems, who bid so often on average; and parts in a turn."""
_MOVES_OF_A_DIVE = 30.0
"""What a dive in parts costs for each agent, in moves, where work is counted."""
_LEAST_WAIT = 0.25
"""Of what the other costs, the search has again before the next turn, however well the other paid."""
_LATER = 3
"""So much later is the next turn of what paid worse than the search."""
_OFFER_EVERY_S = 1.0
_ROUNDS_AT_ONCE = 100
_LARGE_AT_ONCE = 10
"""Moves of a new size before the next look at the clock: the largest take a tenth of a second on long clocks."""
_MOST_ROUNDS_AT_ONCE = 100_000


@dataclass(frozen=True)
class Amount:
    """How much is searched: until a moment of :func:`time.monotonic`, or so many moves."""

    deadline: float = float("inf")
    moves: float = float("inf")


class Sweeps(NamedTuple):
    """The seconds of sweeps, and the hundredths that they have won."""

    seconds: float
    won: float

    def since(self, before: "Sweeps") -> "Sweeps":
        """What has come to those ``before``."""
        return Sweeps(self.seconds - before.seconds, self.won - before.won)


class Stretch:
    """A search with sweeps of best response between its moves, each as often as it pays."""

    def __init__(self, search: Search, limits: Limits) -> None:
        self.search, self._limits = search, limits
        self.sweeps = Sweeps(0.0, 0.0)
        self._turns, self._at_once = _Turns(), _ROUNDS_AT_ONCE

    def run(self, amount: Amount) -> tuple[int, float]:
        """The moves tried and the hundredths won."""
        counted, done, won = self._limits.effort is not None, 0, 0.0
        while done < amount.moves and time.monotonic() < amount.deadline and not self._limits.exhausted():
            began, size = time.monotonic(), self.search.size
            count = max(1, int(min(self._at_once, amount.moves - done)))
            gained = self.search.run(count)
            seconds = time.monotonic() - began
            done, won = done + count, won + gained
            self._turns.moved(float(count) if counted else seconds, gained)
            if self._turns.other_is_due():
                won += self._sweep(counted)
            if not counted:
                self._at_once = _at_once(self._at_once, seconds, self.search.size != size)
        return done, won

    def _sweep(self, counted: bool) -> float:
        began = time.monotonic()
        won = self.search.respond(self._limits)
        seconds = time.monotonic() - began
        self._turns.other_done(float(self.search.agents) if counted else seconds, won)
        self.sweeps = Sweeps(self.sweeps.seconds + seconds, self.sweeps.won + won)
        return won


def _at_once(moves: int, seconds: float, resized: bool) -> int:
    """How many moves come before the next look at the clock, after so many took so many seconds."""
    moves = min(_MOST_ROUNDS_AT_ONCE, max(10, int(moves * min(2.0, _SLICE_S / max(seconds, 1e-3)))))
    return min(moves, _LARGE_AT_ONCE) if resized else moves


class Improvement:
    """Improves the incumbent's plan from the best place known.

    Other places to start from are plans that follow better prices, and those of dives; the improvement goes on from one
    when it is worth more than where it has come, a dive's after some search.
    """

    def __init__(self, incumbent: Incumbent, arrays: Arrays, limits: Limits) -> None:
        self._incumbent, self._arrays, self._limits = incumbent, arrays, limits
        self._random = np.random.default_rng(limits.seed)
        self._parts, self._threads = how_many_parts(incumbent.problem), limits.workers
        self._small = count_modes(arrays) <= _MOST_MODES_OF_SEVERAL
        self._stretch = Stretch(Search(incumbent.problem, arrays, incumbent.plan, limits.seed), limits)
        self._turns, self._has_dived = _Turns(), False
        self._sweeps: list[Sweeps] = []
        self._next: Priced | None = None
        self._all_priced = threading.Event()
        self._lock = threading.Lock()

    def follow(self, priced: Priced) -> None:
        """Goes on from a plan that follows these prices if it is better, unless the limits are exhausted."""
        if self._limits.exhausted():
            return
        self._offer()
        began, before = time.monotonic(), self._search.value
        plan = priced_plan(self._incumbent.problem, self._arrays, priced, self._limits)
        search = self._search.elsewhere(plan, self._seed())
        search.respond(self._limits)
        self._incumbent.offer(search.plan(), "priced")
        if search.value > before:
            self._stretch = Stretch(search, self._limits)
        self._incumbent.spent(Move.START, time.monotonic() - began, self._search.value - before)

    def hand_over(self, priced: Priced) -> None:
        """Has the search follow these prices next; may be called from another thread."""
        with self._lock:
            self._next = priced

    def all_handed_over(self) -> None:
        """Tells that no better prices will come; may be called from another thread."""
        self._all_priced.set()

    def dives(self, bids: int, seconds: float | None = None) -> None:
        """Goes on from a plan out of dives if it is better, or becomes so in a short search.

        Each is done after so many bids, or so many seconds where a clock counts.
        """
        prices, began = self._incumbent.prices, time.monotonic()
        if prices is None or self._limits.exhausted():
            return
        self._has_dived = True
        if not self._small and prices.task is None:
            return  # tasks are short: no whole plan out of a dive is as good as the search's
        self._offer()
        dives = [partial(self._dive, prices, bids, seconds, limits) for limits in self._limits_of_dives()]
        found = [search for search in at_once(dives, self._limits.workers) if search is not None]
        if not found:
            return
        best, before = max(found, key=lambda search: search.value), self._stretch
        self._incumbent.offer(best.plan(), "dive")
        self._stretch = Stretch(best, self._limits)
        if best.value <= before.search.value:
            self._search_for(self._trial(time.monotonic() - began))
            if self._search.value <= before.search.value:
                self._stretch = before
        self._incumbent.spent(Move.DIVE, time.monotonic() - began, self._search.value - before.search.value)

    def rounds(self, rounds: int) -> None:
        """Tries so many moves, unless the clock runs out."""
        done = 0
        while done < rounds and not self._incumbent.finished():
            done += max(1, self._search_and_dive(Amount(moves=min(self._round, rounds - done)))[0])
            self._offer()
        self._search.respond(self._incumbent.limits)
        self._offer()

    def until(self, deadline: float, patience: int | None = None, *, priced_by: float | None = None) -> None:
        """Tries moves until a moment of :func:`time.monotonic`, or until the incumbent is good enough.

        Also ends, if told so, after ``patience`` moves that have won nothing, or when all prices are handed over, but
        not later than ``priced_by``; one core is left to those who look for them.
        """
        offered, idle = time.monotonic(), 0
        self._threads = self._limits.workers if priced_by is None else max(1, self._limits.workers - 1)
        while not self._incumbent.finished() and time.monotonic() < deadline:
            if priced_by is not None and (self._all_priced.is_set() or time.monotonic() > priced_by):
                break
            moves, won = self._search_and_dive(Amount(min(deadline, self._next_look(deadline, priced_by is not None))))
            idle = idle + moves if won <= 0 else 0
            if patience is not None and idle >= patience:
                break
            if time.monotonic() - offered > _OFFER_EVERY_S:
                self._offer()
                offered = time.monotonic()
        self._offer()

    @property
    def _search(self) -> Search:
        return self._stretch.search

    @property
    def _round(self) -> int:
        """Moves until the parts are put together, where moves are counted."""
        return max(_ROUNDS_AT_ONCE, _MOVES_OF_A_ROUND * len(self._arrays.base))

    @property
    def _moves_of_a_dive(self) -> float:
        return _MOVES_OF_A_DIVE * min(len(self._arrays.base), _PARTS_AT_ONCE * _AGENTS_OF_A_LARGE_DIVE)

    def _seed(self) -> int:
        return int(self._random.integers(2**31))

    def _next_look(self, deadline: float, often: bool) -> float:
        """The moment until which to search before looking whether there is something else to do."""
        now = time.monotonic()
        if self._parts == 1:
            return now + _SLICE_S
        least, most = _SHORTEST_ROUND_S, _SHORTEST_ROUND_S if often else _LONGEST_ROUND_S
        return now + min(most, max(least, _SHARE_OF_A_ROUND * (deadline - now)))

    def _trial(self, seconds: float) -> Amount:
        if self._limits.effort is not None:
            return Amount(moves=self._round)
        return Amount(time.monotonic() + min(_TRIAL * seconds, self._limits.remaining_s() / 2))

    def _limits_of_dives(self) -> Sequence[Limits]:
        """One seed for each dive; one alone uses all cores."""
        limits = self._limits
        if not self._small:
            return [limits]
        several = _DIVES if limits.effort is not None else max(1, min(_MOST_DIVES, limits.workers))
        return [replace(limits, seed=limits.seed + k, workers=1) for k in range(several)]

    def _dive(self, prices: Prices, bids: int, seconds: float | None, limits: Limits) -> Search | None:
        """A search from where a dive for the whole plan ended; ``None`` where there is nothing to dive into."""
        problem, planned = self._incumbent.problem, int((self._incumbent.plan.agent >= 0).sum())
        market = Market.of(problem, self._arrays, prices, planned, limits)
        if market is None:
            return None
        return _after_dive(self._search, problem, self._arrays, market, Spending(bids, seconds), limits)

    def _search_and_dive(self, amount: Amount) -> tuple[int, float]:
        """Searches, and dives in parts when that has its turn; the moves tried and the hundredths won."""
        began, counted = time.monotonic(), self._limits.effort is not None
        moves, won = self._search_for(amount)
        now = time.monotonic()
        self._turns.moved(float(moves) if counted else now - began, won)
        if self._has_dived and self._turns.other_is_due():
            gained = self._dive_in_parts()
            seconds = time.monotonic() - now
            self._turns.other_done(self._moves_of_a_dive if counted else seconds, gained)
            self._incumbent.spent(Move.DIVE_IN_PARTS, seconds, gained)
            won += gained
        return moves, won

    def _search_for(self, amount: Amount) -> tuple[int, float]:
        """Searches; the moves tried and the hundredths won."""
        with self._lock:
            priced, self._next = self._next, None
        if priced is not None:
            self.follow(priced)
        began, self._sweeps = time.monotonic(), []
        moves, won = self._search_whole(amount) if self._parts == 1 else self._search_in_parts(amount)
        swept_s = sum(sweeps.seconds for sweeps in self._sweeps) / min(self._parts, self._threads)
        swept = sum(sweeps.won for sweeps in self._sweeps)
        self._incumbent.spent(Move.SWEEPS, swept_s, swept, began + swept_s)
        self._incumbent.spent(Move.SEARCH, time.monotonic() - began - swept_s, won - swept)
        return moves, won

    def _search_whole(self, amount: Amount) -> tuple[int, float]:
        before = self._stretch.sweeps
        moves, won = self._stretch.run(amount)
        self._sweeps = [self._stretch.sweeps.since(before)]
        return moves, won

    def _search_in_parts(self, amount: Amount) -> tuple[int, float]:
        parts = self._parts
        seconds = (amount.deadline - time.monotonic()) * min(parts, self._threads) / parts
        return self._in_parts(parts, partial(self._improve_part, seconds=seconds, moves=amount.moves / parts))

    def _dive_in_parts(self) -> float:
        """Dives of a few agents each, the others' work being fixed; the hundredths won."""
        prices = self._incumbent.prices
        if prices is None:
            return 0.0
        parts = max(1, len(self._arrays.base) // (_AGENTS_OF_A_DIVE if self._small else _AGENTS_OF_A_LARGE_DIVE))
        return self._in_parts(parts, partial(self._dive_in, prices=prices), _PARTS_AT_ONCE)[1]

    def _in_parts(
        self, parts: int, improve: Callable[[Excerpt, Plan, int], tuple[Plan, int]], most: int | None = None
    ) -> tuple[int, float]:
        """Splits the plan, improves all parts or ``most`` of them beside each other, and puts them back.

        ``improve`` takes a part, its plan and a seed, and returns a plan and the moves tried. Returns the moves in all
        and the hundredths won.
        """
        plan, before = self._search.plan(), self._search.value
        excerpts = split(self._incumbent.problem, self._arrays, plan, parts, self._random, most)
        work = [partial(improve, part, part.part_of(plan), self._seed()) for part in excerpts]
        done = 0
        for part, (found, moves) in zip(excerpts, at_once(work, self._threads), strict=True):
            plan, done = part.put_back(plan, found), done + moves
        self._stretch = Stretch(self._search.elsewhere(plan, self._seed()), self._limits)
        return done, self._search.value - before

    def _improve_part(self, part: Excerpt, plan: Plan, seed: int, *, seconds: float, moves: float) -> tuple[Plan, int]:
        if not part.problem.free.any():
            return plan, 0
        limits = replace(self._limits, seed=seed)
        stretch = Stretch(Search(part.problem, arrays_of(part.problem), plan, seed), limits)
        done, _ = stretch.run(Amount(time.monotonic() + seconds, moves))
        self._sweeps.append(stretch.sweeps)
        return stretch.search.plan(), done

    def _dive_in(self, part: Excerpt, plan: Plan, seed: int, *, prices: Prices) -> tuple[Plan, int]:
        """The part's plan, or a better one out of a dive."""
        problem = part.problem
        if self._limits.exhausted() or not problem.free.any():
            return plan, 0
        of_tasks = None if prices.task is None else prices.task[part.tasks]
        prices = replace(prices, price=prices.price[part.agents], fee=prices.fee[part.agents], task=of_tasks)
        limits, arrays = replace(self._limits, seed=seed, workers=1), arrays_of(problem)
        market = Market.of(problem, arrays, prices, int((plan.agent >= 0).sum()), limits)
        if market is None:
            return plan, 0
        search = Search(problem, arrays, plan, seed)
        other = _after_dive(search, problem, arrays, market, Spending(_BIDS_OF_A_PART * problem.n_agents, None), limits)
        return (other.plan() if other.value > search.value else plan), 0

    def _offer(self) -> None:
        self._incumbent.offer(self._search.plan(), "search")


def _after_dive(
    search: Search, problem: Problem, arrays: Arrays, market: Market, spending: Spending, limits: Limits
) -> Search:
    """The search from where a dive ended, after sweeps of best response."""
    sequences = dive(arrays, market, spending, limits, limits.seed)
    other = search.elsewhere(plan_of(problem, sequences), limits.seed)
    for _ in range(_SWEEPS_AFTER_DIVE):
        other.respond(limits)
    return other


class _Turns:
    """When something else than search is due, a sweep or a dive: so much search behind the last one as both have paid.

    Costs are seconds, or moves where work is counted (a sweep is then a move for each agent).
    """

    def __init__(self) -> None:
        self._wait, self._searched, self._won = 0.0, 0.0, 0.0

    def moved(self, cost: float, won: float) -> None:
        """Search has cost and won so much."""
        self._searched += cost
        self._won += won

    def other_is_due(self) -> bool:
        """Whether the other has its turn."""
        return self._searched >= self._wait

    def other_done(self, cost: float, won: float) -> None:
        """It has cost and won so much: the next comes sooner when it paid better than the search, else later."""
        paid_better = won * self._searched > self._won * cost
        self._wait = max(_LEAST_WAIT * cost, self._wait / 2) if paid_better else max(cost, self._wait) * _LATER
        self._searched, self._won = 0.0, 0.0
