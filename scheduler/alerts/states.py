"""The states of alerts: pending, firing, resolved. Runs, or looks at the clock, move them on, one at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from data import AlertRow
from models import FIRING, PENDING, RED, RESOLVED, YELLOW
from scheduler.alerts.conditions import Condition
from scheduler.alerts.places import Node

Fingerprint = tuple[str, str, str]


def fingerprint_of(row: AlertRow) -> Fingerprint:
    """What fires once: name, level and key."""
    return row.name, row.level, row.key


def move_on(
    rows: Iterable[AlertRow],
    conditions: Iterable[Condition],
    values: Mapping[str, Mapping[Node, float]],
    at: datetime,
) -> list[AlertRow]:
    """The alerts after one more run: those of before, resolved ones among them, then new ones.

    What is not watched any more is over. An alert fires, and is over, after as many runs in a row as its condition
    says.
    """
    before = {fingerprint_of(row): row for row in rows}
    after = []
    watched = {condition.fingerprint: condition for condition in conditions}
    for fingerprint, row in before.items():
        condition = watched.get(fingerprint)
        after.append(_ended(row, at) if condition is None else _moved(row, condition, values, at))
    for fingerprint, condition in watched.items():
        if fingerprint not in before and condition.severity(_value(condition, values)) is not None:
            after.append(_moved(_new(condition, at), condition, values, at))
    return after


def _value(condition: Condition, values: Mapping[str, Mapping[Node, float]]) -> float | None:
    return values.get(condition.measure, {}).get(condition.node)


def _new(condition: Condition, at: datetime) -> AlertRow:
    level, key = condition.node
    return AlertRow(
        name=condition.name, level=level, key=key, measure=condition.measure, state=PENDING, severity=YELLOW, since=at
    )


def _moved(row: AlertRow, condition: Condition, values: Mapping[str, Mapping[Node, float]], at: datetime) -> AlertRow:
    value = _value(condition, values)
    severity = condition.severity(value)
    if severity is None:
        calm = row.calm + 1
        if row.state == PENDING or calm >= condition.runs:
            return replace(_ended(row, at), value=row.value if value is None else value)
        return replace(row, calm=calm, broken=0, red_runs=0, value=value)
    red_runs = row.red_runs + 1 if severity == RED else 0
    moved = replace(row, value=value, calm=0, broken=row.broken + 1, red_runs=red_runs)
    fires = row.state == FIRING or moved.broken >= condition.runs
    is_red = red_runs >= condition.runs or (row.state == FIRING and row.severity == RED and severity == RED)
    said = RED if is_red else YELLOW
    limit = condition.red if said == RED or condition.yellow is None else condition.yellow
    return replace(
        moved,
        state=FIRING if fires else PENDING,
        severity=said,
        threshold=None if limit is None else limit.value,
        fired_at=row.fired_at or (at if fires else None),
    )


def _ended(row: AlertRow, at: datetime) -> AlertRow:
    return replace(row, state=RESOLVED, until=at, calm=row.calm + 1, broken=0, red_runs=0, held=None)
