"""Alerts, actions, silences and messages as values. This module loads no library."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class AlertRow:
    """An alert, from when a figure is first beyond its threshold until it is over; as the table `alert` has it."""

    alert_id: int | None = None
    name: str
    level: str
    key: str
    measure: str
    state: str
    severity: str
    value: float | None = None
    threshold: float | None = None
    since: datetime
    fired_at: datetime | None = None
    until: datetime | None = None
    broken: int = 0
    red_runs: int = 0
    calm: int = 0
    told: str | None = None
    held: str | None = None


@dataclass(frozen=True, kw_only=True)
class Action:
    """What somebody did about an alert."""

    action_id: int
    alert_id: int
    at: datetime
    by: str
    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Silence:
    """What nobody is told of for a time; an empty name, level or key is any."""

    silence_id: int = 0
    name: str | None = None
    level: str | None = None
    key: str | None = None
    since: datetime
    until: datetime
    by: str
    reason: str

    def covers(self, row: AlertRow, at: datetime) -> bool:
        """Whether it is about an alert at a moment."""
        same = ((self.name, row.name), (self.level, row.level), (self.key, row.key))
        return self.since <= at < self.until and all(own is None or own == theirs for own, theirs in same)


@dataclass(frozen=True)
class Message:
    """A message: its content is what JSON holds; it is put into words when it is delivered."""

    message_id: int
    at: datetime
    content: Mapping[str, Any]
