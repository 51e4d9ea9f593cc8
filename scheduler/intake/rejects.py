"""Refused operations of the configured sources: lists them, and tries them again."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from data import rejected_operations
from data import retry_rejected as retry_in
from scheduler.config import Config
from scheduler.intake.run import Taken, chosen_sources, intake_of, require_sources
from scheduler.intake.status import source_status

if TYPE_CHECKING:
    from data import Rejected, Store


def rejected(config: Config, store: "Store", sources: Sequence[str] = ()) -> "list[Rejected]":
    """The refused operations of these sources, or of all.

    Raises:
        OptionError: a source is neither configured nor known to the store.
    """
    known = [status.source for status in source_status(config, store)]
    require_sources(sources, known)
    with store.reading() as connection:
        return rejected_operations(connection, sources)


def retry_rejected(config: Config, store: "Store", sources: Sequence[str] = ()) -> Iterator[Taken]:
    """Tries the refused operations of sources again; yields the result of each source that had some."""
    for name in chosen_sources(config, sources):
        intake = intake_of(config, store, name)
        retry_in(intake)
        if intake.counts.total:
            yield Taken(name, intake.counts)
