"""All faults of a source, reported together."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from models import SnapshotError

_Read = TypeVar("_Read")


class SourceError(SnapshotError):
    """The snapshot is refused for one or more faults, each a message of its own."""

    def __init__(self, faults: Sequence[str], rejects: object | None = None) -> None:
        message = faults[0] if len(faults) == 1 else "\n".join([f"things to mend: {len(faults)}", *_indented(faults)])
        super().__init__(message, rejects)
        self.faults = tuple(faults)


def collected(faults: list[str], read: Callable[[], _Read]) -> _Read | None:
    """The result of reading; ``None`` if it is refused, with the reasons added to ``faults``."""
    try:
        return read()
    except SourceError as error:
        faults += error.faults
    except SnapshotError as error:
        faults.append(str(error))
    return None


def _indented(faults: Iterable[str]) -> list[str]:
    return [f"  {fault}" for fault in faults]
