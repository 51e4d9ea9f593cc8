"""Takes in the configured sources, one after another; a source that fails is reported and stops no other."""

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data import (
    TABLES,
    AmqpReading,
    Counts,
    Intake,
    KafkaReading,
    StoreError,
    held,
    note_read,
    people_tables,
    send_operations,
    send_people,
    take_folder,
    take_people_folder,
    take_people_sql,
    take_queue,
    take_sql,
    take_topic,
)
from models import AllotError, LockError, OptionError, nearest
from scheduler.config import (
    AmqpSource,
    Config,
    FolderSource,
    HttpSource,
    KafkaSource,
    Source,
    SqlSource,
    kafka_settings,
    ruling_of,
    sql_reading,
    terms_of,
    url_of,
)
from scheduler.run.clock import now

if TYPE_CHECKING:
    import polars as pl

    from data import Ruling, Store

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taken:
    """The result of taking in one source; ``fault`` is why it could not be reached or read, if so."""

    source: str
    counts: Counts
    said: list[str] = field(default_factory=list)
    fault: str | None = None


def chosen_sources(config: Config, names: Sequence[str]) -> dict[str, Source]:
    """The sources of these names, or all of them.

    Raises:
        OptionError: there is no source of a name.
    """
    require_sources(names, config.source)
    return {name: source for name, source in config.source.items() if not names or name in names}


def require_sources(names: Sequence[str], known: Collection[str]) -> None:
    """Refuses names of sources that are not known.

    Raises:
        OptionError: there is no source of a name.
    """
    for name in names:
        if name not in known:
            told = ", ".join(known) or "none is configured"
            raise OptionError(f"there is no source '{name}'{nearest(name, known)}; sources: {told}")


def run_intake(
    config: Config, store: "Store", names: Sequence[str] = (), *, accept_missing: bool = False
) -> Iterator[Taken]:
    """Takes in the sources of these names, or all of them; yields the result of each as soon as it is done.

    Raises:
        OptionError: there is no source of a name.
        StoreError: the store cannot be used.
    """
    for name, source in chosen_sources(config, names).items():
        if not isinstance(source, HttpSource):  # the service takes in what arrives by HTTP
            yield _taken(config, store, name, source, accept_missing)


def _taken(config: Config, store: "Store", name: str, source: Source, accept_missing: bool) -> Taken:
    fault = None
    intake = intake_of(config, store, name)
    try:
        with _alone_at(config, source):
            _take(config, intake, name, source, accept_missing)
    except StoreError:
        raise
    except LockError:
        intake.said.append("another intake is at work on its files")
    except (AllotError, OSError) as error:
        fault = str(error)
    except Exception as error:  # no fault of one source may stop the others
        _log.debug("source %s", name, exc_info=True)
        fault = f"allot failed on it: {type(error).__name__}: {error}"
    fault = "; ".join([*([fault] if fault else []), *intake.faults]) or None
    with store.writing() as connection:
        note_read(connection, name, now(), fault)
    return Taken(name, intake.counts, intake.said, fault)


def _alone_at(config: Config, source: Source) -> AbstractContextManager[None]:
    """A lock on the files of a source, so that each is moved once, with one receipt.

    Raises:
        LockError: on entering, where another intake has it.
    """
    if isinstance(source, FolderSource) and (folder := config.path(source.path)).is_dir():
        return held(folder / "intake", f"another intake is reading {folder}; wait until it has ended")
    return nullcontext()


def intake_of(config: Config, store: "Store", name: str) -> Intake:
    """The :class:`Intake` of a source, with its settings and rules."""
    return Intake(store, terms_of(config, name), now, rules_of(config, store))


def rules_of(config: Config, store: "Store") -> "Callable[[datetime], Ruling | None] | None":
    """The rules of a configuration as they run at a moment; ``None`` where there are none."""
    if not config.rule:
        return None
    with store.reading() as connection:
        return partial(ruling_of, config, processes=process_defaults(connection))


def process_defaults(connection: Any) -> "pl.DataFrame | None":
    """What tasks have by default, which rules see."""
    frame = people_tables(connection, tables=["processes"]).get("processes")
    if frame is None:
        return None
    numbers = [column.name for column in TABLES["processes"].columns if column.kind == "number"]
    return frame.with_columns(frame[name].cast(float, strict=False) for name in numbers)


def _take(config: Config, intake: Intake, name: str, source: Source, accept_missing: bool) -> None:
    match source:
        case FolderSource(tables=[]):
            take_folder(intake, config.path(source.path))
        case FolderSource():
            take_people_folder(intake, config.path(source.path), source.tables, source.mode)
        case SqlSource(read=str(read)):
            take_sql(intake, sql_reading(config, name, source, read, accept_missing=accept_missing))
        case SqlSource(read=dict(reads)):
            take_people_sql(intake, url_of(config, source, f"source.{name}"), reads, source.mode)
        case AmqpSource():
            url = url_of(config, source, f"source.{name}")
            take_queue(intake, AmqpReading(url, source.queue, source.prefetch, source.dead_letter))
        case KafkaSource():
            take_topic(intake, KafkaReading(kafka_settings(f"source.{name}", source), source.topic))


def send_file(config: Config, store: "Store", name: str, file: Path) -> Taken:
    """Takes in a file as if it came from the source.

    Raises:
        OptionError: there is no source of the name.
        SnapshotError: the file as a whole cannot be read.
    """
    source = chosen_sources(config, [name])[name]
    intake = intake_of(config, store, name)
    if source.tables:
        send_people(intake, file, source.tables, source.mode)
    else:
        send_operations(intake, file)
    return Taken(name, intake.counts, intake.said)
