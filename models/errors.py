"""Errors shown to users: each says what is wrong, where, and what to do."""

import errno
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from tempfile import gettempdir

from models.runs.codes import Code
from models.runs.messages import Message

DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
"""Error numbers of the disk when a file is written."""
_MAKE_ROOM = "Make room there, or write to another place."
_ASK = "Ask for the right to write there, or write to another place."
_POLARS = re.compile(r"\(os error (\d+)\)")
_LXML = re.compile(r"IO_(E[A-Z]+)")


class AllotError(Exception):
    """Base of every error raised on purpose."""


class SnapshotError(AllotError):
    """The snapshot is refused as a whole; nothing was written.

    ``rejects`` is the frame of rows that break a rule, where they are the reason.
    """

    def __init__(self, message: str, rejects: object | None = None) -> None:
        super().__init__(message)
        self.rejects = rejects


class PolicyError(AllotError):
    """The policy is refused; nothing was written."""


class OptionError(AllotError, ValueError):
    """An option has a value that it cannot have; the message names the option."""


class OptionTypeError(OptionError, TypeError):
    """An option has a value of another type than it takes; the message names the option."""


class CapabilityError(OptionError):
    """The chosen engine cannot take this problem; the message names one that can."""


class CacheError(AllotError):
    """There is no folder for compiled loops on this machine; the message says what to set."""


class CheckError(AllotError):
    """A plan broke a rule or its figures do not add up."""


class LockError(AllotError):
    """Another run is writing to the same folder."""


class WorkersError(AllotError):
    """Work handed to other processes or machines could not be done; the message says why."""


class UnreadableError(ValueError):
    """A text is not what it should be; ``message`` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


class InternalError(AllotError):
    """An internal condition does not hold: a defect of allot, not of the input."""


def nearest(name: str, known: Iterable[str], least: float = 0.5) -> str:
    """A hint ``; did you mean 'x'?`` naming the nearest known name, or an empty string.

    ``least`` is how like it must be, from 0 to 1.
    """
    hint = did_you_mean(name, known, least)
    return f"; {hint}" if hint else ""


def did_you_mean(name: str, known: Iterable[str], least: float = 0.5) -> Message | None:
    """A hint that names the nearest known name, if there is one as like as ``least``, from 0 to 1."""
    names = list(known)
    looks = _looks(name)
    for other in names:
        if other != name and _looks(other) == looks:
            return Message(Code.LOOKS_ALIKE, name=other)
    folded = {k.casefold(): k for k in names}
    match = get_close_matches(name.casefold(), list(folded), n=1, cutoff=least)
    return Message(Code.NEAREST, name=folded[match[0]]) if match else None


def _looks(name: str) -> str:
    """The name as it looks: with composed accents and plain spaces, without zero-width characters."""
    if name.isascii():
        return name
    composed = unicodedata.normalize("NFC", name)
    return "".join(" " if c.isspace() else c for c in composed if unicodedata.category(c) != "Cf")


@contextmanager
def disk_errors_at(place: Path) -> Iterator[None]:
    """Makes every error of the disk in its body name a file, or else ``place``.

    Python names no file when writing fails. Others raise errors of their own: polars (2.1) a ComputeError for Parquet
    and an OSError without a number for CSV, lxml (6.1) a SerialisationError for the sheets of a workbook.

    Raises:
        OSError: the disk gave one of `DISK_ERRORS`, whoever wrote.
    """
    try:
        yield
    except Exception as error:
        if (plain := _of_the_disk(error, place)) is not None:
            raise plain from error
        raise


def _of_the_disk(error: Exception, place: Path) -> OSError | None:
    """An error of the disk as Python words it, with the file; ``None`` for all others, and where it has one."""
    number, where = None, str(place)
    if isinstance(error, AllotError):  # may quote what a disk said when it was read
        return None
    if isinstance(error, OSError) and error.errno is not None:
        number = error.errno if error.filename is None else None
    elif found := _POLARS.search(str(error)):
        number = int(found[1])
    elif found := _LXML.fullmatch(str(error)):
        number, where = getattr(errno, found[1], None), gettempdir()  # openpyxl writes each sheet there first
    return OSError(number, os.strerror(number), where) if number in DISK_ERRORS else None


def fault_of_a_file(error: Exception) -> tuple[str, str] | None:
    """What the system says of which file, and what to do, empty where that is not known; ``None`` for other errors."""
    if not (isinstance(error, OSError) and error.strerror and error.filename):
        return None
    advice = _MAKE_ROOM if error.errno in DISK_ERRORS else _ASK if isinstance(error, PermissionError) else ""
    return f"{error.strerror}: {error.filename}", advice


def lacks_extra(what: str, extra: str) -> str:
    """What to say where an optional part is not installed: ``what`` needs it, ``extra`` is its name for pip."""
    return f"{what} needs a part that is not installed; install it with: pip install 'allot[{extra}]'"
