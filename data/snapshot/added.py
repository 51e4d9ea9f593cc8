"""Reads tasks to be added to a snapshot, and checks them like its own."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl

from data.snapshot.added_values import taken_as
from data.snapshot.snapshot import Snapshot
from data.snapshot.unmet import requirements_of, skills_nobody_has
from data.snapshot.validate import Checked, validate
from data.sources.sources import read_table_file
from data.tables.columns import RawTable, from_frame
from data.tables.places import placed
from data.tables.schemas import ROW, TABLES
from models import Message, SnapshotError

_SHOWN = 5


def read_added_tasks(path: Path, snapshot: Snapshot) -> tuple[pl.DataFrame, tuple[Message, ...]]:
    """The tasks in a CSV, CSV.GZ, Parquet or Excel file, with the columns of the snapshot's tasks; and warnings.

    Raises:
        SnapshotError: the file cannot be read, a row breaks a rule, or a task is in the snapshot already.
    """
    raw = read_table_file(path, TABLES["tasks"])
    checked = _checked(raw, snapshot)
    if checked.rejects.height:
        shown = placed(checked.rejects, checked.wrongs, raw)[0].head(_SHOWN).iter_rows(named=True)
        lines = [f"\n  {path.name} row {line[ROW]} ({line['id'] or 'no id'}): {line['message']}" for line in shown]
        raise SnapshotError(f"{path.name}: rows that break a rule: {checked.rejects.height:,}{''.join(lines)}")
    if checked.good.is_empty():
        raise SnapshotError(f"{path.name} has no rows")
    known = checked.good["task_id"].filter(checked.good["task_id"].is_in(snapshot.tasks["task_id"].implode()))
    if len(known):
        raise SnapshotError(f"{path.name}: task '{known[0]}' is in the snapshot already; give new tasks other ids")
    unmet = skills_nobody_has(requirements_of(checked.good, snapshot.processes), snapshot.agent_skills)
    shared = checked.good.select(name for name in checked.good.columns if name in snapshot.tasks.columns)
    return like_tasks_of(snapshot, shared.iter_rows(named=True)), (*checked.warnings, *unmet)


def faults_of_added(tasks: pl.DataFrame, snapshot: Snapshot) -> dict[str, Message]:
    """Which of some tasks, added before the snapshot was made, break a rule beside it, and why."""
    raw = _raw("tasks", tasks)
    checked = _checked(raw, snapshot)
    rejects, messages = placed(checked.rejects, checked.wrongs, raw)
    return dict(zip(rejects["id"], messages, strict=True))


def _checked(tasks: RawTable, snapshot: Snapshot) -> Checked:
    """Tasks held to the rules of a snapshot's own."""
    tables = {name: _raw(name, getattr(snapshot, name)) for name in ("processes", "agents")}
    return validate({**tables, "tasks": tasks}, snapshot.timezone)["tasks"]


def like_tasks_of(snapshot: Snapshot, rows: Iterable[Mapping[str, object]]) -> pl.DataFrame:
    """The rows with the columns and types of the snapshot's tasks; missing columns are null, others are left out.

    A passed-through value that does not fit its column is null.
    """
    rows, columns = list(rows), []
    for name, dtype in snapshot.tasks.schema.items():
        values = [row.get(name) for row in rows]
        own = name not in (*TABLES["tasks"].names, ROW)
        column = taken_as(values, dtype) if own else pl.Series(values, dtype=dtype, strict=False)
        columns.append(column.alias(name))
    return pl.DataFrame(columns)


def with_tasks(snapshot: Snapshot, added: pl.DataFrame) -> Snapshot:
    """The snapshot with these tasks after its own."""
    read = {**snapshot.rows_read, "tasks": snapshot.rows_read["tasks"] + added.height}
    return replace(snapshot, tasks=pl.concat([snapshot.tasks, added]), rows_read=read)


def _raw(name: str, good: pl.DataFrame) -> RawTable:
    table = TABLES[name]
    return from_frame(table, good.select(table.names), name)
