"""The status of the configured sources."""

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from data import RECEIPT, parse_duration
from data import source_status as status_in
from scheduler.config import Config, FolderSource
from scheduler.run.clock import now

if TYPE_CHECKING:
    from data import OperationCounts, SourceStatus, Store


def max_ages(config: Config) -> dict[str, timedelta | None]:
    """The ``max_age`` of each configured source."""
    return {name: parse_duration(each.max_age) if each.max_age else None for name, each in config.source.items()}


def age_in_words(age: timedelta) -> str:
    """An age for people, in two units."""
    minutes = int(age.total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    return f"{days} d {hours} h" if days else f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def files_in_error(config: Config, name: str) -> int:
    """How many files of a source could not be read and still lie in its folder for them."""
    source = config.source.get(name)
    if not isinstance(source, FolderSource):
        return 0
    with suppress(OSError), os.scandir(config.path(source.path) / "error") as entries:
        return sum(not entry.name.endswith(RECEIPT) for entry in entries)
    return 0


def source_status(
    config: Config, store: "Store", at: datetime | None = None, counting: "OperationCounts | None" = None
) -> Sequence["SourceStatus"]:
    """The status of each source at a moment (default now): the configured ones, then all others that have sent.

    ``counting`` counts their operations; without it there are no numbers.
    """
    with store.reading() as connection:
        return status_in(connection, max_ages(config), at or now(), counting)
