"""Presets: the names that well-known systems use for columns of tasks, statuses and operations."""

from collections.abc import Mapping
from dataclasses import dataclass

from data.tables.schemas import loose


@dataclass(frozen=True, kw_only=True)
class Preset:
    """The names of one system.

    ``prefixes`` are ignored at the beginning of a name. ``columns`` has the system's names for each column of ours; the
    first one with a value counts. ``statuses`` and ``operations`` map its words to ours. In all names and words, case,
    spaces, ``_``, ``-`` and ``/`` are ignored.
    """

    prefixes: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    statuses: Mapping[str, str]
    operations: Mapping[str, str]

    def bare(self, name: str) -> str:
        """The name of a column without its prefix."""
        for prefix in self.prefixes:
            if name.casefold().startswith(prefix.casefold()) and len(name) > len(prefix):
                return name[len(prefix) :]
        return name


def _words(table: Mapping[str, str]) -> dict[str, str]:
    return {loose(theirs): ours for ours, words in table.items() for theirs in words.split()}


IWD = Preset(
    # attributes of interactions have prefixes; capture points accept the names with and without them
    prefixes=("IWD_ext_", "IWD_"),
    columns={
        "capture_id": ("captureId", "ExternalId"),
        "process": ("processId", "processName", "process", "sourceProcessType"),
        "department": ("departmentId", "departmentName", "department", "sourceDepartmentId"),
        "tenant": ("tenantName", "tenantId", "tenant", "sourceTenant"),
        "segment": ("customerSegment",),
        "channel": ("channel", "mediaType"),
        "created_at": ("createdDateTime", "sourceCreatedDateTime"),
        "due_at": ("dueDateTime", "sourceDueDateTime"),
        "not_before": ("activationDateTime",),
        "expires_at": ("expirationDateTime",),
        "value": ("businessValue",),
        "skills": ("requestedSkill",),
        "requested_agent": ("requestedAgent",),
        "agent_id": ("assignedToUser",),
        "status": ("status",),
        "operation": ("operation", "action", "message"),
    },
    statuses=_words(
        {
            "new": "New",
            "captured": "Captured",
            "queued": "Queued",
            "assigned": "Assigned",
            "held": "Held NewHeld CapturedHeld QueuedHeld AssignedHeld",
            "errorheld": "ErrorHeld",
            "completed": "Completed",
            "canceled": "Canceled Cancelled",
            "rejected": "Rejected",
        }
    ),
    operations=_words(
        {
            "create": "CreateTask Create",
            "update": "UpdateTask Update",
            "hold": "HoldTask Hold",
            "resume": "ResumeTask Resume",
            "cancel": "CancelTask Cancel",
            "complete": "CompleteTask Complete",
            "restart": "RestartTask Restart",
            "assign": "AssignTask Assign",
            "start": "StartTask Start",
        }
    ),
)
"""Genesys intelligent Workload Distribution: names of its task attributes, with and without IWD_ and IWD_ext_.

``priority`` and ``category`` have no counterpart; like all other attributes, they are passed through.
"""

PRESETS: Mapping[str, Preset] = {"iwd": IWD}
