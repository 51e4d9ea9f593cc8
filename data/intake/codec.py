"""Converts operations and tasks to rows of the store, and back."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from data.intake.operations import Operation, OperationKind, Value, version_of
from data.intake.order import ChainEnd, Order, Place
from data.intake.state import TaskState
from data.store.tables import TASK_COLUMNS, AnyRow
from data.tables.schemas import TABLES

_TIMES = frozenset(column.name for column in TABLES["tasks"].columns if column.kind == "time")
_OWN = tuple(column.name for column in TASK_COLUMNS)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEW: Mapping[str, Any] = {
    "stage": "queued",
    "held": False,
    "error": None,
    "stated": "queued",
    "stated_agent": None,
    "shared": False,
}


def values_text(values: Mapping[str, Value]) -> str:
    """Values as JSON."""
    return _JSON.encode(values) if values else "{}"


def _moment_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def values_of(text: str) -> dict[str, Value]:
    """Values from JSON; values of time columns become moments."""
    values: dict[str, Value] = json.loads(text)
    for name in _TIMES & values.keys():
        moment = values[name]
        values[name] = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return values


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_moment_text)


def event_row(operation: Operation, result: str, reason: str, repeat_of: int | None = None) -> dict[str, Any]:
    """The row of `event` for an operation."""
    return {
        "event_id": operation.arrival,
        "source": operation.source,
        "key": operation.key,
        "repeat_of": repeat_of,
        "task_id": operation.task_id,
        "capture_id": operation.capture_id or operation.task_id,
        "operation": operation.kind.value,
        "version": operation.version,
        "at": operation.at,
        "agent_id": operation.agent_id,
        "status": operation.status,
        "content": "{}" if repeat_of else values_text(operation.values),
        "person": operation.person,
        "shared": operation.shared,
        "reopen": operation.reopen,
        "fault": operation.fault,
        "received_at": operation.received_at,
        "outcome": result,
        "reason": reason,
    }


def operation_of(row: AnyRow) -> Operation:
    """The operation in a row of `event`."""
    return Operation(
        source=row.source,
        key=row.key,
        kind=OperationKind(row.operation),
        task_id=row.task_id,
        capture_id=row.capture_id,
        received_at=row.received_at,
        version=row.version,
        at=row.at,
        agent_id=row.agent_id,
        status=row.status,
        values=values_of(row.content),
        person=row.person,
        shared=row.shared,
        reopen=row.reopen,
        fault=row.fault,
        arrival=row.event_id,
    )


def task_row(
    state: TaskState, order: Order, values: Mapping[str, Value], set_by: Mapping[str, str], changed_at: datetime
) -> dict[str, Any]:
    """The row of `task` for a task; ``values`` are those after the rules."""
    return {
        **status_row(state, order, changed_at),
        "source": state.source,
        "capture_id": state.capture_id,
        **{name: values.get(name) for name in _OWN},
        "extra": values_text({name: value for name, value in values.items() if name not in _OWN}),
        "set_by": values_text(set_by),
        "came": values_text(state.values) if set_by else "",
    }


def status_row(state: TaskState, order: Order, changed_at: datetime) -> dict[str, Any]:
    """The part of a task's row that can change while its values stay the same."""
    return {
        "task_id": state.task_id,
        "status": state.status,
        "agent_id": state.agent_id,
        "state": _state_text(state, order),
        "changed_at": changed_at,
    }


def _state_text(state: TaskState, order: Order) -> str:
    """The rest of what the fold goes on from; what is as new tasks have it is left out."""
    rest = {name: value for name, new in _NEW.items() if (value := getattr(state, name)) != new}
    last = order.last or Place(_EPOCH, 0)
    rest["last"] = [version_of(last.moment), last.arrival]
    if order.chains:
        rest["chains"] = {
            source: [end.version, version_of(end.place.moment), end.place.arrival]
            for source, end in order.chains.items()
        }
    return _JSON.encode(rest)


def state_of(row: AnyRow) -> tuple[TaskState, Order]:
    """The state from which the fold continues, from a row of `task`."""
    rest = json.loads(row.state)
    last, chains = _place(*rest.pop("last")), rest.pop("chains", {})
    state = TaskState(
        task_id=row.task_id,
        source=row.source,
        capture_id=row.capture_id,
        values=came_of(row),
        agent_id=row.agent_id,
        **rest,
    )
    ends = {source: ChainEnd(version, _place(moment, arrival)) for source, (version, moment, arrival) in chains.items()}
    return state, Order(last, ends)


def came_of(row: AnyRow) -> dict[str, Value]:
    """The values of a task as they came: those of its columns where no rule has set any."""
    if row.came:
        return values_of(row.came)
    own = {name: value for name in _OWN if (value := getattr(row, name)) is not None}
    return own if row.extra == "{}" else {**own, **json.loads(row.extra)}


def _place(moment: int, arrival: int) -> Place:
    return Place(_EPOCH + timedelta(microseconds=moment), arrival)
