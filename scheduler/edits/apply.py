"""Edits applied to the tables of a snapshot and to the numbers of a policy."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import polars as pl

from data import Snapshot, with_tasks
from models import Terms, exact
from scheduler.edits.edit import HELD, Edit
from scheduler.edits.resolve import tasks_of

_STATUS = {"hold": "held", "cancel": "canceled"}


@dataclass(frozen=True)
class Edited:
    """A snapshot and terms with their edits; ``pins`` maps a task to the agent who must do it."""

    snapshot: Snapshot
    terms: Terms
    pins: dict[str, str]


def apply_edits(snapshot: Snapshot, terms: Terms, edits: Iterable[Edit]) -> Edited:
    """The snapshot and terms as the edits leave them; the edits do not contradict each other."""
    edits = list(edits)
    for edit in edits:
        if edit.rows:
            snapshot = with_tasks(snapshot, tasks_of(edit, snapshot))
    snapshot = replace(
        snapshot,
        tasks=_tasks(snapshot, edits),
        shifts=_shifts(snapshot, edits),
        pairs=_pairs(snapshot, edits),
    )
    pins = {edit.task: edit.agent for edit in edits if edit.kind == "pin"}
    return Edited(snapshot, _boosted(terms, edits), pins)


def _tasks(snapshot: Snapshot, edits: list[Edit]) -> pl.DataFrame:
    """Statuses and deadlines; what somebody who is out now has begun goes back into the queue."""
    tasks = snapshot.tasks
    status = {edit.task: _STATUS[edit.kind] for edit in edits if edit.kind in _STATUS}
    due = {edit.task: edit.at for edit in edits if edit.kind == "due"}
    gone = [edit.agent for edit in edits if edit.kind == "agent_out" and edit.at == snapshot.as_of]
    begun = (pl.col("status") == "in_progress") & pl.col("agent_id").is_in(gone)
    resumed = [edit.task for edit in edits if edit.kind == "resume"]
    waits = pl.col("status").is_in(HELD) & pl.col("task_id").is_in(resumed)
    tasks = tasks.with_columns(
        status=pl.when(begun | waits).then(pl.lit("queued")).otherwise("status"),
        agent_id=pl.when(~begun).then("agent_id"),
    )
    if status:
        new = pl.col("task_id").replace_strict(status, default=None, return_dtype=pl.String)
        tasks = tasks.with_columns(status=pl.coalesce(new, "status"))
    if due:
        new = pl.col("task_id").replace_strict(due, default=None, return_dtype=tasks.schema["due_at"])
        tasks = tasks.with_columns(due_at=pl.coalesce(new, "due_at"))
    return tasks


def _shifts(snapshot: Snapshot, edits: list[Edit]) -> pl.DataFrame:
    """More time that is reserved: from when somebody is out, or until somebody comes."""
    spans = [
        (edit.agent, edit.at, snapshot.horizon_end)
        if edit.kind == "agent_out"
        else (edit.agent, snapshot.as_of, edit.at)
        for edit in edits
        if edit.kind in ("agent_out", "agent_late")
    ]
    away: list[dict[str, object]] = [
        {"agent_id": agent, "start": start, "end": end, "kind": "reserved"}
        for agent, start, end in spans
        if start and end and start < end
    ]
    return _with_rows(snapshot.shifts, away)


def _pairs(snapshot: Snapshot, edits: list[Edit]) -> pl.DataFrame:
    """Pairs that are forbidden, in place of what the table says of them."""
    forbidden = [{"task_id": e.task, "agent_id": e.agent, "allowed": False} for e in edits if e.kind == "forbid"]
    if not forbidden:
        return snapshot.pairs
    keys = pl.DataFrame(forbidden).select("task_id", "agent_id").unique(maintain_order=True)
    others = snapshot.pairs.join(keys, on=["task_id", "agent_id"], how="anti", maintain_order="left")
    return _with_rows(others, keys.with_columns(allowed=False).to_dicts())


def _with_rows(frame: pl.DataFrame, rows: list[dict[str, object]]) -> pl.DataFrame:
    """The frame with rows behind its own; columns they lack are null."""
    if not rows:
        return frame
    full = [{name: row.get(name) for name in frame.columns} for row in rows]
    return pl.concat([frame, pl.DataFrame(full, schema=frame.schema)])


def _boosted(terms: Terms, edits: list[Edit]) -> Terms:
    """The weights times the factors."""
    weights = {level: dict(named) for level, named in terms.weights.items()}
    for edit in edits:
        if edit.kind == "boost":
            named = weights.setdefault(edit.level, {})
            named[edit.key] = named.get(edit.key, exact(1.0)) * exact(edit.factor)
    return replace(terms, weights=weights)
