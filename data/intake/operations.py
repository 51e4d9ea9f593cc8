"""What a source says about one task, and what became of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

Value = str | int | float | bool | datetime | None
"""A value of a column. Times of known columns are moments in UTC; ``None`` clears the column."""

AHEAD = timedelta(minutes=5)
"""A clock that is further ahead than this is wrong: what it says happened when it was received."""

BY_HAND = "(by hand)"
"""The source of what people do themselves with tasks; no source of a configuration may be called so."""

EARLY = timedelta(hours=24)
"""How long an operation on an unknown task waits for the task."""

_LARGEST = 2**63 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class OperationKind(StrEnum):
    """What an operation does."""

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
    """What became of an operation."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    STALE = "stale"
    """It came late and changes nothing."""
    EARLY = "early"
    """Its task is not known yet."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one operation, with the reason where it was not simply applied."""

    kind: OutcomeKind
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One message about one task.

    ``key`` is unique within the source: a second arrival of the same is a duplicate. ``version`` orders the
    operations of a source on a task, see `version_of`; ``at`` is when it happened. ``values`` are the columns it
    brings, by name: those it does not name stay as they are. ``status`` is where the task stands for the source.
    ``person``: somebody of ours did it, who need not own the task. ``shared`` and ``reopen`` are settings of the
    source. ``fault`` says why it cannot be read; such an operation is kept and refused. ``arrival`` is its place
    among all operations of the store, which assigns it.

    Raises:
        ValueError: a moment has no time zone, or the version is out of range.
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
        """When it happened, as far as can be believed."""
        if self.at is None or self.at > self.received_at + AHEAD:
            return self.received_at
        return self.at


def version_of(version: int | datetime) -> int:
    """A version as a number that orders: a moment is its microseconds since 1970."""
    return (version - _EPOCH) // timedelta(microseconds=1) if isinstance(version, datetime) else version


@dataclass(frozen=True, slots=True)
class Ruled:
    """The values of a task after the rules: ``set_by`` names the rule that set a column.

    ``failed`` says which rule could not be worked out and why; the values are then those that came.
    """

    values: Mapping[str, Value]
    set_by: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    failed: str | None = None


Ruling = Callable[[Sequence[Mapping[str, Value]]], Sequence[Ruled]]
"""The rules: from the values of tasks as they came (``task_id`` among them) to those that count, task by task."""
