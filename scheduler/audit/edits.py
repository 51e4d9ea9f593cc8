"""The edits of a re-plan, applied to the snapshot's tables again (docs/replanning.md).

``edits.json`` names every edit and the frozen work. They are applied to the tables in a different way from planning: it
cuts working time, where planning adds reserved time.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from data import Snapshot
from models import CheckError
from scheduler.audit.exact import decimal
from scheduler.audit.policy import Numbers

_TIME = pl.Datetime("us", "UTC")
_BECOMES = {"hold": "held", "resume": "queued", "cancel": "canceled"}
_WAITING = {"held", "errorheld"}
_NAMES = {
    **dict.fromkeys((*_BECOMES, "unpin"), ("task",)),
    **dict.fromkeys(("agent_out", "agent_late"), ("agent", "at")),
    **dict.fromkeys(("pin", "forbid"), ("task", "agent")),
    "due": ("task", "at"),
    "boost": ("level", "key"),
    "add_task": ("rows",),
}


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{value!r} is not a name")
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(f"{value} is of no time zone")
    return moment


def _rows(value: Any) -> list[str]:
    return [_text(row["task_id"]) for row in value]


_MEANS: dict[str, Callable[[Any], object]] = {
    **dict.fromkeys(("task", "agent", "level", "key"), _text),
    "at": _moment,
    "rows": _rows,
}
"""What the names of an edit must be."""


@dataclass(frozen=True)
class Edits:
    """What a run's edits say: ``listed`` as in the file; ``frozen`` are (task, agent) in their order."""

    listed: tuple[Mapping[str, Any], ...] = ()
    frozen: tuple[tuple[str, str], ...] = ()
    pins: Mapping[str, str] = field(default_factory=dict)

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        """The edits of a kind."""
        return [edit for edit in self.listed if edit["edit"] == kind]


def understand(content: Mapping[str, Any]) -> Edits:
    """The edits in the content of ``edits.json``.

    Raises:
        CheckError: it cannot be understood.
    """
    try:
        listed = tuple({**edit} for edit in content["edits"])
        unknown = {edit["edit"] for edit in listed} - _NAMES.keys()
        if unknown:
            raise CheckError(f"edits.json: unknown edits {', '.join(sorted(unknown))}")
        for edit in listed:
            for name in _NAMES[edit["edit"]]:
                _MEANS[name](edit[name])
            decimal(edit.get("factor", 1.0))
        frozen = tuple((_text(pair["task"]), _text(pair["agent"])) for pair in content["frozen"])
        return Edits(listed, frozen, {edit["task"]: edit["agent"] for edit in listed if edit["edit"] == "pin"})
    except (KeyError, TypeError, ValueError) as problem:
        raise CheckError(f"edits.json cannot be understood: {problem!r}") from problem


def edited(snapshot: Snapshot, edits: Edits) -> Snapshot:
    """The snapshot as its edits leave it."""
    added = [row for edit in edits.of("add_task") for row in edit["rows"]]
    return replace(
        snapshot,
        tasks=_tasks(pl.concat([snapshot.tasks, _frame(added, snapshot.tasks.schema)]), edits, snapshot.as_of),
        shifts=_shifts(snapshot.shifts, edits),
        pairs=_pairs(snapshot.pairs, edits),
        rows_read={**snapshot.rows_read, "tasks": snapshot.rows_read["tasks"] + len(added)},
    )


def boosted(numbers: Numbers, edits: Edits) -> Numbers:
    """The policy's numbers with weights times their factors."""
    weights = {level: dict(named) for level, named in numbers.weights.items()}
    for edit in edits.of("boost"):
        named = weights.setdefault(edit["level"], {})
        named[edit["key"]] = named.get(edit["key"], Fraction(1)) * decimal(edit.get("factor", 1.0))
    return replace(numbers, weights=weights)


def _frame(rows: Iterable[Mapping[str, Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    """Rows of JSON with the columns and types of a table."""
    columns = {}
    for name, dtype in schema.items():
        values = [row.get(name) for row in rows]
        if dtype == _TIME:
            values = [None if v is None else _moment(v) for v in values]
        elif dtype.is_temporal() or dtype.is_decimal():
            values = [None if v is None else _written(v, dtype) for v in values]
        columns[name] = pl.Series(name, values, dtype=dtype, strict=False)
    return pl.DataFrame(columns)


def _written(text: Any, dtype: pl.DataType) -> Any:
    """A value of a passed-through column, as edits.json writes dates, times and exact numbers."""
    if isinstance(dtype, pl.Datetime):
        moment = datetime.fromisoformat(text)
        return moment.astimezone(ZoneInfo(dtype.time_zone)) if dtype.time_zone else moment
    if dtype == pl.Date:
        return date.fromisoformat(text)
    return time.fromisoformat(text) if dtype == pl.Time else Decimal(text)


def _tasks(tasks: pl.DataFrame, edits: Edits, as_of: datetime) -> pl.DataFrame:
    out = {edit["agent"] for edit in edits.of("agent_out") if _moment(edit["at"]) <= as_of}
    status, holder = tasks["status"].to_list(), tasks["agent_id"].to_list()
    due, place = tasks["due_at"].to_list(), {name: row for row, name in enumerate(tasks["task_id"])}
    for row in range(tasks.height):
        if status[row] == "in_progress" and holder[row] in out:
            status[row], holder[row] = "queued", None
    for edit in edits.listed:
        if edit["edit"] in _BECOMES and edit["task"] in place:
            row = place[edit["task"]]
            if edit["edit"] != "resume" or status[row] in _WAITING:
                status[row] = _BECOMES[edit["edit"]]
        if edit["edit"] == "due" and edit["task"] in place:
            due[place[edit["task"]]] = _moment(edit["at"])
    return tasks.with_columns(
        pl.Series("status", status, pl.String),
        pl.Series("agent_id", holder, pl.String),
        pl.Series("due_at", due, _TIME),
    )


def _shifts(shifts: pl.DataFrame, edits: Edits) -> pl.DataFrame:
    for kind, cut in (("agent_out", pl.min_horizontal), ("agent_late", pl.max_horizontal)):
        end = "end" if kind == "agent_out" else "start"
        for edit in edits.of(kind):
            own = (pl.col("agent_id") == edit["agent"]) & (pl.col("kind") == "work")
            moment = pl.lit(_moment(edit["at"])).cast(_TIME)
            shifts = shifts.with_columns(pl.when(own).then(cut(end, moment)).otherwise(end).alias(end))
    return shifts.filter(pl.col("start") < pl.col("end"))


def _pairs(pairs: pl.DataFrame, edits: Edits) -> pl.DataFrame:
    closed = {(edit["task"], edit["agent"]) for edit in edits.of("forbid")}
    known = list(zip(pairs["task_id"], pairs["agent_id"], strict=True))
    allowed = [allowed and key not in closed for key, allowed in zip(known, pairs["allowed"], strict=True)]
    more = [{"task_id": task, "agent_id": agent, "allowed": False} for task, agent in sorted(closed - set(known))]
    return pl.concat([pairs.with_columns(pl.Series("allowed", allowed, pl.Boolean)), _frame(more, pairs.schema)])
