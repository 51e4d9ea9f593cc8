"""Takes in files dropped into a folder, one by one, and moves each away with a receipt.

A file is moved only after all of it is in the store. The store records which file is being taken in and how many of its
rows are done, so that the next run continues there if this one is killed.
"""

import errno
import hashlib
import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.feeds.files import MOST_BYTES, file_rows
from data.intake.form import Formed, formed
from data.intake.intake import BATCH, Counts, Intake, UnreadableSourceError
from models import AllotError, SnapshotError

_log = logging.getLogger(__name__)
_UNFINISHED = ".part"
_QUIET_S = 1.0
RECEIPT = ".receipt.json"
"""How the names of receipts end."""


@dataclass(frozen=True)
class Dropped:
    """A file that was read. ``identity`` distinguishes it from the same file dropped again."""

    path: Path
    content: bytes
    sha256: str
    identity: list[Any]


def take_folder(intake: Intake, folder: Path) -> None:
    """Takes in all waiting files of operations.

    Raises:
        UnreadableSourceError: the folder is missing or cannot be used.
    """
    take_files(intake, folder, lambda file: _take_operations(intake, file))


def take_files(intake: Intake, folder: Path, take: Callable[[Dropped], Counts]) -> None:
    """Takes in all waiting files; ``take`` returns the counts of a file, or raises ``SnapshotError`` to refuse it.

    Raises:
        UnreadableSourceError: the folder is missing or cannot be used.
    """
    if not folder.is_dir():
        raise UnreadableSourceError(f"there is no folder {folder}")
    try:
        for name in ("inbound", "processed", "error"):
            (folder / name).mkdir(exist_ok=True)
        for path in _waiting(folder / "inbound"):
            _take_file(intake, folder, path, take)
    except OSError as error:
        raise UnreadableSourceError(f"{error.filename or folder}: {error.strerror or error}") from error


def _waiting(inbound: Path) -> Iterator[Path]:
    """The files that seem complete, oldest first."""
    found = []
    with os.scandir(inbound) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name.lower().endswith(_UNFINISHED):
                continue
            if entry.is_file(follow_symlinks=False):
                found.append((entry.stat(follow_symlinks=False).st_mtime_ns, entry.name))
    for changed, name in sorted(found):
        if abs(time.time() - changed / 1e9) >= _QUIET_S:
            yield inbound / name


def _take_file(intake: Intake, folder: Path, path: Path, take: Callable[[Dropped], Counts]) -> None:
    try:
        file = _read(path)
    except FileNotFoundError:  # another process has taken it
        return
    except PermissionError as error:
        intake.faults.append(f"{path.name} cannot be read: {error.strerror}")
        return
    except SnapshotError as error:
        _refuse(intake, folder, path, str(error))
        return
    if file is None:
        return  # it is still growing
    try:
        counts = take(file)
    except SnapshotError as error:
        _refuse(intake, folder, path, str(error))
    except (AllotError, OSError):
        raise
    except Exception as error:  # a defect of ours: the file waits, and those behind it do not
        _log.debug("file %s", path, exc_info=True)
        intake.faults.append(f"{path.name} stays in inbound, as allot failed on it: {type(error).__name__}: {error}")
    else:
        _put_away(path, folder / "processed", counts.record())


def _read(path: Path) -> Dropped | None:
    """The file; ``None`` if it changed while it was read.

    Raises:
        SnapshotError: the file is too large.
    """
    before = path.stat()
    if before.st_size > MOST_BYTES:
        raise SnapshotError(f"{path.name} is larger than {MOST_BYTES // 2**20:,} MB; split it")
    content = path.read_bytes()
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != after.st_size:
        return None
    sha256 = hashlib.sha256(content).hexdigest()
    return Dropped(path, content, sha256, [path.name, sha256, after.st_mtime_ns, after.st_ino])


def _take_operations(intake: Intake, file: Dropped) -> Counts:
    """Takes in the operations of a file, from the row at which an earlier attempt ended.

    Raises:
        SnapshotError: the file as a whole cannot be read.
    """
    whole = operations_in(intake, file.content, file.path.name, file.sha256)
    done, counts = 0, Counts()
    cursor = intake.cursor()
    if cursor is not None and cursor.get("file") == file.identity:
        done, counts = cursor["rows"], Counts(**cursor["receipt"])
    take_rows(intake, whole, done, counts, file.identity)
    return counts


def operations_in(intake: Intake, content: bytes, name: str, sha256: str) -> Formed:
    """The rows of a file, in the form of operations.

    Raises:
        SnapshotError: the file as a whole cannot be read.
    """
    try:
        return formed(file_rows(content, name, sha256, intake.terms.names), intake.terms)
    except SnapshotError:
        raise
    except AllotError as error:  # columns that the map names are missing
        raise SnapshotError(str(error)) from error


def take_rows(intake: Intake, whole: Formed, done: int, counts: Counts, identity: list[Any] | None) -> None:
    """Takes in the rows from number ``done`` on; each transaction takes a batch and records how far it is."""
    for start in range(done, whole.height, BATCH):
        end = min(start + BATCH, whole.height)

        def note(end: int = end) -> Any:
            return {"file": identity, "rows": end, "receipt": counts.record()}

        intake.take(whole, start, end, counts=counts, cursor=note if identity else None)


def _refuse(intake: Intake, folder: Path, path: Path, reason: str) -> None:
    """Moves a file that cannot be read as a whole; none of its rows is applied."""
    intake.said.append(f"{path.name} cannot be read and was moved to {folder / 'error'}: {reason}")
    _put_away(path, folder / "error", Counts(reasons=[reason]).record())


def _put_away(path: Path, target: Path, receipt: dict[str, Any]) -> None:
    """Moves a file and writes its receipt beside it; an earlier, different file of that name is renamed."""
    _make_room(path, target)
    unfinished = target / f".{path.name}{RECEIPT}"
    unfinished.write_text(json.dumps(receipt, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    unfinished.replace(target / (path.name + RECEIPT))
    try:
        path.replace(target / path.name)
    except FileNotFoundError:  # another process has moved it
        return
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.move(path, target / path.name)


def _make_room(path: Path, target: Path) -> None:
    earlier, receipt = target / path.name, target / (path.name + RECEIPT)
    if not earlier.exists():
        return
    content = hashlib.sha256(earlier.read_bytes()).hexdigest()
    if path.exists() and content == hashlib.sha256(path.read_bytes()).hexdigest():
        return
    aside = target / f"{path.stem}.{content[:12]}{path.suffix}"
    earlier.replace(aside)
    if receipt.exists():
        receipt.replace(target / (aside.name + RECEIPT))
