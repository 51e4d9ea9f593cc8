"""A folder for files: each has its name only when it is whole; what an earlier plan had and this one has not goes."""

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from data.outlets.side import OutletError

_NOTE = ".allot.json"


def place_files(folder: Path, staged: Path, kept: Iterable[str] = ()) -> int:
    """Moves all files of ``staged`` to the same places in a folder; how many there are.

    In the folders named by ``kept``, files that an earlier call has placed and this one has not are removed; nothing
    else is ever touched.

    Raises:
        OutletError: the folder cannot be made or written to; files that were moved stay.
    """
    try:
        return _place(folder, staged, kept)
    except OSError as error:
        raise OutletError(f"{error.filename or folder} cannot be written: {error.strerror or error}") from error


def _place(folder: Path, staged: Path, kept: Iterable[str]) -> int:
    files = sorted(file.relative_to(staged) for file in staged.rglob("*") if file.is_file())
    folder.mkdir(parents=True, exist_ok=True)
    own = {name: {file.name for file in files if file.parent == Path(name)} for name in kept}
    before = {name: _noted(folder / name) for name in kept}
    for name in kept:  # first, so that whoever is killed leaves no file that is not known
        _note(folder / name, own[name] | before[name])
    _move(staged, folder, files)
    for name in kept:
        for gone in before[name] - own[name]:
            (folder / name / gone).unlink(missing_ok=True)
        _note(folder / name, own[name])
    return len(files)


def _move(staged: Path, folder: Path, files: Iterable[Path]) -> None:
    """Copies files beside their places and gives each its name once all are on the disk; what is there stays."""
    new = [file for file in files if not _is_there(staged / file, folder / file)]
    for file in new:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(staged / file, _unfinished(folder / file))
    if hasattr(os, "sync"):  # one by one takes a minute for thousands of files
        os.sync()
    for file in new:
        _unfinished(folder / file).replace(folder / file)


def _is_there(file: Path, target: Path) -> bool:
    same = target.is_file() and target.stat().st_size == file.stat().st_size
    return same and target.read_bytes() == file.read_bytes()


def _unfinished(target: Path) -> Path:
    return target.with_name(f".{target.name}.part")


def _noted(folder: Path) -> set[str]:
    """The names of the files that earlier calls have placed in a folder."""
    try:
        found = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    names = found if isinstance(found, list) else []
    return {name for name in names if isinstance(name, str) and Path(name).name == name}


def _note(folder: Path, names: set[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{_NOTE}.part"
    unfinished.write_text(json.dumps(sorted(names), ensure_ascii=False), encoding="utf-8")
    unfinished.replace(folder / _NOTE)


def require_folder(folder: Path) -> None:
    """Refuses a folder that cannot be made or written to.

    Raises:
        OutletError: it cannot; the message says why.
    """
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir():
        raise OutletError(f"{there} is not a folder")
    if not os.access(there, os.W_OK):
        raise OutletError(f"{there} cannot be written to")
