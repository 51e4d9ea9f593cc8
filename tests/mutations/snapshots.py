"""The snapshot that is spoiled: small, and with something of everything; as CSV, Parquet or a workbook."""

import io
from collections.abc import Mapping

import openpyxl
import polars as pl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

Files = dict[str, bytes]
"""A snapshot as the files of its folder, or as the one workbook, by name."""

FORMS = ("csv", "parquet", "xlsx")
WORKBOOK = "snapshot.xlsx"
SETTINGS = {"as_of": "2026-03-02T08:00", "horizon": "10h", "timezone": "Europe/Berlin"}


def tables() -> dict[str, list[dict[str, object]]]:
    """Twelve tasks for five people, with every column of the contract and one of their own, and absences by hand."""
    processes: list[dict[str, object]] = [
        {"process": "claim", "department": "motor", "minutes": 30, "sla_minutes": 480, "value": 10, "skills": "claims"},
        {"process": "call", "tenant": "acme", "minutes": 12.5, "value": 4, "penalty": 2, "skills": "phone;de|en"},
        {"process": "check", "minutes": 20, "value": 6.25, "skills": "claims>=2"},
    ]
    people = ("Ada", "Ben", "Cleo", "Dan", "Eva")
    agents: list[dict[str, object]] = [
        {"agent_id": f"A{k}", "name": name, "team": "north" if k < 3 else "south", "site": "Köln"}
        | ({"max_utilization": 0.85} if k == 1 else {})
        | ({"max_tasks": 2, "cost_per_hour": 30} if k == 2 else {})
        for k, name in enumerate(people)
    ]
    skills: list[dict[str, object]] = [
        {"agent_id": f"A{k}", "skill": skill, "level": 1 + (k + n) % 3, "efficiency": 1 + 0.25 * (k % 2)}
        for k in range(5)
        for n, skill in enumerate(("claims", "phone", "de", "en"))
        if (k + n) % 4
    ]
    shifts: list[dict[str, object]] = []
    for k in range(5):
        shifts += [
            {"agent_id": f"A{k}", "start": "2026-03-02T08:00", "end": "2026-03-02T16:00", "kind": "work"},
            {"agent_id": f"A{k}", "start": "2026-03-02T12:00", "end": "2026-03-02T12:30", "kind": "break"},
        ]
    pairs: list[dict[str, object]] = [
        {"task_id": "T1", "agent_id": "A1", "allowed": "false"},
        {"task_id": "T2", "agent_id": "A0", "allowed": "true", "bonus": 1.5},
        {"task_id": "T3", "agent_id": "A4", "minutes": 45},
        {"task_id": "T4", "agent_id": "A3", "allowed": "nein"},
    ]
    kinds = ("claim", "call", "check")
    tasks = [_task(k, kinds[k % 3]) for k in range(12)]
    absences: list[dict[str, object]] = [
        {"agent_id": "A2", "start": "2026-03-02T14:00", "end": "2026-03-02T15:00", "kind": "doctor"}
    ]
    weekly: list[dict[str, object]] = [{"agent_id": "A4", "weekday": "Mon-Fri", "start": "16:00", "end": "18:00"}]
    return {
        "tasks": tasks,
        "processes": processes,
        "agents": agents,
        "agent_skills": skills,
        "shifts": shifts,
        "pairs": pairs,
        "absences": absences,
        "weekly_shifts": weekly,
    }


def _task(k: int, process: str) -> dict[str, object]:
    more: dict[int, dict[str, object]] = {
        1: {"due_at": "2026-03-02T07:00", "segment": "gold"},
        2: {"not_before": "2026-03-02T10:00"},
        4: {"expires_at": "2026-03-02T15:00", "requested_agent": "A2"},
        5: {"status": "held"},
        6: {"status": "in_progress", "agent_id": "A3", "minutes": 15},
        7: {"due_at": "2026-03-02T11:00", "penalty": 5},
        8: {"skills": "phone", "value": 3.5},
        9: {"agent_id": "A-GONE", "status": "assigned"},
    }
    return {
        "task_id": f"T{k}",
        "process": process,
        "created_at": f"2026-03-01T{8 + k:02}:00",
        "channel": "mail",
        "note": f"note {k}",
        **more.get(k, {}),
    }


def files_of(rows: Mapping[str, list[dict[str, object]]], form: str) -> Files:
    """The tables in one of the :data:`FORMS`."""
    if form == "xlsx":
        return {WORKBOOK: _workbook(rows)}
    write = _csv if form == "csv" else _parquet
    settings = "".join(f'{key} = "{value}"\n' for key, value in SETTINGS.items())
    return {"snapshot.toml": settings.encode()} | {f"{name}.{form}": write(table) for name, table in rows.items()}


def _frame(table: list[dict[str, object]]) -> pl.DataFrame:
    names = list(dict.fromkeys(name for row in table for name in row))
    return pl.DataFrame({name: pl.Series([row.get(name) for row in table], strict=False) for name in names})


def _csv(table: list[dict[str, object]]) -> bytes:
    return _frame(table).write_csv().encode()


def _parquet(table: list[dict[str, object]]) -> bytes:
    target = io.BytesIO()
    _frame(table).write_parquet(target)
    return target.getvalue()


def _workbook(rows: Mapping[str, list[dict[str, object]]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "snapshot"
    for row in (("key", "value"), *SETTINGS.items()):
        sheet.append(row)
    for name, table in rows.items():
        frame, sheet = _frame(table), book.create_sheet(name)
        for row in (frame.columns, *frame.iter_rows()):
            sheet.append([ILLEGAL_CHARACTERS_RE.sub("?", c) if isinstance(c, str) else c for c in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
