"""How fast operations become a task list, beside a plain bulk load; ``python -m tests.benchmarks.folding`` shows it.

The plain load puts each row into one table with its key, in transactions of the same size, in the same run.
"""

import argparse
import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from data import (
    Operation,
    OperationKind,
    Store,
    apply_operations,
    check_store,
    task_frame,
    upgrade_store,
)

_NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def main() -> None:
    """Loads, folds, lists and checks, and shows what each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=50_000)
    parser.add_argument("--at-once", type=int, default=500, help="operations in a transaction")
    parser.add_argument("--url", help="the store, which must be empty; default: an SQLite file in a temporary folder")
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        plain = _plain_load(Path(name) / "plain.db", options.tasks, options.at_once)
        store = Store(options.url or f"sqlite:///{name}/allot.db")
        upgrade_store(store)
        _show(store, options.tasks, options.at_once, plain)
        store.close()


def _show(store: Store, tasks: int, at_once: int, plain: float) -> None:
    console = Console()
    console.print(f"plain load: {tasks / plain:,.0f} rows/s")
    for what, operations in (
        ("create", [_operation("create", n, 1) for n in range(tasks)]),
        ("hold", [_operation("hold", n, 9) for n in range(tasks)]),
        ("update, late", [_operation("update", n, 5) for n in range(tasks)]),
    ):
        took = _fold(store, operations, at_once)
        console.print(f"{what}: {tasks / took:,.0f} operations/s, {took / plain:.1f} times the plain load")
    with store.reading() as connection:
        began = time.perf_counter()
        rows = task_frame(connection).height
        console.print(f"list of {rows:,} tasks: {time.perf_counter() - began:.1f} s")
        began = time.perf_counter()
        found = check_store(connection)
        took = time.perf_counter() - began
        console.print(f"check of {found.events:,} operations: {took:.1f} s, {len(found.differences)} differences")


def _operation(kind: str, number: int, version: int) -> Operation:
    return Operation(
        source="host",
        key=f"{kind}-{number}",
        kind=OperationKind(kind),
        task_id=f"T{number}",
        received_at=_NOW,
        version=version,
        values={} if kind == "hold" else {"process": "claim", "value": version + 0.5, "due_at": _NOW, "note": "n"},
    )


def _fold(store: Store, operations: Sequence[Operation], at_once: int) -> float:
    began = time.perf_counter()
    for some in _batches(operations, at_once):
        with store.writing() as connection:
            apply_operations(connection, some)
    return time.perf_counter() - began


def _plain_load(file: Path, tasks: int, at_once: int) -> float:
    rows = [(f"T{n}", "claim", 1.5, _NOW.isoformat(), json.dumps({"note": "n"})) for n in range(tasks)]
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE task (id TEXT PRIMARY KEY, process TEXT, value REAL, due_at TEXT, extra TEXT)")
    began = time.perf_counter()
    for some in _batches(rows, at_once):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO task VALUES (?, ?, ?, ?, ?)", some)
        connection.execute("COMMIT")
    took = time.perf_counter() - began
    connection.close()
    return took


def _batches(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


if __name__ == "__main__":
    main()
