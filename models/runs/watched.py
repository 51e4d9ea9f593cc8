"""What is watched: alerts and targets on key figures, as run.json, messages and the board have them."""

from dataclasses import dataclass
from datetime import datetime

PENDING, FIRING, RESOLVED = "pending", "firing", "resolved"
"""The states of an alert: beyond its threshold, for as many runs in a row as it takes, and over."""

YELLOW, RED = "yellow", "red"
"""How bad a figure is."""

SOURCE = "source"
"""The level of ages of sources; a key is the name of a source."""

SOURCE_AGE, RUN_AGE = "source_age", "run_age"
"""What the clock says, not a run: minutes since a source sent something, and since the last run."""


@dataclass(frozen=True, kw_only=True)
class AlertRecord:
    """An alert: the figure it is about, how bad that is, and since when.

    ``alert_id`` is its number in the store, ``None`` for one that begins with the run; ``threshold`` is that of its
    ``severity``; ``until`` is when it was over, ``held`` why nobody is told.
    """

    alert_id: int | None = None
    name: str
    level: str
    key: str
    measure: str
    value: float | None
    state: str
    severity: str
    threshold: float | None
    since: datetime
    until: datetime | None = None
    held: str | None = None


@dataclass(frozen=True, kw_only=True)
class TargetRecord:
    """A figure of a run with the target of its day; without a figure ``met`` is ``None``."""

    level: str
    key: str
    measure: str
    value: float | None
    target: float
    met: bool | None
