"""What lies on disk at every step of a command: what would be left, had its process been killed there.

The steps are those at which Python is about to change a file, and each commit: one run of the command gives them all.
"""

import os
import shutil
import sys
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "shutil.rmtree", "shutil.move"}
_WRITES = os.O_WRONLY | os.O_RDWR

Mark = Callable[[Path], Hashable]
"""What of a folder matters: the same for states of which one is enough."""


class _Taking:
    """Copies a folder whenever what matters in it has changed."""

    def __init__(self, place: Path, states: Path, mark: Mark) -> None:
        self._place, self._states, self._mark = place, states, mark
        self._seen: set[Hashable] = set()
        self._busy = False

    def take(self) -> None:
        if self._busy:
            return
        self._busy = True
        mark = self._mark(self._place)
        if mark not in self._seen:
            self._seen.add(mark)
            # SQLite makes its shared memory anew for whoever opens the store first
            without = shutil.ignore_patterns("*-shm")
            shutil.copytree(self._place, self._states / f"{len(self._seen):03}", ignore=without)
        self._busy = False

    def concerns(self, path: object) -> bool:
        return isinstance(path, str | Path) and str(path).startswith(str(self._place))


_taking: list[_Taking] = []
_hooked: list[bool] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _taking or not arguments or not _taking[0].concerns(arguments[0]):
        return
    if event in _CHANGES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES):
        _taking[0].take()


def _before_commit(_: object) -> None:
    if _taking:
        _taking[0].take()


@contextmanager
def every_state(place: Path, states: Path, mark: Mark) -> Iterator[None]:
    """Puts a copy of ``place`` into ``states`` at every step of what the body does, and one in the end."""
    if not _hooked:
        sys.addaudithook(_hook)  # it stays, and sleeps
        _hooked.append(True)
    states.mkdir()
    taking = _Taking(place, states, mark)
    sa.event.listen(Engine, "commit", _before_commit)
    _taking.append(taking)
    try:
        yield
        taking.take()
    finally:
        _taking.clear()
        sa.event.remove(Engine, "commit", _before_commit)
