"""A run's folder: written whole or not at all, by one run at a time."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from models import LockError


class NotARunFolderError(LockError):
    """The output folder holds something else, which a run must not replace."""


@dataclass(frozen=True)
class RunFolder:
    """The place of a run: ``path`` when it is done, ``staging`` while it is written."""

    path: Path

    @property
    def staging(self) -> Path:
        """Where files are written until all are there."""
        return self.path.with_name(f".{self.path.name}.writing")

    @property
    def failed(self) -> Path:
        """Where a plan that failed its check is kept for study."""
        return self.path.with_name(f"{self.path.name}.failed")

    @property
    def _earlier(self) -> Path:
        return self.path.with_name(f".{self.path.name}.earlier")

    def recover(self) -> None:
        """Undoes what a killed or failed run left: brings an earlier run back, drops half-written files."""
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
        """Puts the staged files in the run's place; the earlier run goes only when the new one stands."""
        _sync(self.staging)
        if self.path.exists():
            self.path.rename(self._earlier)
        self.staging.rename(self.path)

    def keep_failed(self) -> None:
        """Puts the staged files aside for study; the run's place stays as it was."""
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
    """The run's folder, held by this run alone.

    Raises:
        LockError: another run holds it.
        NotARunFolderError: a run cannot be put there, or it would replace something that is not a run.
    """
    path = path.resolve()  # a run behind a link is replaced where it is, and has one lock whatever it is called
    _refuse_foreign(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise NotARunFolderError(f"{path} cannot be made: {error.filename} is not a folder") from error
    lock = FileLock(path.with_name(f".{path.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LockError(f"another run is writing to {path}; wait for it, or give this one another --out") from error
    folder = RunFolder(path)
    try:
        folder.recover()
        yield folder
    finally:
        folder.recover()
        lock.release()


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
