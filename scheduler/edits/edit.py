"""One edit: its kind, what it names, and how people write it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models import SnapshotError


class EditError(SnapshotError):
    """An edit cannot be made, or some of them cannot hold together; nothing was written."""


@dataclass(frozen=True)
class Kind:
    """A kind of edit: how it is written, and what it does."""

    form: str
    meaning: str


KINDS = {
    "agent_out": Kind("AGENT[@TIME]", "no work from then on, by default from now"),
    "agent_late": Kind("AGENT=TIME", "no work until then"),
    "add_task": Kind("FILE", "more tasks: CSV, CSV.GZ or Parquet with the columns of tasks"),
    "pin": Kind("TASK=AGENT", "this agent does the task, whatever else"),
    "unpin": Kind("TASK", "takes an earlier pin back"),
    "forbid": Kind("TASK=AGENT", "this agent does not do the task"),
    "hold": Kind("TASK", "the task waits"),
    "resume": Kind("TASK", "a task on hold may be planned again"),
    "cancel": Kind("TASK", "the task is not needed any more"),
    "due": Kind("TASK=TIME", "another deadline"),
    "boost": Kind("LEVEL:KEY=FACTOR", "work of a tenant, department, process, segment or channel counts more or less"),
}
"""The kinds of edits, in the order in which people are told of them."""
TIMES_FORM = "a time is local to the snapshot, 13:00 on its day or 2026-03-02T13:00"


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One edit whose names are known.

    ``text`` is what was written. ``at`` is in UTC, ``rows`` are the tasks that `add_task` adds, in the columns of the
    snapshot's tasks. ``carried``: it was made for an earlier run.
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

    def __str__(self) -> str:
        return f"{self.kind} {self.text}"

    def subject(self) -> tuple[str, ...]:
        """What it settles: two edits with the same subject that say different things contradict each other."""
        of = {
            "pin": ("who", self.task),
            "forbid": ("not", self.task, self.agent),
            "due": ("due", self.task),
            "boost": ("weight", self.level, self.key),
            "agent_out": ("out", self.agent),
            "agent_late": ("late", self.agent),
            "add_task": ("add", self.text),
        }
        return of.get(self.kind, ("status", self.task))

    def says(self) -> tuple[object, ...]:
        """What it says of its subject."""
        return (self.kind, self.agent, self.at, self.factor, repr(self.rows))
