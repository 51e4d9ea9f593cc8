"""The change list: what differs from the earlier plan, for whom and why, with ids and times."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data import Build, Snapshot
from models import CHANGES_TABLE, Change, Changes, Code, Evaluation, Message, Plan, Why, changes_between
from scheduler.edits import Edit
from scheduler.replanning.earlier import EarlierRun, numbers_of

_GONE = "gone"
_INSTEAD = {
    Why.NO_ROOM: Code.TIME_TO_PINNED,
    Why.NEW_WORK: Code.TIME_TO_NEW_WORK,
    Why.MORE_VALUE: Code.TIME_EARNS_MORE,
}
"""What is said where another task is known to take the time."""
_ORDER = {Change.DROPPED.value: 0, Change.MOVED.value: 1, _GONE: 2, Change.ADDED.value: 3}


def change_list(
    snapshot: Snapshot,
    build: Build,
    earlier: EarlierRun,
    kept: Plan,
    plan: Plan,
    evaluation: Evaluation,
    edits: Sequence[Edit],
    soon: set[str],
) -> tuple[pl.DataFrame, list[Message]]:
    """Every task that is not where it was: dropped ones first, then what each agent newly has and what is gone.

    ``soon`` are the tasks that were to be frozen. The messages of the details come with it.
    """
    before, known = _then(build, earlier)
    found = changes_between(build.problem, before, known, kept, plan)
    moved, reasons = _named(snapshot, build, earlier, found, evaluation, edits)
    gone, statuses = _gone(snapshot, build, earlier, edits)
    frame = pl.concat([moved, gone])
    frame = frame.with_columns(frozen_then=pl.col("task_id").is_in(list(soon)))
    rank = pl.col("kind").replace_strict(_ORDER, return_dtype=pl.Int64)
    dropped, whose = pl.col("kind") == Change.DROPPED.value, pl.coalesce("to_agent", "from_agent")
    frame = frame.sort(~dropped, whose, rank, "from_agent", "to_start", "from_start", "task_id")
    return frame.select(CHANGES_TABLE.names), [*reasons, *statuses]


def _then(build: Build, earlier: EarlierRun) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Who did each task of the problem (-1: nobody, -2: somebody who is gone), and which were known."""
    problem, rows = build.problem, earlier.plan
    numbers = numbers_of(problem, rows["task_id"], rows["agent_id"])
    there = numbers.filter(pl.col("task").is_not_null()).with_columns(pl.col("agent").fill_null(-2))
    before = np.full(problem.n_tasks, -1, np.int32)
    before[there["task"].to_numpy()] = there["agent"].to_numpy()
    known = problem.task_ids.is_in(pl.concat([rows["task_id"], earlier.unplanned["task_id"]]).implode())
    return before, known.to_numpy()


def _named(
    snapshot: Snapshot,
    build: Build,
    earlier: EarlierRun,
    found: Changes,
    evaluation: Evaluation,
    edits: Sequence[Edit],
) -> tuple[pl.DataFrame, list[Message]]:
    problem, zone = build.problem, snapshot.timezone
    tasks = problem.task_ids.gather(found.tasks)
    then = pl.DataFrame({"task_id": tasks}).join(
        earlier.plan.select("task_id", from_agent="agent_id", from_start="start_at"),
        on="task_id",
        how="left",
        maintain_order="left",
    )
    at = np.full(problem.n_tasks, -1, np.int64)
    at[evaluation.tasks] = problem.clocks.start_grain(evaluation.agents, evaluation.start)
    starts = [snapshot.as_of + timedelta(seconds=int(g) * problem.grain_s) if g >= 0 else None for g in at[found.tasks]]
    frame = then.with_columns(
        kind=pl.Series([k.value for k in found.kind], dtype=pl.String),
        why=pl.Series([w.value for w in found.why], dtype=pl.String),
        to_agent=pl.Series([problem.agent_ids[int(a)] if a >= 0 else None for a in found.now], dtype=pl.String),
        to_start=pl.Series(starts, dtype=pl.Datetime("us", "UTC")),
        gain=pl.Series(found.gain / 100, dtype=pl.Float64),
        together=pl.Series(found.together / 100, dtype=pl.Float64),
        instead=pl.Series([problem.task_ids[int(i)] if i >= 0 else None for i in found.instead], dtype=pl.String),
    ).with_columns(pl.col("from_start", "to_start").dt.convert_time_zone(zone))
    details = _reasons(frame, found, edits)
    return _in_order(frame, details), details


def _reasons(frame: pl.DataFrame, found: Changes, edits: Sequence[Edit]) -> list[Message]:
    """The reason of each row; with an edit that made somebody unable."""
    forbidden = {(e.task, e.agent): e for e in edits if e.kind == "forbid"}
    away = {e.agent: e for e in edits if e.kind in ("agent_out", "agent_late")}
    details = []
    for why, row in zip(found.why, frame.iter_rows(named=True), strict=True):
        edit = forbidden.get((row["task_id"], row["from_agent"])) if why is Why.NOT_ALLOWED else None
        if why in (Why.AGENT_GONE, Why.NO_ROOM):
            edit = away.get(row["from_agent"])
        details.append(_for_edit(_reason(why, row["from_agent"], row["to_agent"], row["instead"]), edit))
    return details


def _reason(why: Why, giver: str, taker: str, instead: str | None) -> Message:
    """Why a task went from somebody to somebody, one of whom may be nobody; ``instead`` is what takes its time."""
    if instead is not None and why in _INSTEAD:
        return Message(_INSTEAD[why], agent=giver, task=instead)
    match why:
        case Why.AGENT_GONE:
            return Message(Code.WORKS_NO_MORE, agent=giver)
        case Why.PINNED:
            return Message(Code.PINNED_TO, agent=taker)
        case Why.NOT_ALLOWED:
            return Message(Code.MAY_NOT, agent=giver)
        case Why.BEGUN:
            return Message(Code.HAS_BEGUN, agent=taker)
        case Why.NO_ROOM:
            return Message(Code.NO_ROOM, agent=giver)
        case Why.NEW:
            return Message(Code.NEW_WORK)
        case Why.ROOM:
            return Message(Code.ROOM_NOW)
    return Message(Code.WORTH_MORE_WITH, agent=taker) if taker else Message(Code.WORTH_MORE_ELSEWHERE)


def _for_edit(message: Message, edit: Edit | None) -> Message:
    """The message with the edit that is behind it, if one is."""
    return message if edit is None else Message(Code.FOR_EDIT, message=message, edit=str(edit))


def _gone(
    snapshot: Snapshot, build: Build, earlier: EarlierRun, edits: Sequence[Edit]
) -> tuple[pl.DataFrame, list[Message]]:
    """What was planned and is not open any more, though nobody has finished it."""
    status = dict(build.tasks.select("task_id", "status").iter_rows())
    plannable = set(build.problem.task_ids)
    rows = earlier.plan.filter(~pl.col("task_id").is_in(list(plannable)))
    by_edit = {e.task: e for e in edits if e.kind in ("hold", "cancel")}
    said = [status.get(task) for task in rows["task_id"]]
    missing = (rows["end_at"] > snapshot.as_of).to_list()
    rows = rows.with_columns(said=pl.Series(said, dtype=pl.String)).filter(
        pl.Series(
            [(s is None and m) or s not in (None, "completed") for s, m in zip(said, missing, strict=True)],
            dtype=pl.Boolean,
        )
    )
    details = [
        _for_edit(Message(Code.IS_STATUS, status=state) if state else Message(Code.NOT_IN_SNAPSHOT), by_edit.get(task))
        for task, state in rows.select("task_id", "said").iter_rows()
    ]
    frame = rows.select(
        "task_id",
        kind=pl.lit(_GONE),
        from_agent="agent_id",
        from_start=pl.col("start_at").dt.convert_time_zone(snapshot.timezone),
        to_agent=pl.lit(None, pl.String),
        to_start=pl.lit(None, pl.Datetime("us", snapshot.timezone)),
        why=pl.lit("task_gone"),
        gain=pl.lit(None, pl.Float64),
        together=pl.lit(None, pl.Float64),
        instead=pl.lit(None, pl.String),
    )
    return _in_order(frame, details), details


def _in_order(frame: pl.DataFrame, details: Sequence[Message]) -> pl.DataFrame:
    """The rows with their details, columns in their order."""
    told = frame.with_columns(detail=pl.Series(list(map(str, details)), dtype=pl.String))
    return told.select(name for name in CHANGES_TABLE.names if name != "frozen_then")


def people_of(changes: pl.DataFrame) -> int:
    """The number of people whose day has changed."""
    return pl.concat([changes["from_agent"], changes["to_agent"]]).drop_nulls().n_unique()
