"""Makes a plan better: search in parts of it, sweeps of best response between, and dives from prices of tasks."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from models.bounds.certificate import UNIT_BITS
from models.engines.pricing.prove import Priced
from models.engines.pricing.task_prices import prices_of_tasks
from models.engines.search.construct import priced_plan
from models.engines.search.dive import MANY_MODES
from models.engines.search.part_work import Improved, Piece, dive_for, dive_in_part, search_in
from models.engines.search.parts import how_many_parts, split
from models.engines.search.ruin_recreate import Search
from models.engines.search.stretch import ROUNDS_AT_ONCE, SLICE_S, Amount, Stretch, Sweeps, Turns
from models.engines.search.wishes import Asked
from models.executor import Threads, Work, do_all, executor_of
from models.plans.incumbent import Incumbent
from models.plans.limits import Limits
from models.plans.outcome import Move, Prices
from models.plans.plan import Plan
from models.problem.arrays import Arrays
from models.problem.modes import count_modes

_SHORTEST_ROUND_S, _LONGEST_ROUND_S, _SHARE_OF_A_ROUND = 0.5, 8.0, 0.1
"""Seconds, of those that are left, until the parts are put together and split anew."""
_MOVES_OF_A_ROUND = 20
"""For each agent, where work is counted."""
_DIVES, _MOST_DIVES = 2, 4
"""Where work is counted, and as many as are made at once where a clock runs."""
_TRIAL = 0.5
"""Of the time of a dive, its plan is searched from before it is given up for a better one."""
_AGENTS_OF_A_DIVE, _PARTS_AT_ONCE = 60, 4
"""In a dive in parts: so many agents each, and parts in a turn."""
_MOVES_OF_A_DIVE = 30.0
"""What a dive in parts costs for each agent, in moves, where work is counted."""
_SHARE_OF_A_DIVE = 0.05
"""Of the seconds that are left, a dive in a part takes at most, where a clock counts: on a week of a city's requests,
of 70 tasks and 35 hours each, four dives took 19 of 30 seconds and won nothing."""
_OFFER_EVERY_S = 1.0
_NEWS = 0.05
"""Of the distance between bound and plan, prices must have lowered the bound for a plan to be made from them: on a
backlog of 800,000 tasks such a plan takes 27 s, and the one from prices that lowered it by 0.8 % won nothing."""


class Improvement:
    """Improves the incumbent's plan from the best place known.

    Other places to start from are plans that follow better prices, and those of dives; the improvement goes on from one
    when it is worth more than where it has come, a dive's after some search.
    """

    def __init__(self, incumbent: Incumbent, arrays: Arrays, limits: Limits) -> None:
        self._incumbent, self._arrays, self._limits = incumbent, arrays, limits
        self._random = np.random.default_rng(limits.seed)
        self._parts = how_many_parts(incumbent.problem)
        self._small = count_modes(arrays) <= MANY_MODES
        self._stretch = Stretch(Search(incumbent.problem, arrays, incumbent.plan, limits.seed), limits)
        self._turns, self._has_dived = Turns(), False
        self._sweeps: list[Sweeps] = []
        self._prices: Prices | None = None
        self._asked: Asked | None = None
        self._next: Priced | None = None
        self._followed: int | None = None
        self._all_priced = threading.Event()
        self._all_priced.set()
        self._lock = threading.Lock()

    def follow(self, priced: Priced) -> None:
        """Goes on from a plan that follows these prices if it is better, unless they tell little that is new."""
        if self._limits.exhausted() or not self._tell_more():
            return
        self._offer()
        began, before = time.monotonic(), self._search.value
        plan = priced_plan(self._incumbent.problem, self._arrays, priced, self._limits)
        search = self._search.elsewhere(plan, self._seed())
        if self._parts == 1 or search.value <= before:
            search.respond(self._limits)  # where there are parts those begin with it, beside each other
        self._incumbent.offer(search.plan(), "priced")
        if search.value > before:
            self._stretch = Stretch(search, self._limits)
        self._incumbent.spent(Move.START, time.monotonic() - began, self._search.value - before)

    def _tell_more(self) -> bool:
        """Whether the bound has come down enough since the last plan that follows prices; small plans take no time."""
        if self._small:
            return True
        bound, before, plan = self._incumbent.bound, self._followed, self._incumbent.objective
        if bound is not None and before is not None and before - bound < _NEWS * (before - plan):
            return False
        self._followed = bound
        return True

    def hand_over(self, priced: Priced) -> None:
        """Has the search follow these prices next; may be called from another thread."""
        with self._lock:
            self._next = priced

    def is_priced_beside(self) -> None:
        """Tells that another thread looks for better prices, to which a core is left until all are handed over."""
        self._all_priced.clear()

    def all_handed_over(self) -> None:
        """Tells that no better prices will come; may be called from another thread."""
        self._all_priced.set()

    def dives(self, bids: int, seconds: float | None = None) -> None:
        """Goes on from a plan out of dives if it is better, or becomes so in a short search.

        Each is done after so many bids, or so many seconds where a clock counts.
        """
        prices, began = self._incumbent.prices, time.monotonic()
        if prices is None or not self._serve_dives(prices) or self._limits.exhausted():
            return  # there are no prices, or tasks are so short that theirs prove nothing
        self._offer()
        found = [self._search.elsewhere(plan, self._seed()) for plan in self._dive(prices, bids, seconds)]
        if not found:
            return
        self._has_dived = True
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
            self._follow_latest()
            done += max(1, self._search_and_dive(Amount(moves=min(self._round, rounds - done)))[0])
            self._offer()
        self._search.respond(self._incumbent.limits)
        self._offer()

    def until(
        self, deadline: float, patience: int | None = None, *, dives_in: tuple[float, float] | None = None
    ) -> None:
        """Tries moves until a moment of :func:`time.monotonic`, or until the incumbent is good enough.

        Also ends, if told so, after ``patience`` moves that have won nothing, or when it is time for dives: as soon as
        all prices are handed over, from the first moment of ``dives_in`` on when there are such prices as dives need,
        and at the second.
        """
        offered, idle = time.monotonic(), 0
        while not self._incumbent.finished() and time.monotonic() < deadline:
            if dives_in is not None and self._is_time_for_dives(*dives_in):
                break
            self._follow_latest()  # before it is known how long to search: that may take long
            moves, won = self._search_and_dive(Amount(min(deadline, self._next_look(deadline, dives_in is not None))))
            idle = idle + moves if won <= 0 else 0
            if patience is not None and idle >= patience:
                break
            if time.monotonic() - offered > _OFFER_EVERY_S:
                self._offer()
                offered = time.monotonic()
        self._offer()

    def _is_time_for_dives(self, first: float, last: float) -> bool:
        now = time.monotonic()
        return self._all_priced.is_set() or now > last or (now > first and self._serve_dives(self._incumbent.prices))

    def _serve_dives(self, prices: Prices | None) -> bool:
        return prices is not None and (self._small or prices.task is not None)

    @property
    def _search(self) -> Search:
        return self._stretch.search

    @property
    def _searching(self) -> Limits:
        return self._limits if self._all_priced.is_set() else _with_a_core_less(self._limits)

    @property
    def _round(self) -> int:
        """Moves until the parts are put together, where moves are counted."""
        return max(ROUNDS_AT_ONCE, _MOVES_OF_A_ROUND * len(self._arrays.base))

    @property
    def _moves_of_a_dive(self) -> float:
        return _MOVES_OF_A_DIVE * min(len(self._arrays.base), _PARTS_AT_ONCE * _AGENTS_OF_A_DIVE)

    def _seed(self) -> int:
        return int(self._random.integers(2**31))

    def _next_look(self, deadline: float, often: bool) -> float:
        """The moment until which to search before looking whether there is something else to do."""
        now = time.monotonic()
        if self._parts == 1:
            return now + SLICE_S
        least, most = _SHORTEST_ROUND_S, _SHORTEST_ROUND_S if often else _LONGEST_ROUND_S
        return now + min(most, max(least, _SHARE_OF_A_ROUND * (deadline - now)))

    def _trial(self, seconds: float) -> Amount:
        if self._limits.effort is not None:
            return Amount(moves=self._round)
        return Amount(time.monotonic() + min(_TRIAL * seconds, self._limits.remaining_s() / 2))

    def _dive(self, prices: Prices, bids: int, seconds: float | None) -> list[Plan]:
        """Where dives for the whole plan ended: several with a seed each, or one on all cores here."""
        first, limits = self._limits.seed, self._searching
        several = 1
        if self._small:
            several = _DIVES if limits.effort is not None else max(1, min(_MOST_DIVES, executor_of(limits).size))
        pieces = [Piece(self._incumbent.problem, self._incumbent.plan, first + k, prices) for k in range(several)]
        work: Work[Piece, Plan | None] = partial(dive_for, bids=bids, seconds=seconds)
        found: Sequence[Plan | None] = [work(pieces[0], limits)] if not self._small else do_all(work, pieces, limits)
        return [plan for plan in found if plan is not None]

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
        self._price_tasks()
        began, self._sweeps = time.monotonic(), []
        moves, won = self._search_whole(amount) if self._parts == 1 else self._search_in_parts(amount)
        swept_s = sum(sweeps.seconds for sweeps in self._sweeps) / min(self._parts, executor_of(self._searching).size)
        swept = sum(sweeps.won for sweeps in self._sweeps)
        self._incumbent.spent(Move.SWEEPS, swept_s, swept, began + swept_s)
        self._incumbent.spent(Move.SEARCH, time.monotonic() - began - swept_s, won - swept)
        return moves, won

    def _follow_latest(self) -> None:
        """Follows the prices handed over, and those that have come meanwhile where a plan from them takes long."""
        while self._next is not None:
            with self._lock:
                priced, self._next = self._next, None
            self.follow(priced)
            if self._small:
                break

    def _price_tasks(self) -> None:
        """Has the search look at the latest prices of tasks."""
        prices = self._incumbent.prices
        if prices is not None and prices is not self._prices:
            asked = Asked(prices_of_tasks(self._incumbent.problem, prices), prices.fee / 2.0**UNIT_BITS)
            self._prices, self._asked = prices, asked

    def _search_whole(self, amount: Amount) -> tuple[int, float]:
        if self._asked is not None:
            self._search.follow(self._asked)
        before = self._stretch.sweeps
        moves, won = self._stretch.run(amount)
        self._sweeps = [self._stretch.sweeps.since(before)]
        return moves, won

    def _search_in_parts(self, amount: Amount) -> tuple[int, float]:
        parts = self._parts
        seconds = (amount.deadline - time.monotonic()) * min(parts, executor_of(self._searching).size) / parts
        return self._in_parts(parts, partial(search_in, seconds=seconds, moves=amount.moves / parts))

    def _dive_in_parts(self) -> float:
        """Dives of a few agents each, the others' work being fixed; the hundredths won."""
        prices = self._incumbent.prices
        if prices is None:
            return 0.0
        parts = max(1, len(self._arrays.base) // _AGENTS_OF_A_DIVE)
        counted = self._limits.effort is not None
        work = partial(dive_in_part, seconds=None if counted else _SHARE_OF_A_DIVE * self._limits.remaining_s())
        return self._in_parts(parts, work, prices, _PARTS_AT_ONCE)[1]

    def _in_parts(
        self, parts: int, work: Work[Piece, Improved], prices: Prices | None = None, most: int | None = None
    ) -> tuple[int, float]:
        """Splits the plan, does the work on all parts or ``most`` of them beside each other, and puts them back.

        A part that the limits have ended before stays as it is. Returns the moves in all and the hundredths won.
        """
        plan, before = self._search.plan(), self._search.value
        excerpts = split(self._incumbent.problem, self._arrays, plan, parts, self._random, most)
        pieces = [
            Piece(
                part.problem,
                part.part_of(plan),
                self._seed(),
                None if prices is None else part.prices_of(prices),
                None if self._asked is None else Asked(self._asked.task[part.tasks], self._asked.fee[part.agents]),
            )
            for part in excerpts
        ]
        done = 0
        for part, found in zip(excerpts, do_all(work, pieces, self._searching), strict=True):
            if found is not None:
                plan, done = part.put_back(plan, found.plan), done + found.moves
                self._sweeps.append(found.sweeps)
        self._stretch = Stretch(self._search.elsewhere(plan, self._seed()), self._limits)
        return done, self._search.value - before

    def _offer(self) -> None:
        self._incumbent.offer(self._search.plan(), "search")


def _with_a_core_less(limits: Limits) -> Limits:
    """The limits with a thread less of this process, where there are several."""
    executor = executor_of(limits)
    if isinstance(executor, Threads) and executor.size > 1:
        return replace(limits, executor=Threads(executor.size - 1))
    return limits
