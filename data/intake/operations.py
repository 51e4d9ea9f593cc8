"""Operations, what sources say about single tasks, and their outcomes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

Value = str | int | float | bool | datetime | None
"""A value of a column. Times of known columns are moments in UTC; ``None`` clears the column."""

AHEAD = timedelta(minutes=5)
"""A moment further in the future than this is not believed: the moment of receipt counts instead."""

BY_HAND = "(by hand)"
"""The source of operations by people; no configured source may have this name."""

BY_HTTP = "(http)"
"""The source of tasks that people create through the service where no source of kind http is configured."""

EARLY = timedelta(hours=24)
"""How long an operation on an unknown task waits for the task."""

_LARGEST = 2**63 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class OperationKind(StrEnum):
    """What an operation does to its task."""

    CREATE = "create"
    UPDATE = "update"
    HOLD = "hold"
    RESUME = "resume"
    CANCEL = "cancel"
    COMPLETE = "complete"
    RESTART = "restart"
    ASSIGN = "assign"
    START = "start"


class OutcomeKind(StrEnum):
    """The outcome of an operation."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    STALE = "stale"
    """It came late and changes nothing."""
    EARLY = "early"
    """Its task is not known yet."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one operation, with the reason unless it was simply applied."""

    kind: OutcomeKind
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One message about one task.

    ``key`` is unique within the source: a second one is a duplicate. ``version`` orders the operations of a source
    on a task, see `version_of`; ``at`` is the moment at which it happened. ``values`` are the columns that it sets, by
    name; all others stay unchanged. ``status`` is the status of the task in the source. ``person`` marks an
    operation by a person, who need not own the task. ``shared`` and ``reopen`` are settings of the source. ``fault`` is
    why it cannot be read; such an operation is kept and refused. ``arrival`` is its number in the store, which the
    store assigns.

    Raises:
        ValueError: a moment has no time zone, or the version does not fit into 64 bits.
    """

    source: str
    key: str
    kind: OperationKind
    task_id: str
    received_at: datetime
    capture_id: str = ""
    version: int | None = None
    at: datetime | None = None
    agent_id: str | None = None
    status: str | None = None
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    person: bool = False
    shared: bool = False
    reopen: bool = False
    fault: str | None = None
    arrival: int = 0

    def __post_init__(self) -> None:
        if self.received_at.tzinfo is None or (self.at is not None and self.at.tzinfo is None):
            raise ValueError(f"operation {self.key}: a moment needs a time zone")
        if self.version is not None and abs(self.version) > _LARGEST:
            raise ValueError(f"operation {self.key}: the version {self.version} is too large")

    @property
    def moment(self) -> datetime:
        """The moment at which it happened; the moment of receipt if ``at`` is missing or too far in the future."""
        if self.at is None or self.at > self.received_at + AHEAD:
            return self.received_at
        return self.at


def version_of(version: int | datetime) -> int:
    """A version as an integer; a moment becomes its microseconds since 1970."""
    return (version - _EPOCH) // timedelta(microseconds=1) if isinstance(version, datetime) else version


@dataclass(frozen=True, slots=True)
class Ruled:
    """The values of a task after the rules; ``set_by`` names, by column, the rule that set it.

    ``failed`` is the rule that failed and why; the values are then those received.
    """

    values: Mapping[str, Value]
    set_by: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    failed: str | None = None


Ruling = Callable[[Sequence[Mapping[str, Value]]], Sequence[Ruled]]
"""The rules as a function: from the values of tasks as received, ``task_id`` included, to those after the rules."""
