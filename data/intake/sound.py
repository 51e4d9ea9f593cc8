"""What a store can hold: values of the right type, valid text, ids of limited length."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from math import isfinite

from data.intake.operations import Operation, Value
from data.tables.schemas import TABLES

_KINDS = {column.name: column.kind for column in TABLES["tasks"].columns}
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL takes no NUL, UTF-8 no lone surrogates
LONGEST_ID = 500  # an index entry of PostgreSQL holds 2,700 bytes
LONGEST_TEXT = 100_000
_WORDS = {"text": "text", "requirement": "text", "time": "a moment", "number": "a number"}


def sound(operation: Operation) -> Operation:
    """The operation; if the store cannot hold it, with the fault, and with its ids shortened to fit."""
    key = operation.key
    if len(key) > LONGEST_ID or _NO_TEXT.search(key):
        key = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
        operation = replace(operation, key=key)
    fault = next(_faults(operation), None)
    if fault is None:
        return operation
    return replace(
        operation,
        task_id=_fitted(operation.task_id),
        capture_id=_fitted(operation.capture_id),
        agent_id=None if operation.agent_id is None else _fitted(operation.agent_id),
        status=None if operation.status is None else _fitted(operation.status),
        values={},
        at=None,
        fault=_NO_TEXT.sub("\ufffd", operation.fault or fault),
    )


def _faults(operation: Operation) -> Iterator[str]:
    if operation.fault is not None:
        yield operation.fault
    elif not operation.task_id:
        yield "task_id is missing"
    names = {"task_id": operation.task_id, "capture_id": operation.capture_id, "agent_id": operation.agent_id}
    for name, text in {**names, "status": operation.status}.items():
        if text is not None and len(text) > LONGEST_ID:
            yield f"{name} is longer than {LONGEST_ID} characters"
        elif text is not None and _NO_TEXT.search(text):
            yield f"{name} has invalid characters"
    if operation.at is not None and not _in_calendar(operation.at):
        yield "at is not in the calendar"
    fault = fault_of_values(operation.values)
    if fault is not None:
        yield fault


def fault_of_values(values: Mapping[str, Value]) -> str | None:
    """Why a task cannot have one of the values; ``None`` if it can have all."""
    for name, value in values.items():
        if _NO_TEXT.search(name) or len(name) > LONGEST_ID:
            return f"the name of a column has invalid characters, or too many: {name[:40]!r}"
        if isinstance(value, str):
            if len(value) > LONGEST_TEXT or _NO_TEXT.search(value):
                return f"{name} has invalid characters, or more than {LONGEST_TEXT:,}"
        elif isinstance(value, float) and not isfinite(value):
            return f"{name} is {value}, which is no number"
        elif isinstance(value, datetime) and not _in_calendar(value):
            return f"{name} is not in the calendar"
        kind = _KINDS.get(name)
        if kind is not None and value is not None and not _is(value, _WORDS[kind]):
            return f"{name} is {str(value)[:40]!r}, not {_WORDS[kind]}"
    return None


def _is(value: Value, what: str) -> bool:
    if what == "text":
        return isinstance(value, str)
    if what == "a moment":
        return isinstance(value, datetime)
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _in_calendar(moment: datetime) -> bool:
    try:
        return moment.tzinfo is not None and moment.astimezone(UTC).year >= 1000
    except OverflowError:
        return False


def _fitted(text: str) -> str:
    return _NO_TEXT.sub("\ufffd", text[:LONGEST_ID])
