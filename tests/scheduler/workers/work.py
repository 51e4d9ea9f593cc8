"""Work that executors carry in tests: functions of a module, as other processes import it."""

import os
import signal
import time
from pathlib import Path

from models import Limits, OptionError


def doubled(item: int, limits: Limits) -> int:
    return 2 * item


def where(item: int, limits: Limits) -> int:
    return os.getpid()


def told_limits(item: int, limits: Limits) -> tuple[float, int | None, int, int]:
    return limits.remaining_s(), limits.effort, limits.seed, limits.workers


def refused(item: int, limits: Limits) -> int:
    if item == 1:
        raise OptionError("the one is refused")
    return item


def deadly(item: int, limits: Limits) -> int:
    """Ends its process whenever the item is 1."""
    if item == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def deadly_once(item: tuple[str, int], limits: Limits) -> int:
    """Ends its process where nobody has done so before; the mark is a file."""
    mark, number = Path(item[0]), item[1]
    if number == 1 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def until_asked(item: int, limits: Limits) -> bool:
    """Waits until it is asked to stop."""
    while not limits.exhausted():
        time.sleep(0.01)
    return limits.cancelled.is_set()


def deaf(item: int, limits: Limits) -> int:
    """Hears of nothing."""
    time.sleep(3600)
    return item
