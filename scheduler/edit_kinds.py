"""The kinds of edits: how each is written and what it does. Imports nothing, so that `--help` stays fast."""

from typing import NamedTuple


class EditKind(NamedTuple):
    """A kind of edit: the form of its text, the fields of an Edit that it needs, and what it does."""

    form: str
    needs: tuple[str, ...]
    meaning: str


KINDS = {
    "agent_out": EditKind(
        "AGENT[@TIME]", ("agent", "at"), "The agent does not work from TIME on, by default from now: A17, A17@13:00."
    ),
    "agent_late": EditKind("AGENT=TIME", ("agent", "at"), "The agent does not work until TIME: A17=10:30."),
    "add_task": EditKind(
        "FILE", ("rows",), "Add tasks from a CSV, CSV.GZ, Parquet or Excel file with the columns of tasks."
    ),
    "pin": EditKind("TASK=AGENT", ("task", "agent"), "This agent does the task, in this and later re-plans."),
    "unpin": EditKind("TASK", ("task",), "Withdraw the pin of an earlier re-plan."),
    "forbid": EditKind("TASK=AGENT", ("task", "agent"), "This agent does not do the task."),
    "hold": EditKind("TASK", ("task",), "Put the task on hold: it is not planned."),
    "resume": EditKind("TASK", ("task",), "Plan a task again that is on hold or was cancelled by an edit."),
    "cancel": EditKind("TASK", ("task",), "Cancel the task."),
    "due": EditKind("TASK=TIME", ("task", "at"), "Give the task another deadline: T1=13:00, T1=2026-03-02T13:00."),
    "boost": EditKind(
        "LEVEL:KEY=FACTOR",
        ("level", "key"),
        "Multiply the weight of a tenant, department, process, segment or channel: process:claims=2.",
    ),
}
"""The kinds of edits, in the order in which they are shown."""
TIMES_FORM = "a time is local to the snapshot, 13:00 on its day or 2026-03-02T13:00"
