"""What a run says of alerts and targets, if somebody watches it."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from models import AlertRecord, Message, RunRecord, TargetRecord


@dataclass(frozen=True, kw_only=True)
class Watched:
    """The alerts on a run's figures and the targets of its day; ``None``: there are none. ``warning``: why not."""

    alerts: tuple[AlertRecord, ...] | None = None
    targets: tuple[TargetRecord, ...] | None = None
    warning: Message | None = None


Watch = Callable[[RunRecord, pl.DataFrame, pl.DataFrame], Watched]
"""Looks at a run before it is written: its record, its key figures, its people. It never fails."""
