"""Work that is done piece by piece, beside each other: on threads of this process, or wherever an executor takes it.

Engines know only this protocol. The work is a function of a module (or a `partial` of one), and items and results can
be pickled, as an executor may carry them to another process or machine.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeAlias, TypeVar

from models.errors import WorkersError
from models.plans.limits import Limits

Item = TypeVar("Item")
Result = TypeVar("Result")

Work: TypeAlias = Callable[[Item, Limits], Result]
"""What is done with an item; it ends when the limits are exhausted."""


@dataclass(frozen=True)
class Done(Generic[Result]):
    """What has become of an item, by its ``number``: a result, or the ``fault`` that it ended with."""

    number: int
    result: Result | None = None
    fault: Exception | None = None


class Executor(Protocol):
    """Does the same work on many items; ``size`` is how many it takes at once."""

    @property
    def size(self) -> int:
        """How many items are worked on at once."""

    def each(self, work: Work[Item, Result], items: Sequence[Item], limits: Limits) -> Iterator[Done[Result]]:
        """What has become of each item, the first to be done first.

        The work is given limits that end when these do, for one thread. Nothing may depend on the order: then results
        are the same for every executor. Items that have no result soon after the limits have ended may be left out.

        Raises:
            WorkersError: there is nobody left to do it.
        """


@dataclass(frozen=True)
class Threads:
    """Threads of this process: a gain where work spends its time in compiled loops, which hold no lock."""

    size: int

    def each(self, work: Work[Item, Result], items: Sequence[Item], limits: Limits) -> Iterator[Done[Result]]:
        """See :class:`Executor`."""
        alone = replace(limits, workers=1, executor=None)
        if self.size <= 1 or len(items) <= 1:
            yield from (attempt(work, number, item, alone) for number, item in enumerate(items))
            return
        with ThreadPoolExecutor(min(self.size, len(items))) as threads:
            futures = [threads.submit(attempt, work, number, item, alone) for number, item in enumerate(items)]
            try:
                yield from (future.result() for future in as_completed(futures))
            finally:
                threads.shutdown(wait=False, cancel_futures=True)


def attempt(work: Work[Item, Result], number: int, item: Item, limits: Limits) -> Done[Result]:
    """Does the work on one item, here and now."""
    try:
        return Done(number, work(item, limits))
    except Exception as fault:  # told by whoever has asked for it
        return Done(number, fault=fault)


def at_once(calls: Sequence[Callable[[], Result]], threads: int) -> list[Result]:
    """What calls return, in their order, from up to so many threads of this process, whose memory they share.

    Nothing may depend on which is done first. Raises what the first call to fail has raised.
    """
    if threads <= 1 or len(calls) <= 1:
        return [call() for call in calls]
    with ThreadPoolExecutor(min(threads, len(calls))) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def executor_of(limits: Limits) -> Executor:
    """The executor of the limits; by default so many threads as they allow."""
    return limits.executor or Threads(limits.workers)


def do_all(
    work: Work[Item, Result], items: Sequence[Item], limits: Limits, tell: Callable[[int], None] = lambda _: None
) -> list[Result | None]:
    """The results in the order of the items; ``None`` where the limits ended before there was one.

    ``tell`` is told how many are done, each time that one more is.

    Raises:
        Exception: the fault of the first item that had one, when all others are done.
    """
    results: list[Result | None] = [None] * len(items)
    faults: dict[int, Exception] = {}
    for count, done in enumerate(executor_of(limits).each(work, items, limits), start=1):
        tell(count)
        results[done.number] = done.result
        if done.fault is not None:
            faults[done.number] = done.fault
    if faults:
        number = min(faults)
        fault = faults[number]
        if isinstance(fault, WorkersError):
            raise WorkersError(f"part {number + 1} of {len(items)}: {fault}") from fault
        raise fault
    return results
