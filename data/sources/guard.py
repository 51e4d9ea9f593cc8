"""Guards calls of third-party readers: whatever error a damaged file causes in them becomes a refusal."""

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from models import SnapshotError

_STDERR = 2
_LONGEST = 200
_one_at_a_time = threading.Lock()


@contextmanager
def reading(what: str) -> Iterator[None]:
    """A context in which a file is read; ``what`` says what cannot be done if that fails.

    Rust's panics come as a ``PanicException``, a class that every library makes for itself and that is no `Exception`.

    Raises:
        SnapshotError: the reader failed, in whatever way.
    """
    try:
        with _panics_unprinted():
            yield
    except SnapshotError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise SnapshotError(f"{what}: {_reason(error)}; it may be damaged: save or export it again") from error


@contextmanager
def _panics_unprinted() -> Iterator[None]:
    """Holds back what is written to the process's stderr, and drops it when the body fails.

    Rust prints a panic there before Python hears of it. One body at a time; others print as ever.
    """
    if sys.__stderr__ is None or not _one_at_a_time.acquire(blocking=False):
        yield  # closed since the start, its number may be another file's by now
        return
    try:
        with ExitStack() as open_files:
            try:
                stderr = open_files.enter_context(os.fdopen(os.dup(_STDERR), "wb"))
                held = open_files.enter_context(tempfile.TemporaryFile())
            except OSError:  # stderr is closed, or there is no room
                yield
                return
            os.dup2(held.fileno(), _STDERR)
            try:
                yield
            finally:
                os.dup2(stderr.fileno(), _STDERR)
            held.seek(0)
            shutil.copyfileobj(held, stderr)
    finally:
        _one_at_a_time.release()


def _reason(error: BaseException) -> str:
    """The first line of what an error says, or what it is called."""
    lines = str(error).strip().splitlines()
    return lines[0][:_LONGEST] if lines else type(error).__name__
