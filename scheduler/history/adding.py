"""Runs added to the history: those named, those that the runs folder has and the store lacks, or all of them again."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from data import NotARunFolderError, UnreadableRunError, locked, parse_duration, read_further, read_record, run_id_of
from models import AllotError, RunRecord
from scheduler.config import Config, find_config, has_store, opened_store, read_config
from scheduler.run.clock import now

if TYPE_CHECKING:
    import polars as pl

    from data import Store


@dataclass(frozen=True)
class Added:
    """A run that was looked at: whether it was new in the history; ``fault`` is why it could not be read."""

    folder: Path
    is_new: bool = False
    fault: str | None = None


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild did: the runs written again, those without a folder, which stay as they are, and tasks."""

    runs: tuple[Added, ...]
    left: int
    tasks: int


def add_runs(store: "Store", folders: Iterable[Path], *, again: bool = False) -> Iterator[Added]:
    """Adds the runs in folders to the history, each in a transaction of its own.

    Raises:
        NotARunFolderError, UnreadableRunError: a folder holds no run, or a damaged one.
        StoreError: the store does not answer.
    """
    from data import add_run

    for folder in folders:
        place = folder.resolve()
        record, kpis = read_kpis(place)
        with store.writing() as connection:
            is_new = add_run(connection, record, place, kpis, again=again)
        yield Added(folder, is_new)


def read_kpis(folder: Path) -> "tuple[RunRecord, pl.DataFrame]":
    """The run in a folder, and its key figures.

    Raises:
        NotARunFolderError, UnreadableRunError: there is no run, a damaged one, or one that broke rules.
    """
    record, kpis = read_record(folder), read_further(folder, "kpis")
    if kpis is None:
        raise UnreadableRunError(f"{folder}/kpis.parquet is missing: the run is not whole; plan again")
    if not record.check.ok:
        raise UnreadableRunError(f"{folder}: the plan of this run broke rules; it is kept for study alone")
    if "run_id" in kpis.columns and kpis.height and kpis["run_id"][0] != record.run_id:
        raise UnreadableRunError(f"{folder}: kpis.parquet is of run {kpis['run_id'][0]}, run.json of {record.run_id}")
    return record, kpis


def catch_up(config: Config, store: "Store", newest: Path | None = None) -> list[Added]:
    """Adds the run in ``newest``, and every run of the runs folder that the history lacks, as of killed processes.

    Runs that are older than they are kept for are left alone. A run that cannot be read is told, not raised.
    """
    first = [] if newest is None else [newest.resolve()]
    others = [folder for folder in run_folders(config) if folder not in first]
    return _told(store, [*first, *_lacking(config, store, others)])


def _lacking(config: Config, store: "Store", folders: Iterable[Path]) -> list[Path]:
    """The folders whose run is not in the history, or was elsewhere; without those that are too old for it."""
    from data import known_runs

    with store.reading() as connection:
        known = dict(known_runs(connection).select("run_id", "folder").iter_rows())

    def lacks(folder: Path) -> bool:
        name = run_id_of(folder)
        place = known.get(name or "")
        return place is None or (place != str(folder) and run_id_of(Path(place)) != name)

    return [folder for folder in folders if lacks(folder) and not _is_too_old(config, folder)]


def _told(store: "Store", folders: Iterable[Path], *, again: bool = False) -> list[Added]:
    found: list[Added] = []
    for folder in folders:
        try:
            found += add_runs(store, [folder], again=again)
        except (NotARunFolderError, UnreadableRunError) as error:
            found.append(Added(folder, fault=str(error)))
    return found


def run_folders(config: Config) -> list[Path]:
    """The folders of runs in the runs folder, by name."""
    runs = config.path(config.runs.folder).resolve()
    if not runs.is_dir():
        return []
    hidden = (".", "_")
    return sorted(
        path
        for path in runs.iterdir()
        if not path.name.startswith(hidden) and path.suffix != ".failed" and (path / "run.json").is_file()
    )


def _is_too_old(config: Config, folder: Path) -> bool:
    try:
        return is_before(read_record(folder).as_of, config.history.runs)
    except AllotError:  # adding it will say what is wrong
        return False


def is_before(moment: datetime, kept: str | None) -> bool:
    """Whether a moment is longer ago than what is kept so long."""
    return kept is not None and moment < now() - parse_duration(kept)


def rebuild(config: Config, store: "Store") -> Rebuilt:
    """Writes the history again from the folders of all runs that it has or lacks, and from the store's operations.

    Runs whose folder is gone, or has another run now, stay as they are.
    """
    from data import known_runs, refresh_actuals

    with store.reading() as connection:
        known = known_runs(connection)
    there, left = [], 0
    for name, folder in known.select("run_id", "folder").iter_rows():
        if _has_run(Path(folder), name):
            there.append(Path(folder))
        else:
            left += 1
    others = [folder for folder in run_folders(config) if not _is_too_old(config, folder)]
    runs = _told(store, dict.fromkeys([*there, *others]), again=True)
    with store.writing() as connection:
        tasks = refresh_actuals(connection, whole=True)
    return Rebuilt(tuple(runs), left, tasks)


def _has_run(folder: Path, run_id: str) -> bool:
    try:
        return read_record(folder).run_id == run_id
    except AllotError:
        return False


def note_run(folder: Path, config_file: Path | None = None) -> str | None:
    """Adds a run that was just written to the history, where a store is configured, and what the runs folder has more
    than the history; why the run could not be added, if so.

    It never fails: the plan is there.
    """
    return _noted(config_file, lambda config, store: catch_up(config, store, folder), folder.resolve())


def note_lacking(folders: Iterable[Path], config_file: Path | None = None) -> None:
    """Adds those of the runs that the history lacks, where a store is configured and answers."""
    places = [folder.resolve() for folder in folders]
    _noted(config_file, lambda config, store: _told(store, _lacking(config, store, places)))


def note_earlier(folder: Path, config_file: Path | None = None) -> None:
    """Adds the run that another is about to replace, unless it is in the history: its process may have been killed."""
    with suppress(AllotError, OSError), locked(folder) as place:
        if (place.path / "run.json").is_file():
            note_lacking([place.path], config_file)


def _noted(
    config_file: Path | None, add: "Callable[[Config, Store], list[Added]]", folder: Path | None = None
) -> str | None:
    """Adds runs to the history of the configuration in use; why that, or the run in ``folder``, failed."""
    try:
        file = find_config(config_file)
        config = None if file is None else read_config(file)
        if config is None or not has_store(config):
            return None
        with opened_store(config) as store:
            faults = [one.fault for one in add(config, store) if one.fault and one.folder == folder]
    except (AllotError, OSError) as error:
        faults = [str(error)]
    return f"the run is not in the history: {faults[0]}" if faults else None
