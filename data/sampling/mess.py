"""Bad rows of every kind, for a sample that shows how they are reported."""

import polars as pl

from data.sampling.columns import as_csv

Row = dict[str, str]

MONDAY = {"start": "2026-03-02T09:00:00", "end": "2026-03-02T15:00:00"}

BAD_ROWS: dict[str, list[tuple[str, Row]]] = {
    "tasks": [
        ("required", {"process": "aurelia-motor-claim"}),
        ("required", {"task_id": "M001"}),
        ("unique", {"task_id": "M002", "process": "aurelia-motor-claim"}),
        ("unique", {"task_id": "M002", "process": "pontes-motor-claim"}),
        ("type", {"task_id": "M003", "process": "aurelia-motor-claim", "minutes": "a while"}),
        ("type", {"task_id": "M004", "process": "aurelia-motor-claim", "due_at": "next Friday"}),
        ("type", {"task_id": "M005", "process": "aurelia-motor-claim", "due_at": "2026-03-29T02:30:00"}),
        ("type", {"task_id": "M006", "process": "aurelia-motor-claim", "value": "1.200,50"}),
        ("range", {"task_id": "M007", "process": "aurelia-motor-claim", "minutes": "0"}),
        ("range", {"task_id": "M008", "process": "aurelia-motor-claim", "penalty": "-5"}),
        ("unknown_reference", {"task_id": "M009", "process": "aurelia-motor-clam"}),
        ("unknown_status", {"task_id": "M010", "process": "aurelia-motor-claim", "status": "waiting"}),
        ("unreadable_skills", {"task_id": "M011", "process": "aurelia-motor-claim", "skills": "motor>=two"}),
        ("no_duration", {"task_id": "M012", "process": "walk-in"}),
        ("cascade", {"task_id": "M013", "process": "site-visit"}),
        ("cascade", {"task_id": "M014", "process": "site-visit", "minutes": "30"}),
    ],
    "processes": [
        ("type", {"process": "site-visit", "minutes": "90", "sla_minutes": "two days"}),
    ],
    "agents": [
        ("type", {"agent_id": "M002", "cost_per_hour": "n/a"}),
    ],
    "agent_skills": [
        ("required", {"agent_id": "M101"}),
        ("unique", {"agent_id": "M101", "skill": "first-aid", "level": "1"}),
        ("unique", {"agent_id": "M101", "skill": "first-aid", "level": "2"}),
        ("unknown_reference", {"agent_id": "M901", "skill": "motor"}),
        ("cascade", {"agent_id": "M002", "skill": "motor"}),
    ],
    "shifts": [
        ("type", {"agent_id": "M101", **MONDAY, "kind": "holiday"}),
        ("end_after_start", {"agent_id": "M101", "start": MONDAY["end"], "end": MONDAY["start"]}),
        ("range", {"agent_id": "M101", "start": "0026-03-02T09:00:00", "end": MONDAY["end"]}),
        ("unknown_reference", {"agent_id": "M901", **MONDAY}),
        ("cascade", {"agent_id": "M002", **MONDAY}),
    ],
    "pairs": [
        ("type", {"task_id": "M102", "agent_id": "M101", "allowed": "maybe"}),
        ("cascade", {"task_id": "M003", "agent_id": "M101", "allowed": "false"}),
    ],
}
"""Per table the rows that break a rule, each with the rule's name: too few of any table to refuse a sample."""

GOOD_ROWS: dict[str, list[Row]] = {
    "tasks": [
        {"task_id": "M101", "process": "aurelia-motor-claim", "status": "assigned", "agent_id": "M902"},
        {"task_id": "M102", "process": "aurelia-motor-claim", "requested_agent": "M903"},
        {"task_id": "M103", "process": "walk-in", "minutes": "10"},
    ],
    "processes": [{"process": "walk-in", "department": "claims"}],
    "agents": [{"agent_id": "M101", "name": "Łucja O'Brien"}],
    "agent_skills": [{"agent_id": "M101", "skill": "motor"}],
    "shifts": [{"agent_id": "M101", **MONDAY}],
}
"""Rows that bad ones refer to. The agents of the first two tasks are on leave: a warning, no more."""

HEADERS = {"task_id": "Task ID", "created_at": "Created at", "due_at": "Due-At", "agent_id": "AgentID"}
"""Column names of tasks as other programs write them."""


def spoil(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables as text with the bad rows at their ends; tasks under headers of another program."""
    spoiled = {name: _with_rows(name, table) for name, table in tables.items()}
    cost_centre = pl.lit("0042").alias("Cost centre")  # a column that is not ours, its zeros to be kept
    spoiled["tasks"] = spoiled["tasks"].with_columns(cost_centre).rename(HEADERS)
    return spoiled


def _with_rows(name: str, table: pl.DataFrame) -> pl.DataFrame:
    rows = [*GOOD_ROWS.get(name, []), *(row for _, row in BAD_ROWS[name])]
    good = pl.read_csv(as_csv(table), infer_schema=False)
    return pl.concat([good, pl.DataFrame(rows, schema=good.schema)])
