"""What engines start from: a greedy plan, prices that prove a bound, plans that follow the prices, a dive, search."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from models.engines.pricing.prove import Priced, prices_proving_bounds
from models.engines.pricing.task_prices import prove_by_programmes
from models.engines.search.construct import greedy_plan
from models.engines.search.improvement import Improvement
from models.plans.incumbent import Incumbent
from models.plans.limits import Limits
from models.plans.plan import Plan
from models.problem.arrays import Arrays

_ROUNDS_PER_EFFORT = 5_000
_PASSES_PER_EFFORT = 25
_BIDS_PER_EFFORT, _FEWEST_BIDS, _MOST_BIDS = 30, 20, 2_000
"""Of each agent in a dive."""
_SHARE_OF_PRICES, _MOST_OF_PRICES = 0.4, 0.6
"""Of the time that is left when they begin, prices of tasks take, and at most where a proof takes long. As a share of
all the time they had none where those of agents took so long before: a day of people who know most kinds was left with
a gap of 3.5 %."""
_SHARE_BEFORE_DIVES, _MOST_BEFORE_DIVES = 0.25, 0.5
"""Of the time there is, dives wait for better prices; and at most, where there are none of tasks by then."""
_SHARE_OF_DIVES = 0.6
"""Of the time that is left when they begin. On eight days of 3,000 tasks of eight kinds, in 10 s, the mean gap was
0.68 % so, 0.71 % with shorter dives (0.4), 0.73 % with earlier ones (0.17 and 0.4) and 0.74 % with later ones (0.4 and
0.5)."""


def lay_foundation(
    incumbent: Incumbent, arrays: Arrays, start: Plan | None, share: float, most_s: float = float("inf")
) -> bool:
    """Greedy, prices and search, within a ``share`` of the limits; whether there was nothing to search.

    ``most_s`` caps the seconds of the search where the limits are a clock. One price is found in any case.
    """
    limits = _Share.of(incumbent, share)
    if start is not None:
        incumbent.offer(start, "start")
    incumbent.offer(greedy_plan(incumbent.problem), "greedy")
    pricing = prices_proving_bounds(incumbent, arrays, limits=limits)
    first = next(pricing)
    if not len(arrays.base) or not arrays.free.any():
        return True
    improvement = Improvement(incumbent, arrays, limits)
    if limits.effort is not None:
        for priced in chain((first,), pricing):
            improvement.follow(priced)
        prove_by_programmes(incumbent, arrays, limits, passes_of(limits.effort, share))
        bids = max(int(limits.effort * share * _BIDS_PER_EFFORT), _FEWEST_BIDS) * len(arrays.base)
        improvement.dives(bids)
        improvement.rounds(rounds_of(limits.effort, share))
        return False
    end = time.monotonic() + min(most_s, limits.remaining_s())
    improvement.hand_over(first)
    improvement.is_priced_beside()

    def price_tasks() -> None:
        latest = limits.share(_MOST_OF_PRICES).deadline
        prove_by_programmes(incumbent, arrays, limits.share(_SHARE_OF_PRICES), latest=latest)

    beside = _Beside(pricing, improvement, price_tasks)
    now, left = time.monotonic(), limits.remaining_s()
    improvement.until(end, dives_in=(now + _SHARE_BEFORE_DIVES * left, now + _MOST_BEFORE_DIVES * left))
    improvement.dives(_MOST_BIDS * len(arrays.base), _SHARE_OF_DIVES * (end - time.monotonic()))
    improvement.until(end)
    beside.join(incumbent.limits)
    return False


def rounds_of(effort: int, share: float) -> int:
    """The moves that a share of the effort allows."""
    return max(1, int(effort * _ROUNDS_PER_EFFORT * share))


def passes_of(effort: int | None, share: float = 1.0) -> int | None:
    """The passes of prices of tasks that a share of the effort allows; ``None`` if there is a clock instead."""
    return None if effort is None else int(effort * share * _PASSES_PER_EFFORT)


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
            behind()
            improvement.all_handed_over()
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
