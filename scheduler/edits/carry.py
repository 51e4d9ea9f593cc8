"""Which edits of an earlier run still count in the next one."""

from collections.abc import Iterable
from dataclasses import replace

from data import Snapshot
from scheduler.edits.edit import FINAL, HELD, Edit


def carry_over(
    earlier: Iterable[Edit], new: Iterable[Edit], snapshot: Snapshot, *, same: bool
) -> tuple[list[Edit], list[str]]:
    """The earlier edits that count beside the new ones, marked as carried; and a note for each that lapses.

    One gives way to a new edit that settles the same, and a pin to its task's hold, cancel or unpin. Unless it is the
    ``same`` snapshot, one lapses when what it names is gone, its moment has passed, or the snapshot knows better.
    """
    new = list(new)
    settled = {edit.subject() for edit in new}
    unpinned = {edit.task for edit in new if edit.kind in ("hold", "cancel", "unpin")}
    left = [
        edit
        for edit in _without_known_tasks(earlier, new, snapshot)
        if edit.subject() not in settled and edit.kind != "unpin" and not (edit.kind == "pin" and edit.task in unpinned)
    ]
    status = dict(snapshot.tasks.select("task_id", "status").iter_rows())
    status |= {row["task_id"]: "queued" for edit in (*left, *new) for row in edit.rows}
    agents = set(snapshot.agents["agent_id"])
    kept, notes = [], []
    for edit in left:
        why = _lapse(edit, status, agents, snapshot, same)
        if why:
            notes.append(f"the earlier edit '{edit}' lapses: {why}")
        else:
            at = max(edit.at, snapshot.as_of) if edit.kind == "agent_out" and edit.at else edit.at
            kept.append(replace(edit, at=at, carried=True))
    return kept, notes


def _lapse(edit: Edit, status: dict[str, str], agents: set[str], snapshot: Snapshot, same: bool) -> str:
    """Why an earlier edit does not count any more; empty when it does."""
    if edit.task and edit.task not in status:
        return f"task {edit.task} is not in the snapshot any more"
    if edit.agent and edit.agent not in agents:
        return f"agent {edit.agent} is not in the snapshot any more"
    if edit.kind == "agent_late" and edit.at and edit.at <= snapshot.as_of:
        return "its time has passed"
    now = status.get(edit.task, "")
    if not same and now in _expected_no_more(edit.kind):
        return f"the task is {now} by now"
    return ""


def _expected_no_more(kind: str) -> tuple[str, ...]:
    """The statuses in a new snapshot that an earlier edit of the kind must not overrule."""
    started = ("in_progress", *FINAL)
    open_ = ("new", "captured", "queued", "assigned", *started)
    return {"hold": (*HELD, *started), "resume": open_, "cancel": FINAL, "pin": started}.get(kind, ())


def _without_known_tasks(earlier: Iterable[Edit], new: Iterable[Edit], snapshot: Snapshot) -> Iterable[Edit]:
    """The edits without the added tasks that the snapshot has by now, or new edits add again."""
    there = {*snapshot.tasks["task_id"], *(row["task_id"] for edit in new for row in edit.rows)}
    for edit in earlier:
        rows = tuple(row for row in edit.rows if row["task_id"] not in there)
        if rows or edit.kind != "add_task":
            yield replace(edit, rows=rows)
