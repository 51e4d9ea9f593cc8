"""What is asked of a run."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from data import Snapshot
from models import Executor, Limits, all_cores
from scheduler.run.options import check_options
from scheduler.run.policy import Policy
from scheduler.workers import Given, workers_of

if TYPE_CHECKING:
    from data.sources.sources import Source
    from scheduler.run.watch import Watch

SNAPSHOT = "snapshot"
"""The folder of a run that has the snapshot it was made from, where that is kept."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to plan and how. ``time_limit_s`` counts from ``began`` (:func:`time.monotonic`) to the written plan.

    A snapshot in memory as ``source`` is taken as it was read, with its own moment and horizon.
    ``defaults`` are a ``timezone`` and a ``horizon`` for a snapshot that has none.
    ``effort`` bounds the work in deterministic units instead; the time limit then only counts when it is given.
    ``workers`` is who looks for the plan: so many threads, a text as for ``--workers``, or the keys of ``[executor]``;
    ``None`` for all cores. With ``effort`` the plan is the same.
    ``allow_empty`` plans also where nobody works or a table has no rows, or loses them all.
    ``split`` asks for lists to hand out, by ``team``, ``site``, ``organisation`` or ``agent``.
    ``language`` is what workbook and page are written in, default: the policy's.
    A snapshot older than ``max_age`` (default: the policy's) is refused, and one that has shrunk against that of the
    run in the folder ``expect_like``. ``keep_snapshot`` copies the folder of the snapshot into the run's.
    ``keep_better`` keeps an earlier run in ``out`` when this one is stopped early and its plan of the same problem is
    worth less. ``watch`` looks for alerts and targets in the run before it is written.

    Raises:
        OptionError, CapabilityError: an option has a value that it cannot have; there is no engine of that name.
    """

    source: "Source | Snapshot"
    out: Path | None = None
    policy: Policy | Mapping[str, Any] | str | Path | None = None
    as_of: str | datetime | None = None
    horizon: str | timedelta | None = None
    defaults: Mapping[str, Any] | None = None
    engine: str = "auto"
    solver: str = "HiGHS"
    time_limit_s: float | None = None
    effort: int | None = None
    gap: float = 0.001
    seed: int = 0
    workers: Given = None
    strict: bool = False
    allow_empty: bool = False
    csv: bool = False
    csv_separator: str = ","
    xlsx: bool = True
    html: bool = True
    max_age: str | timedelta | None = None
    expect_like: Path | None = None
    keep_better: bool = False
    keep_snapshot: bool = False
    split: str | None = None
    language: str | None = None
    watch: "Watch | None" = None
    began: float = field(default_factory=time.monotonic)
    cancelled: threading.Event = field(default_factory=threading.Event)

    default_time_limit_s: ClassVar[float] = 60.0
    reserved_s: ClassVar[float] = 0.5
    reserved_per_task_s: ClassVar[float] = 34e-6

    def __post_init__(self) -> None:
        check_options(self)

    @property
    def limit_s(self) -> float | None:
        """The seconds the run may take, ``None`` when only effort counts."""
        return self.default_time_limit_s if self.time_limit_s is None and self.effort is None else self.time_limit_s

    def limits(self, n_tasks: int, executor: Executor | None = None) -> Limits:
        """The engine's limits: what checking and writing ``n_tasks`` takes is kept back.

        ``executor`` does what can be done in parts.
        """
        limit = self.limit_s
        reserved = self.reserved_s + n_tasks * self.reserved_per_task_s
        deadline = None if limit is None else self.began + limit - reserved
        return Limits(
            deadline=deadline,
            effort=self.effort,
            gap=self.gap,
            seed=self.seed,
            workers=workers_of(self.workers).number or all_cores(),
            executor=executor,
            cancelled=self.cancelled,
        )
