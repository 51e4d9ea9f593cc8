"""A run's folder: written whole or not at all, by one run at a time."""

import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from models import AllotError, LockError, disk_errors_at


class NotARunFolderError(AllotError):
    """The folder cannot hold a run, or has something else than a run that would be replaced."""


@dataclass(frozen=True)
class RunFolder:
    """The folder of a run: ``path`` when it is complete, ``staging`` while it is written."""

    path: Path

    @property
    def staging(self) -> Path:
        """The folder in which files are written until all are complete."""
        return self.path.with_name(f".{self.path.name}.writing")

    @property
    def failed(self) -> Path:
        """Where a plan that failed its check is kept for study."""
        return self.path.with_name(f"{self.path.name}.failed")

    @property
    def _earlier(self) -> Path:
        return self.path.with_name(f".{self.path.name}.earlier")

    def recover(self) -> None:
        """Cleans up after a killed or failed run: restores an earlier run, removes half-written files."""
        if self._earlier.exists() and not self.path.exists():
            self._earlier.rename(self.path)
        for left in (self._earlier, self.staging):
            shutil.rmtree(left, ignore_errors=True)

    def begin(self) -> Path:
        """An empty staging folder."""
        self.recover()
        self.staging.mkdir(parents=True)
        return self.staging

    def publish(self) -> None:
        """Moves the staged files to the run's path; the earlier run is removed only when the new one is in place."""
        _sync(self.staging)
        if self.path.exists():
            self.path.rename(self._earlier)
        self.staging.rename(self.path)

    def keep_failed(self) -> None:
        """Keeps the staged files for study; the run's path stays unchanged."""
        if self.failed.exists():
            shutil.rmtree(self.failed)
        self.staging.rename(self.failed)


def _sync(folder: Path) -> None:
    """Has the files on disk before they are renamed, so that a power cut cannot leave empty ones."""
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb+") as handle:
                os.fsync(handle.fileno())


@contextmanager
def locked(path: Path) -> Iterator[RunFolder]:
    """The run's folder, locked for this run.

    Raises:
        LockError: another run holds it.
        NotARunFolderError: a run cannot be put there, or it would replace something that is not a run.
        OSError: the disk is full or broken; the error names a file or the folder.
    """
    path = path.resolve()  # a run behind a link is replaced where it is, and has one lock whatever it is called
    _refuse_foreign(path)
    folder = RunFolder(path)
    with disk_errors_at(path), held(path):
        try:
            folder.recover()
            yield folder
        finally:
            folder.recover()


@contextmanager
def held(path: Path, busy: str = "") -> Iterator[None]:
    """Holds the lock of a run's folder; in the end its file and new parent folders that are empty are removed.

    Raises:
        LockError: somebody else holds it; ``busy`` is what to say then, of what is no run.
    """
    file = path.with_name(f".{path.name}.lock")
    lock, made = FileLock(file), [parent for parent in path.parents if not parent.exists()]
    _acquire(lock, path, busy or f"another run is writing to {path}; wait for it, or give this one another --out")
    try:
        yield
    finally:
        # Removed while it is held: whoever has opened it meanwhile gets a lock on a file without a name, which
        # filelock (4.2) sees and does not count. Windows removes no open file; there filelock does it on release.
        with suppress(OSError):
            file.unlink()
        lock.release()
        with suppress(OSError):
            for parent in made:
                parent.rmdir()


def _acquire(lock: FileLock, path: Path, busy: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except (Timeout, FileNotFoundError, FileExistsError, NotADirectoryError) as error:
        in_the_way = next((parent for parent in path.parents if _is_no_folder(parent)), None)
        if in_the_way is not None:
            raise NotARunFolderError(f"{path} cannot be made: {in_the_way} is not a folder") from error
        if isinstance(error, FileNotFoundError) and not _can_be_made(path.parent):
            raise NotARunFolderError(f"{path} cannot be made: there can be no folder {path.parent}") from error
        # without anything in the way it has ended just now, and its new folder is gone
        raise LockError(busy) from error


def _can_be_made(folder: Path) -> bool:
    """Whether a folder is there or could be made: not so where the system makes none, such as below /proc."""
    made = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    there = folder.is_dir()
    with suppress(OSError):
        for parent in made:
            parent.rmdir()
    return there


def _is_no_folder(place: Path) -> bool:
    """Whether something stands there that is no folder; asked at once, as a folder may go meanwhile."""
    try:
        return not stat.S_ISDIR(place.stat().st_mode)
    except OSError:
        return False


def _refuse_foreign(path: Path) -> None:
    if path.is_file():
        raise NotARunFolderError(f"{path} is a file; --out names the folder of a run")
    if Path.cwd().is_relative_to(path):
        raise NotARunFolderError(f"{path} is the folder you are in, or above it; a run replaces its folder whole")
    if path.is_dir() and any(path.iterdir()) and not _is_run(path):
        raise NotARunFolderError(
            f"{path} holds files that are not a run's (no run.json); give a new or empty folder as --out"
        )


def _is_run(path: Path) -> bool:
    try:
        return "schema_version" in json.loads((path / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False
