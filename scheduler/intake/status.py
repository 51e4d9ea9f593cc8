"""The status of the configured sources."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from data import BY_HAND, parse_duration
from data import source_status as status_in
from scheduler.config import Config
from scheduler.run.clock import now

if TYPE_CHECKING:
    from data import SourceStatus, Store


def source_status(config: Config, store: "Store", at: datetime | None = None) -> Sequence["SourceStatus"]:
    """The status of each source at a moment (default now): the configured ones, then all others that have sent."""
    max_ages = {name: parse_duration(s.max_age) if s.max_age else None for name, s in config.source.items()}
    with store.reading() as connection:
        found = status_in(connection, max_ages, at or now())
    return [status for status in found if status.source != BY_HAND or status.counts]
