"""The current plan handed out: each outlet is told what is new for it, through the outbox of the store.

What the other side is known to have is taken out of the outbox; all else is told again by the next try. So everything
arrives at least once, and by its version whoever receives it can tell what is newest.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from data import StoreError, read_record
from models import AllotError, OptionError, nearest
from scheduler.config import (
    AmqpOutlet,
    Config,
    FolderOutlet,
    HttpOutlet,
    KafkaOutlet,
    MailOutlet,
    Outlet,
    SqlOutlet,
    mail_server,
    opened_store,
    queue_target,
    table_target,
    topic_target,
    web_target,
)
from scheduler.publishing.files import hand_to_folder
from scheduler.publishing.letters import Noted, hand_by_mail
from scheduler.publishing.publish import published_run
from scheduler.run.clock import now
from scheduler.run.written import read_view

if TYPE_CHECKING:
    import polars as pl

    from data import Publication, Store
    from reports import RunView

_log = logging.getLogger(__name__)

_PATIENCE_S = 60.0
"""How long to wait for another process that hands out to the same outlet."""


@dataclass(frozen=True)
class Handed:
    """What came of handing out to one outlet.

    ``rows`` arrived, ``withdrawn`` of them tell that a task is not planned any more; ``left`` are still in the outbox.
    ``fault`` says why it failed, if so; ``said`` is what else people should know.
    """

    outlet: str
    version: int
    rows: int = 0
    withdrawn: int = 0
    left: int = 0
    said: Sequence[str] = ()
    fault: str | None = None


@dataclass(frozen=True)
class Current:
    """The current plan, its run read when an outlet asks for it."""

    publication: "Publication"

    @cached_property
    def view(self) -> "RunView":
        """The run as reports receive it.

        Raises:
            NotARunFolderError, UnreadableRunError: its folder is gone, or holds another run.
        """
        published_run(self.publication)
        return read_view(self.publication.folder)


def chosen_outlets(config: Config, names: Sequence[str]) -> dict[str, Outlet]:
    """The outlets of these names, or all of them.

    Raises:
        OptionError: there is no outlet of a name, or none at all.
    """
    for name in names:
        if name not in config.outlet:
            known = ", ".join(config.outlet) or "none is configured"
            raise OptionError(f"there is no outlet '{name}'{nearest(name, config.outlet)}; outlets: {known}")
    if not config.outlet:
        raise OptionError(f"no outlet is configured in {config.file}; add a section [outlet.NAME]")
    return {name: outlet for name, outlet in config.outlet.items() if not names or name in names}


def distribute(
    config: Config, names: Sequence[str] = (), *, run: Path | None = None, whole: bool = False
) -> Iterator[Handed]:
    """Hands the current plan out to the outlets of these names, or to all; what came of each, as soon as it is done.

    ``run`` is the folder that the current plan must be from. ``whole``: all of it, not only what is new.

    Raises:
        OptionError: there is no outlet of a name; nothing is published, or another run than ``run``.
        NotARunFolderError, UnreadableRunError: ``run`` is no run.
        StoreError: the store cannot be used.
    """
    outlets = chosen_outlets(config, names)
    with opened_store(config) as store:
        current = Current(_require_current(store, run))
        for name, outlet in outlets.items():
            yield _handed(_Task(config, store, current, name, whole), outlet)


def _require_current(store: "Store", run: Path | None) -> "Publication":
    from data import current_publication

    with store.reading() as connection:
        publication = current_publication(connection)
    if publication is None:
        raise OptionError(f"no plan is published yet; publish one with: allot publish {run or 'RUN_DIR'}")
    if run is not None and read_record(run).run_id != publication.run_id:
        raise OptionError(
            f"{run} is not the current plan, which is {publication.run_id} in {publication.folder}; "
            f"make it that with: allot publish {run}"
        )
    return publication


@dataclass(frozen=True)
class _Task:
    """Handing the current plan to the outlet of a name."""

    config: Config
    store: "Store"
    current: Current
    name: str
    whole: bool


def _handed(task: _Task, outlet: Outlet) -> Handed:
    from data import one_at_a_time

    try:
        with one_at_a_time(task.store, f"outlet {task.name}", _PATIENCE_S):
            return _in_turn(task, outlet)
    except StoreError:
        raise
    except AllotError as error:  # another process is at it for long
        return Handed(task.name, task.current.publication.version, fault=str(error))


def _in_turn(task: _Task, outlet: Outlet) -> Handed:
    from data import count_waiting, fill_outbox, note_handed, waiting_rows

    store, name = task.store, task.name
    with store.writing() as connection:
        version = fill_outbox(connection, name, whole=task.whole)
        rows = waiting_rows(connection, name)
    said: Sequence[str] = ()
    fault = None
    arrived = _Arrived(store, name)
    try:
        if rows.height:
            said = _hand(task, outlet, rows, arrived)
    except StoreError:
        raise
    except (AllotError, OSError) as error:
        fault = str(error)
    except Exception as error:  # whatever is wrong with one outlet, the others are handed theirs
        _log.debug("outlet %s", name, exc_info=True)
        fault = f"allot failed on it: {type(error).__name__}: {error}"
    with store.writing() as connection:
        note_handed(connection, name, now(), fault)
        left = count_waiting(connection, name)
    return Handed(name, version, arrived.rows, arrived.withdrawn, left, said, fault)


class _Arrived:
    """Takes rows that the other side has out of the outbox, and counts them."""

    def __init__(self, store: "Store", name: str) -> None:
        self._store, self._name = store, name
        self.rows = self.withdrawn = 0

    def __call__(self, rows: "pl.DataFrame") -> None:
        from data import settle

        if not rows.height:
            return
        with self._store.writing() as connection:
            settle(connection, self._name, rows)
        self.rows += rows.height
        self.withdrawn += int((rows["state"] == "withdrawn").sum())


def _hand(task: _Task, outlet: Outlet, rows: "pl.DataFrame", done: Callable[["pl.DataFrame"], None]) -> Sequence[str]:
    """Tells one outlet what waits for it; what people should know besides.

    Raises:
        AllotError: the other side cannot be reached, or does not take it.
    """
    from data import hand_to_queue, hand_to_table, hand_to_topic, hand_to_web

    config, name = task.config, task.name
    said: Sequence[str] = ()
    match outlet:
        case SqlOutlet():
            hand_to_table(table_target(config, name, outlet), rows, done)
        case AmqpOutlet():
            hand_to_queue(queue_target(config, name, outlet), rows, done)
        case KafkaOutlet():
            hand_to_topic(topic_target(name, outlet), rows, done)
        case HttpOutlet():
            hand_to_web(web_target(config, name, outlet), rows, done)
        case FolderOutlet():
            hand_to_folder(config.path(outlet.path), task.current.view, rows)
            done(rows)
        case MailOutlet():
            noted = _noted(task.store, name, task.whole)
            said = hand_by_mail(mail_server(name, outlet), outlet, noted, task.current.view)
            done(rows)
    return said


def _noted(store: "Store", name: str, whole: bool) -> Noted:
    """Which lists the outlet has, in the store; none where it is handed all of them."""
    from data import handed_lists, note_list

    def note(item: str, digest: str | None) -> None:
        with store.writing() as connection:
            note_list(connection, name, item, digest)

    with store.reading() as connection:
        return Noted({} if whole else handed_lists(connection, name), note)
