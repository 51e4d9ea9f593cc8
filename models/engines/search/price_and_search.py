"""What engines start from: a greedy plan, prices that prove a bound, plans that follow the prices, a dive, search."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain

from models.engines.pricing.prove import Priced, prices_proving_bounds
from models.engines.pricing.task_prices import MOST_JOBS, prove_by_programmes
from models.engines.search.construct import greedy_plan, priced_plan
from models.engines.search.dive import Market, Spending, dive
from models.engines.search.ruin_recreate import Search
from models.engines.search.sequences import plan_of
from models.plans.incumbent import Incumbent
from models.plans.limits import Limits
from models.plans.plan import Plan
from models.problem.arrays import Arrays
from models.problem.modes import count_modes

_SLICE_S = 0.25
_SWEEPS_AFTER_DIVE = 2
_OFFER_EVERY_S = 1.0
_ROUNDS_PER_EFFORT = 5_000
_PASSES_PER_EFFORT = 25
_BIDS_PER_EFFORT, _FEWEST_BIDS, _MOST_BIDS = 50, 20, 1_000
"""Of each agent in a dive."""
_SHARE_OF_DIVE = 0.4
"""Of the time that is left when it begins."""
_SECONDS_OF_LARGE_DIVE = 40.0
_WAIT_FOR_PRICES = 0.25
"""Of the time there is, a dive waits for better prices."""
_ROUNDS_AT_ONCE = 100
_LARGE_AT_ONCE = 10
"""Moves of a new size before the next look at the clock: the largest take a tenth of a second on long clocks."""
_MOST_ROUNDS_AT_ONCE = 100_000


def lay_foundation(
    incumbent: Incumbent, A: Arrays, start: Plan | None, share: float, most_s: float = float("inf")
) -> bool:
    """Greedy, prices and search, within a ``share`` of the limits; whether there was nothing to search.

    ``most_s`` caps the seconds of the search where the limits are a clock. One price is found in any case.
    """
    limits = _Share.of(incumbent, share)
    if start is not None:
        incumbent.offer(start, "start")
    incumbent.offer(greedy_plan(incumbent.problem), "greedy")
    pricing = prices_proving_bounds(incumbent, A, limits=limits)
    first = next(pricing)
    if not len(A.base) or not A.free.any():
        return True
    improvement = Improvement(incumbent, A, limits)
    if limits.effort is not None:
        for priced in chain((first,), pricing):
            improvement.follow(priced)
        prove_by_programmes(incumbent, A, limits, int(limits.effort * share * _PASSES_PER_EFFORT))
        bids = int(limits.effort * share * _BIDS_PER_EFFORT * len(A.base))
        improvement.dive(Spending(max(bids, _FEWEST_BIDS * len(A.base)), None))
        improvement.rounds(rounds_of(limits.effort, share))
        return False
    improvement.hand_over(first)
    beside = _Beside(pricing, improvement, partial(prove_by_programmes, incumbent, A, limits))
    improvement.until(time.monotonic() + min(most_s, limits.remaining_s()), dives=True)
    beside.join(incumbent.limits)
    return False


def rounds_of(effort: int, share: float) -> int:
    """The moves that a share of the effort allows."""
    return max(1, int(effort * _ROUNDS_PER_EFFORT * share))


def search_seconds(modes: int) -> float:
    """How long a search is worth while before a whole model with so many options goes to a solver."""
    return 0.3 + modes / 1_500


@dataclass(frozen=True, kw_only=True)
class _Share(Limits):
    """A share of an engine's clock, which also runs out as soon as the incumbent is near enough."""

    incumbent: Incumbent

    @classmethod
    def of(cls, incumbent: Incumbent, share: float) -> "_Share":
        """A share of what is left of the clock, if there is one; the rest as the engine's own limits."""
        limits = incumbent.limits
        deadline = None if limits.deadline is None else time.monotonic() + share * limits.remaining_s()
        return cls(**{**vars(limits), "deadline": deadline, "incumbent": incumbent})

    def exhausted(self) -> bool:
        """Whether the share is used up, somebody asked to stop, or there is nothing left to do."""
        return super().exhausted() or self.incumbent.near_enough()


class Improvement:
    """Searches from the best plan known, with sweeps of best response between its moves.

    Plans that follow better prices are other places to start from; the search goes on from one when, after best
    response, it is worth more than where the search has come.
    """

    def __init__(self, incumbent: Incumbent, A: Arrays, limits: Limits) -> None:
        self._incumbent, self._A, self._limits = incumbent, A, limits
        self._search = Search(incumbent.problem, A, incumbent.plan, incumbent.limits.seed)
        self._turns = _Turns()
        self._next: Priced | None = None
        self._all_priced = threading.Event()
        self._lock = threading.Lock()

    def follow(self, priced: Priced) -> None:
        """Goes on from a plan that follows these prices if it is better, unless the limits are exhausted."""
        if self._limits.exhausted():
            return
        self._offer()
        plan = priced_plan(self._incumbent.problem, self._A, priced, self._limits)
        other = self._search.elsewhere(plan)
        other.respond(self._limits)
        self._incumbent.offer(other.plan(), "priced")
        if other.value > self._search.value:
            self._search = other

    def hand_over(self, priced: Priced) -> None:
        """Has the search follow these prices next; may be called from another thread."""
        with self._lock:
            self._next = priced

    def all_handed_over(self) -> None:
        """Tells that no better prices will come; may be called from another thread."""
        self._all_priced.set()

    def dive(self, spending: Spending) -> None:
        """Goes on from a plan out of a dive if it is better."""
        incumbent, limits = self._incumbent, self._limits
        prices, planned = incumbent.prices, int((incumbent.plan.agent >= 0).sum())
        if prices is None or limits.exhausted() or not self._worth_diving(spending):
            return
        self._offer()
        market = Market.of(incumbent.problem, self._A, prices, planned, limits)
        if market is None:
            return
        sequences = dive(self._A, market, spending, limits, limits.seed)
        other = self._search.elsewhere(plan_of(incumbent.problem, sequences))
        for _ in range(_SWEEPS_AFTER_DIVE):
            other.respond(limits)
        incumbent.offer(other.plan(), "dive")
        if other.value > self._search.value:
            self._search = other

    def _worth_diving(self, spending: Spending) -> bool:
        """Whether there is time for it where agents have too many jobs to list them all."""
        large = count_modes(self._A) > MOST_JOBS
        return not large or spending.seconds is None or spending.seconds >= _SECONDS_OF_LARGE_DIVE

    def rounds(self, rounds: int) -> None:
        """Tries so many moves, unless the clock runs out."""
        for done in range(0, rounds, _ROUNDS_AT_ONCE):
            if self._incumbent.finished():
                return
            count = min(_ROUNDS_AT_ONCE, rounds - done)
            self._turns.moved(float(count), self._run(count))
            if self._turns.sweep_is_due():
                self._turns.swept(float(len(self._A.base)), self._search.respond(self._incumbent.limits))
            self._offer()
        self._search.respond(self._incumbent.limits)
        self._offer()

    def until(self, deadline: float, patience: int | None = None, *, dives: bool = False) -> None:
        """Tries moves until a moment of :func:`time.monotonic`, or until the incumbent is good enough.

        Also ends, if told so, after ``patience`` moves that have won nothing. With ``dives``, a dive is made once
        prices have been handed over.
        """
        at_once, offered, idle = _ROUNDS_AT_ONCE, time.monotonic(), 0
        latest = offered + _WAIT_FOR_PRICES * (deadline - offered)
        while not self._incumbent.finished() and time.monotonic() < deadline:
            if dives and (self._all_priced.is_set() or time.monotonic() > latest):
                dives = False
                seconds = _SHARE_OF_DIVE * (deadline - time.monotonic())
                self.dive(Spending(_MOST_BIDS * len(self._A.base), seconds))
            began, size = time.monotonic(), self._search.size
            won = self._run(at_once)
            now = time.monotonic()
            self._turns.moved(now - began, won)
            if self._turns.sweep_is_due():
                swept = self._search.respond(self._incumbent.limits)
                self._turns.swept(time.monotonic() - now, swept)
                won += swept
            idle = idle + at_once if won <= 0 else 0
            if patience is not None and idle >= patience:
                break
            quicker = min(2.0, _SLICE_S / max(now - began, 1e-3))
            at_once = min(_MOST_ROUNDS_AT_ONCE, max(10, int(at_once * quicker)))
            if self._search.size != size:
                at_once = min(at_once, _LARGE_AT_ONCE)
            if time.monotonic() - offered > _OFFER_EVERY_S:
                self._offer()
                offered = time.monotonic()
        self._offer()

    def _run(self, rounds: int) -> float:
        with self._lock:
            priced, self._next = self._next, None
        if priced is not None:
            self.follow(priced)
        return self._search.run(rounds)

    def _offer(self) -> None:
        self._incumbent.offer(self._search.plan(), "search")


class _Turns:
    """When the next sweep of best response is due: so much search behind the last one as the two have paid.

    Costs are seconds, or moves where work is counted (a sweep is then a move for each agent).
    """

    def __init__(self) -> None:
        self._wait, self._searched, self._won = 0.0, 0.0, 0.0

    def moved(self, cost: float, won: float) -> None:
        """Search has cost and won so much."""
        self._searched += cost
        self._won += won

    def sweep_is_due(self) -> bool:
        """Whether a sweep comes next."""
        return self._searched >= self._wait

    def swept(self, cost: float, won: float) -> None:
        """A sweep has cost and won so much: the next comes sooner when it paid better than the search, else later."""
        paid_better = won * self._searched > self._won * cost
        self._wait = max(cost, self._wait / 2) if paid_better else max(cost, 2 * self._wait)
        self._searched, self._won = 0.0, 0.0


class _Beside:
    """Carries pricing to its end in a thread, handing prices to the search, and does what comes ``behind`` it."""

    def __init__(self, pricing: Iterator[Priced], improvement: Improvement, behind: Callable[[], None]) -> None:
        self._failed: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(pricing, improvement, behind), daemon=True)
        self._thread.start()

    def _run(self, pricing: Iterator[Priced], improvement: Improvement, behind: Callable[[], None]) -> None:
        try:
            for priced in pricing:
                improvement.hand_over(priced)
            improvement.all_handed_over()
            behind()
        except BaseException as error:  # handed over in join
            self._failed.append(error)

    def join(self, limits: Limits) -> None:
        """Waits for the end, but not beyond the engine's limits; raises what the thread raised.

        It comes at the next step of pricing that looks at its share of the limits: seconds on the largest problems.
        """
        while self._thread.is_alive() and not limits.exhausted():
            self._thread.join(0.05)
        if self._failed:
            raise self._failed[0]
