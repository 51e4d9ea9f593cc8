"""The example rows of the template, and how they are recognized if somebody left them in."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache

import polars as pl

from data.tables.headers import TEMPLATE_LANGUAGES, VALUES, called
from data.tables.schemas import ROW, ColumnSchema, TableSchema

Value = str | float | datetime | None


def _at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute)  # noqa: DTZ001  a cell's time is local to the snapshot


EXAMPLES: Mapping[str, tuple[dict[str, Value], ...]] = {
    "tasks": (
        {
            "task_id": "T001",
            "process": "claim",
            "segment": "gold",
            "channel": "mail",
            "created_at": _at(7, 15),
            "value": 80.0,
            "minutes": 45.0,
            "status": "in_progress",
            "agent_id": "A001",
        },
        {
            "task_id": "T002",
            "process": "callback",
            "created_at": _at(7, 40),
            "due_at": _at(12),
            "not_before": _at(9),
            "skills": "english|motor>=2",
            "status": "queued",
            "requested_agent": "A002",
        },
    ),
    "processes": (
        {
            "process": "claim",
            "department": "motor",
            "tenant": "Example Insurance",
            "minutes": 30.0,
            "sla_minutes": 2880.0,
            "value": 50.0,
            "penalty": 20.0,
            "skills": "motor",
        },
        {
            "process": "callback",
            "department": "service",
            "tenant": "Example Insurance",
            "channel": "phone",
            "minutes": 10.0,
            "sla_minutes": 240.0,
            "value": 15.0,
            "penalty": 5.0,
            "skills": "english",
        },
    ),
    "agents": (
        {
            "agent_id": "A001",
            "name": "Zoë Müller",
            "team": "motor 1",
            "site": "Hamburg",
            "organisation": "own staff",
            "cost_per_hour": 42.0,
            "max_utilization": 0.9,
        },
        {
            "agent_id": "A002",
            "name": "João Nowak",
            "team": "service 1",
            "site": "Porto",
            "organisation": "partner",
            "cost_per_hour": 25.5,
            "max_utilization": 0.85,
            "max_tasks": 20,
        },
    ),
    "agent_skills": (
        {"agent_id": "A001", "skill": "motor", "level": 2, "efficiency": 1.1},
        {"agent_id": "A002", "skill": "english", "level": 1, "efficiency": 0.95},
    ),
    "shifts": (
        {"agent_id": "A001", "start": _at(8), "end": _at(16, 30), "kind": "work"},
        {"agent_id": "A002", "start": _at(9), "end": _at(17), "kind": "work"},
    ),
    "pairs": (
        {"task_id": "T001", "agent_id": "A002", "allowed": "false"},
        {"task_id": "T002", "agent_id": "A001", "allowed": "true", "minutes": 8.0, "bonus": 2.5},
    ),
}

_WORDS: Mapping[str, tuple[str, str]] = {
    "claim": ("Schaden", "理赔"),
    "callback": ("Rückruf", "回电"),
    "gold": ("Gold", "金卡"),
    "mail": ("E-Mail", "邮件"),
    "phone": ("Telefon", "电话"),
    "motor": ("Kfz", "车险"),
    "service": ("Service", "客服"),
    "english": ("Englisch", "英语"),
    "english|motor>=2": ("Englisch|Kfz>=2", "英语|车险>=2"),
    "Example Insurance": ("Beispiel Versicherung", "示例保险"),
    "motor 1": ("Kfz 1", "车险一组"),
    "service 1": ("Service 1", "客服一组"),
    "own staff": ("eigene", "自有员工"),
    "partner": ("Partner", "合作方"),
}
"""The words of the examples in German and Chinese."""


def examples_in(language: str, table: str) -> list[dict[str, Value]]:
    """The example rows of a table in a language of the template."""
    return [{name: _said(language, name, value) for name, value in row.items()} for row in EXAMPLES.get(table, ())]


def example_rows(table: TableSchema, frame: pl.DataFrame) -> list[int]:
    """The rows that are the template's examples, in any of its languages, unchanged."""
    ids = frame[table.names[0]]
    if table.name not in EXAMPLES or ids.dtype != pl.String:
        return []
    known = _plain_examples(table)
    likely = frame.filter(ids.is_in([row[0] for row in known]))
    if likely.is_empty():
        return []
    rows = likely.select(ROW, *table.names).iter_rows()
    return [row[0] for row in rows if tuple(map(_plain, table.columns, row[1:])) in known]


@cache
def _plain_examples(table: TableSchema) -> frozenset[tuple[str, ...]]:
    """The examples of all languages; statuses and kinds as the contract has them."""
    chosen = [column.name for column in table.columns if column.choices]
    found = set()
    for language in TEMPLATE_LANGUAGES:
        for own, row in zip(EXAMPLES[table.name], examples_in(language, table.name), strict=True):
            plain = row | {name: own.get(name) for name in chosen}
            found.add(tuple(_plain(column, plain.get(column.name)) for column in table.columns))
    return frozenset(found)


def _said(language: str, column: str, value: Value) -> Value:
    """A value of an example in a language."""
    if language == "en" or not isinstance(value, str):
        return value
    if column in VALUES[language]:
        return called(VALUES[language][column], value)
    return _WORDS.get(value, (value, value))[TEMPLATE_LANGUAGES.index(language) - 1]


def _plain(column: ColumnSchema, value: Value) -> str:
    """A value of an example, or of a row read, as text that is equal for equal values."""
    if value is None:
        return ""
    if column.kind == "time":
        return str(value).replace("T", " ")[:16]
    if column.kind in ("number", "integer"):
        try:
            return repr(float(str(value)))
        except ValueError:
            return str(value)
    return str(value)
