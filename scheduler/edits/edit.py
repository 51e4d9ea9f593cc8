"""An edit: its kind, and the task, agent or other thing that it names."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from models import EditCost, SnapshotError

HELD = ("held", "errorheld")
FINAL = ("completed", "canceled", "rejected")


class EditError(SnapshotError):
    """An edit cannot be made, or edits contradict each other; nothing was written."""


class Written(NamedTuple):
    """An edit as it was written, and where: file and row, or nowhere for the command line."""

    kind: str
    text: str
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One edit whose names are known.

    ``text`` is what was written. ``at`` is in UTC, ``rows`` are the tasks that `add_task` adds, in the columns of the
    snapshot's tasks. ``carried``: it was made for an earlier run. ``cost`` is what a pin, hold or forbid cost when it
    was made.
    """

    kind: str
    text: str
    task: str = ""
    agent: str = ""
    at: datetime | None = None
    level: str = ""
    key: str = ""
    factor: float = 1.0
    rows: tuple[dict[str, Any], ...] = field(default=())
    carried: bool = False
    cost: EditCost | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.text}"

    def subject(self) -> tuple[str, ...]:
        """What it is about: two edits with the same subject that say different things contradict each other."""
        of = {
            "pin": ("who", self.task),
            "unpin": ("unpin", self.task),
            "forbid": ("not", self.task, self.agent),
            "due": ("due", self.task),
            "boost": ("weight", self.level, self.key),
            "agent_out": ("out", self.agent),
            "agent_late": ("late", self.agent),
            "add_task": ("add", *(row["task_id"] for row in self.rows)),
        }
        return of.get(self.kind, ("status", self.task))

    def says(self) -> tuple[object, ...]:
        """What it says of its subject."""
        return (self.kind, self.agent, self.at, self.factor, repr(self.rows))
