"""The scale engine's course: a greedy plan, prices that prove a bound, plans that follow the prices, search."""

import threading
import time
from collections.abc import Iterator

from models.arrays import Arrays, arrays_of
from models.engines.bounding import Priced, prices_proving_bounds
from models.engines.greedy import greedy_plan, priced_plan
from models.engines.incumbent import Incumbent
from models.engines.search import Search
from models.limits import Limits
from models.outcome import Observer, Outcome
from models.plan import Plan
from models.problem import Problem

_SLICE_S = 0.25
_OFFER_EVERY_S = 1.0
_ROUNDS_PER_EFFORT = 5_000
_ROUNDS_AT_ONCE = 100
_MOST_ROUNDS_AT_ONCE = 100_000


def solve_scale(problem: Problem, limits: Limits, observer: Observer, start: Plan | None = None) -> Outcome:
    """A plan and a bound for problems of any size."""
    incumbent = Incumbent(problem, limits, observer)
    complete = lay_foundation(incumbent, arrays_of(problem), start, share=1.0)
    return incumbent.outcome("scale", complete=complete)


def lay_foundation(
    incumbent: Incumbent, A: Arrays, start: Plan | None, share: float, most_s: float = float("inf")
) -> bool:
    """Greedy, prices and search, within a ``share`` of the limits; whether there was nothing to search.

    ``most_s`` caps the seconds of the search where the limits are a clock.
    """
    limits = incumbent.limits
    if start is not None:
        incumbent.offer(start, "start")
    incumbent.offer(greedy_plan(incumbent.problem, limits), "greedy")
    pricing = _follow(incumbent, A, prices_proving_bounds(incumbent, A))
    if not len(A.base) or not A.free.any():
        next(pricing)
        return True
    if limits.effort is not None:
        for _ in pricing:
            pass
        rounds = max(1, int(limits.effort * _ROUNDS_PER_EFFORT * share))
        _Improvement(incumbent, A).rounds(rounds)
        return False
    deadline = time.monotonic() + min(most_s, limits.remaining_s() * share)
    next(pricing)
    beside = _Beside(pricing)
    _Improvement(incumbent, A).until(deadline)
    beside.join(limits)
    return False


def search_seconds(options: int) -> float:
    """How long a search is worth while before a whole model with so many options goes to a solver."""
    return 0.3 + options / 5_000


def _follow(incumbent: Incumbent, A: Arrays, pricing: Iterator[Priced]) -> Iterator[None]:
    """Makes a plan of all prices as they come, until the incumbent is good enough or the limits are exhausted."""
    for priced in pricing:
        if not incumbent.finished():
            incumbent.offer(priced_plan(incumbent.problem, A, priced, incumbent.limits), "priced")
        yield
        if incumbent.finished():
            return


class _Beside:
    """Runs an iterator to its end in a thread."""

    def __init__(self, work: Iterator[None]) -> None:
        self._failed: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def _run(self, work: Iterator[None]) -> None:
        try:
            for _ in work:
                pass
        except BaseException as error:  # handed over in join
            self._failed.append(error)

    def join(self, limits: Limits) -> None:
        """Waits for the end, but not beyond the limits; raises what the thread raised."""
        while self._thread.is_alive() and not limits.exhausted():
            self._thread.join(0.05)
        if self._failed:
            raise self._failed[0]


class _Improvement:
    """Searches from the best plan, also from better ones that come up elsewhere meanwhile."""

    def __init__(self, incumbent: Incumbent, A: Arrays) -> None:
        self._incumbent, self._A = incumbent, A
        self._search = Search(incumbent.problem, A, incumbent.plan, incumbent.limits.seed)

    def rounds(self, rounds: int) -> None:
        """Tries so many moves, whatever the clock says unless it runs out."""
        for done in range(0, rounds, _ROUNDS_AT_ONCE):
            if self._incumbent.finished():
                return
            self._search.run(min(_ROUNDS_AT_ONCE, rounds - done))
            self._offer()

    def until(self, deadline: float) -> None:
        """Tries moves until a moment of :func:`time.monotonic`, or until the incumbent is good enough."""
        at_once, offered = _ROUNDS_AT_ONCE, time.monotonic()
        while not self._incumbent.finished() and time.monotonic() < deadline:
            began = time.monotonic()
            self._search.run(at_once)
            now = time.monotonic()
            at_once = min(_MOST_ROUNDS_AT_ONCE, max(10, int(at_once * min(2.0, _SLICE_S / max(now - began, 1e-3)))))
            if now - offered > _OFFER_EVERY_S:
                self._offer()
                offered = now
        self._offer()

    def _offer(self) -> None:
        plan = self._search.plan()
        if not self._incumbent.offer(plan, "search") and self._incumbent.plan is not plan:
            self._search.restart(self._incumbent.plan)
