"""Waiting for work that is done elsewhere."""

import queue
import time
from collections.abc import Callable, Iterator
from typing import Any

from models import Done, Limits

_LOOK_S = 0.05
"""The seconds between two looks at the limits."""


def gathered(
    finished: "queue.SimpleQueue[Done[Any]]",
    count: int,
    limits: Limits,
    patience_s: float,
    stop: Callable[[], None],
    watch: Callable[[], None],
) -> Iterator[Done[Any]]:
    """What comes out of the queue, until ``count`` have come, or ``patience_s`` after the limits have ended.

    ``stop`` is called once when the limits have ended, ``watch`` whenever nothing has come for a while; it may raise.
    """
    left, ended = count, None
    while left:
        try:
            done = finished.get(timeout=_LOOK_S)
        except queue.Empty:
            watch()
        else:
            left -= 1
            yield done
        if ended is None and limits.exhausted():
            ended = time.monotonic()
            stop()
        elif ended is not None and time.monotonic() - ended > patience_s:
            return
