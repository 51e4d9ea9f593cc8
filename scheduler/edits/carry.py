"""Decides which edits of an earlier run still apply in the next one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from data import Snapshot, faults_of_added
from models import Code, Message, nearest
from scheduler.edits.edit import FINAL, HELD, Edit, EditError
from scheduler.edits.resolve import tasks_of

_AWAY = ("agent_out", "agent_late")


def carry_over(
    earlier: Iterable[Edit], new: Iterable[Edit], snapshot: Snapshot, *, same: bool
) -> tuple[list[Edit], list[Message]]:
    """The earlier edits that count beside the new ones, marked as carried; and a note for each that lapses.

    One gives way to a new edit that settles the same, and a pin to its task's hold, cancel or unpin. Unless it is the
    ``same`` snapshot, one lapses when what it names is gone, its moment has passed, or the snapshot knows better.
    """
    new = list(new)
    left, notes = _still_added(_unsettled(earlier, new), new, snapshot)
    status = dict(snapshot.tasks.select("task_id", "status").iter_rows())
    status |= {row["task_id"]: "queued" for edit in (*left, *new) for row in edit.rows}
    agents = set(snapshot.agents["agent_id"])
    kept = []
    for edit in left:
        why = _lapse(edit, status, agents, snapshot, same)
        if why:
            notes.append(lapses(edit, why))
        else:
            at = max(edit.at, snapshot.as_of) if edit.kind == "agent_out" and edit.at else edit.at
            kept.append(replace(edit, at=at, carried=True))
    return kept, notes


def without_taken_back(earlier: Sequence[Edit], texts: Iterable[str]) -> list[Edit]:
    """The earlier edits but those that ``texts`` name, each as the run lists it: "agent_out A17@13:00".

    Raises:
        EditError: there is no such edit.
    """
    known, gone = {str(edit): edit for edit in earlier}, set()
    for text in texts:
        kind, _, what = text.strip().removeprefix("--").partition(" ")
        name = f"{kind.replace('-', '_')} {what.strip()}"
        if name not in known:
            listed = f"; those are: {', '.join(known)}" if known else "; it has none"
            raise EditError(f"take back: '{text}' is no edit of the earlier run{nearest(name, known) or listed}")
        gone.add(name)
    return [edit for edit in earlier if str(edit) not in gone]


def _lapse(edit: Edit, status: dict[str, str], agents: set[str], snapshot: Snapshot, same: bool) -> Message | None:
    """Why an earlier edit does not count any more; ``None`` when it does."""
    if edit.task and edit.task not in status:
        return Message(Code.TASK_GONE, task=edit.task)
    if edit.agent and edit.agent not in agents:
        return Message(Code.AGENT_GONE, agent=edit.agent)
    if edit.kind == "agent_late" and edit.at and edit.at <= snapshot.as_of:
        return Message(Code.TIME_PASSED)
    now = status.get(edit.task, "")
    if not same and now in _expected_no_more(edit.kind):
        return Message(Code.STATUS_BY_NOW, status=now)
    return None


def _expected_no_more(kind: str) -> tuple[str, ...]:
    """The statuses in a new snapshot that an earlier edit of the kind must not overrule."""
    started = ("in_progress", *FINAL)
    open_ = ("new", "captured", "queued", "assigned", *started)
    return {"hold": (*HELD, *started), "resume": open_, "cancel": FINAL, "pin": started}.get(kind, ())


def _unsettled(earlier: Iterable[Edit], new: list[Edit]) -> list[Edit]:
    """The edits that no new one settles."""
    settled = {edit.subject() for edit in new}
    unpinned = {edit.task for edit in new if edit.kind in ("hold", "cancel", "unpin")}
    times = {edit.agent: edit for edit in new if edit.kind in _AWAY}
    return [
        edit
        for edit in earlier
        if edit.kind != "unpin"
        and edit.subject() not in settled
        and not (edit.kind == "pin" and edit.task in unpinned)
        and not (edit.kind in _AWAY and edit.agent in times and _overlap(edit, times[edit.agent]))
    ]


def _overlap(one: Edit, other: Edit) -> bool:
    """Whether somebody would leave before coming."""
    at = {edit.kind: edit.at for edit in (one, other)}
    left, came = at.get("agent_out"), at.get("agent_late")
    return left is not None and came is not None and left <= came


def _still_added(earlier: Iterable[Edit], new: list[Edit], snapshot: Snapshot) -> tuple[list[Edit], list[Message]]:
    """The edits without added tasks that new edits add again, or that lapse; and a note for each that does."""
    again = {row["task_id"] for edit in new for row in edit.rows}
    there = set(snapshot.tasks["task_id"])
    left, notes = [], []
    for edit in earlier:
        rows = tuple(row for row in edit.rows if row["task_id"] not in again)
        faults = faults_of_added(tasks_of(replace(edit, rows=rows), snapshot), snapshot) if rows else {}
        faults = {task: Message(Code.TASK_UNFIT, task=task, message=why) for task, why in faults.items()}
        known = (row["task_id"] for row in rows if row["task_id"] in there)
        faults |= {task: Message(Code.TASK_THERE, task=task) for task in known}
        notes += [lapses(edit, why) for why in faults.values()]
        rows = tuple(row for row in rows if row["task_id"] not in faults)
        if rows or edit.kind != "add_task":
            left.append(replace(edit, rows=rows))
    return left, notes


def lapses(edit: Edit, why: Message) -> Message:
    """The note that an earlier edit does not count any more."""
    return Message(Code.LAPSES, edit=str(edit), message=why)
