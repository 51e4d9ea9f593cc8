"""A run is checked and becomes the current one."""

from pathlib import Path
from typing import TYPE_CHECKING

from data import UnreadableRunError, read_record, read_tables
from models import CheckError, RunRecord, SnapshotError
from scheduler.audit import audit_folder
from scheduler.config import Config, opened_store
from scheduler.run.clock import now
from scheduler.run.counting import count_of
from scheduler.run.request import SNAPSHOT

if TYPE_CHECKING:
    from data import Publication, Published


def publish_run(config: Config, folder: Path, snapshot: Path | None = None, *, checked: bool = False) -> "Published":
    """Makes the run in a folder the current one, once it has passed the check; ``checked`` says that it just has.

    Raises:
        NotARunFolderError, UnreadableRunError: the folder holds no run, or a damaged one.
        SnapshotError: the snapshot of the run is not there.
        CheckError: the run does not hold.
        ConfigError, StoreError: there is no store, or it does not answer.
    """
    from data import publish_plan

    folder = folder.resolve()
    record = read_record(folder)
    with opened_store(config) as store:
        if not checked:
            _check(folder, _place_of(record, folder, snapshot))
        plan = read_tables(folder, record)["plan"]
        with store.writing() as connection:
            return publish_plan(connection, record, folder, plan, now())


def _place_of(record: RunRecord, folder: Path, given: Path | None) -> Path:
    """Where the snapshot of a run is: as given, in its folder, or where it was."""
    kept = folder / SNAPSHOT
    place = given or (kept if kept.is_dir() else None) or (Path(record.snapshot) if record.snapshot else None)
    if place is None or not place.exists():
        was = f"was made from {record.snapshot}, which is not there" if record.snapshot else "does not say from what"
        raise SnapshotError(f"{folder} {was}; name its snapshot with --snapshot, so that the run can be checked")
    return place


def _check(folder: Path, place: Path) -> None:
    report = audit_folder(place, folder)
    if not report.ok:
        raise CheckError(
            f"{folder} does not hold, {count_of(sum(report.totals.values()), 'violation')}, and is not published; "
            f"run `allot check {place} {folder}` to see them"
        )


def published_run(publication: "Publication") -> RunRecord:
    """The run of a publication, read from its folder.

    Raises:
        NotARunFolderError, UnreadableRunError: it is not there any more, or another one is in its place.
    """
    record = read_record(publication.folder)
    if record.run_id != publication.run_id:
        raise UnreadableRunError(
            f"{publication.folder} holds run {record.run_id}, but {publication.run_id} was published as version "
            f"{publication.version}; publish the run that is there"
        )
    return record
