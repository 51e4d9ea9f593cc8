"""Standard output and error that may be closed, broken or full: a failed write changes no result."""

import io
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, TextIO, cast


class Tolerant:
    """A text stream that drops its output once it cannot be written; ``error`` says why.

    A closed pipe is no error: ``| head -1`` has all it needs.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.error: OSError | None = None

    def write(self, text: str) -> int:
        """Writes the text, or drops it."""
        try:
            return self._stream.write(text)
        except OSError as error:
            self._silence(error)
            return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Writes the lines, or drops them."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Writes what is buffered, or drops it."""
        try:
            self._stream.flush()
        except OSError as error:
            self._silence(error)

    def _silence(self, error: OSError) -> None:
        """Redirects the stream to the null device, for every writer and with what is buffered."""
        if not isinstance(error, BrokenPipeError):
            self.error = error
        with suppress(OSError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def settle() -> None:
    """Makes the standard streams safe to write to.

    A stream that was closed before the start is opened on the null device. Otherwise the next file opened gets its
    number, and text for people is written into that file.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # takes the lowest number that is free
    out = sys.stdout if sys.stdout is not None else _opened(1)
    err = sys.stderr if sys.stderr is not None else _opened(2)
    sys.stdout, sys.stderr = cast(TextIO, Tolerant(out)), cast(TextIO, Tolerant(err))


def _opened(number: int) -> TextIO:
    return io.TextIOWrapper(io.FileIO(number, "w", closefd=False), encoding="utf-8", write_through=True)


def failure_of_stdout() -> OSError | None:
    """Why standard output could not be written; None if it could."""
    return sys.stdout.error if isinstance(sys.stdout, Tolerant) else None
