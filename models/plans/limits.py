"""Limits on the work of an engine, and the request to stop."""

import os
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.executor import Executor


def all_cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds on an engine's work.

    ``deadline`` is a moment of :func:`time.monotonic`, ``None`` for no clock. ``effort`` bounds work in
    deterministic units instead, one unit being very roughly a second of work; with it an engine gives the same plan
    each time, for any number of ``workers``, the threads it may use, and any ``executor``, which does work that can be
    done in parts (default: those threads). ``gap`` is the relative gap at which a plan is good enough. ``cancelled`` is
    set to request the best plan so far.
    """

    deadline: float | None = None
    effort: int | None = None
    gap: float = 0.001
    seed: int = 0
    workers: int = field(default_factory=all_cores)
    executor: "Executor | None" = None
    cancelled: threading.Event = field(default_factory=threading.Event)

    def remaining_s(self) -> float:
        """The seconds left, infinite without a deadline."""
        return float("inf") if self.deadline is None else max(0.0, self.deadline - time.monotonic())

    def share(self, share: float) -> "Limits":
        """The same limits with only a share of the remaining time, if there is a deadline."""
        return self if self.deadline is None else replace(self, deadline=time.monotonic() + share * self.remaining_s())

    def exhausted(self) -> bool:
        """Whether the deadline has passed or the engine was asked to stop."""
        return self.cancelled.is_set() or self.remaining_s() <= 0


UNLIMITED = Limits()
"""Limits that never end anything."""


def relative_gap(bound: int, objective: int) -> float:
    """(bound - objective) / max(|bound|, 1e-9), both in hundredths."""
    return (bound - objective) / 100 / max(abs(bound) / 100, 1e-9)
