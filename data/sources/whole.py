"""Files that whoever reads them finds whole, or not at all."""

import os
import pickle
import uuid
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any


def write_whole(file: Path, write: Callable[[Path], object]) -> None:
    """Writes a file beside its place, and moves it there when it is whole; others may do so at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
    try:
        write(beside)
        os.replace(beside, file)
    finally:
        beside.unlink(missing_ok=True)


def keep_value(file: Path, value: object) -> None:
    """Keeps a value in a file, for jobs on any machine that knows it by the same path."""
    write_whole(file, lambda beside: beside.write_bytes(pickle.dumps(value, protocol=5)))


def kept_value(file: Path) -> Any:
    """A value that was kept in a file; the last few are remembered, as job after job asks for the same."""
    return _read_value(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read_value(file: Path, _changed: int) -> Any:
    return pickle.loads(file.read_bytes())
