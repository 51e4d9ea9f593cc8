"""The scale engine's course: greedy, prices, search."""

import threading
import time

from models.arrays import Arrays, arrays_of
from models.engines.bounding import prove_by_prices
from models.engines.greedy import greedy_plan
from models.engines.incumbent import Incumbent
from models.engines.search import Search
from models.limits import Limits
from models.outcome import Observer, Outcome
from models.plan import Plan
from models.problem import Problem

_SLICE_S = 0.25
_ROUNDS_PER_EFFORT = 2_000
_ROUNDS_AT_ONCE = 100


def solve_scale(problem: Problem, limits: Limits, observer: Observer, start: Plan | None = None) -> Outcome:
    """A plan and a bound for problems of any size."""
    incumbent = Incumbent(problem, limits, observer)
    complete = lay_foundation(incumbent, arrays_of(problem), start, until=1.0)
    return incumbent.outcome("scale", complete=complete)


def lay_foundation(incumbent: Incumbent, A: Arrays, start: Plan | None, until: float) -> bool:
    """Greedy, a bound by prices beside it, and search for the share ``until`` of the limits.

    Returns whether there is nothing left to search.
    """
    problem, limits = incumbent.problem, incumbent.limits
    if start is not None:
        incumbent.offer(start, "start")
    incumbent.offer(greedy_plan(problem), "greedy")
    if limits.effort is not None:
        prove_by_prices(incumbent, A)
        return _search(incumbent, A, int(max(1, limits.effort * _ROUNDS_PER_EFFORT * until)), None)
    failed: list[BaseException] = []

    def prove() -> None:
        try:
            prove_by_prices(incumbent, A)
        except BaseException as error:  # handed to the caller below
            failed.append(error)

    pricing = threading.Thread(target=prove, daemon=True)
    pricing.start()
    deadline = time.monotonic() + limits.remaining_s() * until if limits.deadline is not None else None
    complete = _search(incumbent, A, None, deadline)
    pricing.join()
    if failed:
        raise failed[0]
    return complete


def _search(incumbent: Incumbent, A: Arrays, rounds: int | None, deadline: float | None) -> bool:
    """Searches from the best plan; returns whether there was nothing to search."""
    search = Search(incumbent.problem, A, incumbent.plan, incumbent.limits.seed)
    if not len(A.base) or not A.free.any():
        return True
    done, at_once, offered = 0, _ROUNDS_AT_ONCE, time.monotonic()
    while not incumbent.finished() and (rounds is None or done < rounds):
        if deadline is not None and time.monotonic() >= deadline:
            break
        began = time.monotonic()
        step = at_once if rounds is None else min(_ROUNDS_AT_ONCE, rounds - done)
        search.run(step)
        done += step
        spent = time.monotonic() - began
        at_once = max(10, int(at_once * min(2.0, _SLICE_S / max(spent, 1e-3))))
        if rounds is None and time.monotonic() - offered > 1:
            incumbent.offer(search.plan(), "search")
            offered = time.monotonic()
    incumbent.offer(search.plan(), "search")
    return False
