"""The kinds of edits: how each is written and what it does. Imports nothing, so that `--help` stays fast."""

from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of edit: how its text is written, what an Edit of it has to name, and what it does."""

    form: str
    needs: tuple[str, ...]
    meaning: str


KINDS = {
    "agent_out": Kind(
        "AGENT[@TIME]", ("agent", "at"), "The agent does not work from then on, by default from now: A17, A17@13:00."
    ),
    "agent_late": Kind("AGENT=TIME", ("agent", "at"), "The agent does not work until then: A17=10:30."),
    "add_task": Kind(
        "FILE", ("rows",), "More tasks, in a CSV, CSV.GZ, Parquet or Excel file with the columns of tasks."
    ),
    "pin": Kind(
        "TASK=AGENT", ("task", "agent"), "This agent does the task, whatever else; it stays so in later re-plans."
    ),
    "unpin": Kind("TASK", ("task",), "An earlier re-plan's pin is taken back."),
    "forbid": Kind("TASK=AGENT", ("task", "agent"), "This agent does not do the task."),
    "hold": Kind("TASK", ("task",), "The task waits."),
    "resume": Kind("TASK", ("task",), "The task, which is on hold or was cancelled by an edit, may be planned again."),
    "cancel": Kind("TASK", ("task",), "The task is not needed any more."),
    "due": Kind("TASK=TIME", ("task", "at"), "The task has another deadline: T1=13:00, T1=2026-03-02T13:00."),
    "boost": Kind(
        "LEVEL:KEY=FACTOR",
        ("level", "key"),
        "Work of a tenant, department, process, segment or channel counts more or less: process:claims=2.",
    ),
}
"""The kinds of edits, in the order in which people are told of them."""
TIMES_FORM = "a time is local to the snapshot, 13:00 on its day or 2026-03-02T13:00"
