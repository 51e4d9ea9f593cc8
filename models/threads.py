"""Calls that run beside each other, on as many cores as may be used."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def at_once(calls: Sequence[Callable[[], Result]], workers: int) -> list[Result]:
    """What the calls return, in their order, from up to ``workers`` threads; raises what the first to fail raised.

    Nothing may depend on which of them is done first: then the results are the same for any number of threads. They
    gain where the calls spend their time in compiled loops, which do not hold the interpreter's lock.
    """
    if workers <= 1 or len(calls) <= 1:
        return [call() for call in calls]
    with ThreadPoolExecutor(min(workers, len(calls))) as threads:
        return [future.result() for future in [threads.submit(call) for call in calls]]
