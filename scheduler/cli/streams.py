"""Standard output and error that may be closed, broken or full: what cannot be said changes nothing that was done."""

import io
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, TextIO, cast


class Tolerant:
    """A text stream that goes on in silence when it cannot be written; ``error`` says why.

    That nobody reads on is no error: ``| head -1`` has all it wants.
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
        """Writes what is held back, or drops it."""
        try:
            self._stream.flush()
        except OSError as error:
            self._silence(error)

    def _silence(self, error: OSError) -> None:
        """Leads the stream nowhere, whoever writes to it, together with what it holds back."""
        if not isinstance(error, BrokenPipeError):
            self.error = error
        with suppress(OSError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def settle() -> None:
    """Has the standard streams lead somewhere, and nobody fail for what cannot be said.

    A stream that was closed before the start is led nowhere: else the next file opened gets its number, and what is
    said to people is written into that file.
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
    """Why standard output could not be written, where it could not."""
    return sys.stdout.error if isinstance(sys.stdout, Tolerant) else None
