"""The errors people meet: each says what is wrong, where, and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches


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


class CapabilityError(AllotError):
    """The chosen engine cannot take this problem; the message names one that can."""


class CheckError(AllotError):
    """A plan broke a rule or its figures do not add up."""


class LockError(AllotError):
    """Another run is writing to the same folder."""


class InternalError(AllotError):
    """Something that must hold does not: a defect in allot, not in the input."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint ``; did you mean 'x'?`` naming the nearest known name, or an empty string."""
    names = list(known)
    folded = {k.casefold(): k for k in names}
    match = get_close_matches(name.casefold(), list(folded), n=1, cutoff=0.5)
    return f"; did you mean '{folded[match[0]]}'?" if match else ""
