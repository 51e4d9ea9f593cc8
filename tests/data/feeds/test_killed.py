"""A process that is killed at any moment while it takes in: the next one goes on, nothing is lost, nothing twice."""

import json
import random
import sqlite3
import subprocess
import sys
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from data import check_store
from tests.data.feeds.case import drop
from tests.data.feeds.taking import take_all

COUNT, KILLS = 300, 8
ACTS = ("update", "hold", "resume", "cancel", "complete", "restart")
STATUS = {"hold": "held", "cancel": "canceled", "complete": "completed"}


def script(seed: int, prefix: str) -> list[dict[str, object]]:
    """Operations on twenty tasks with versions, each task created by its first."""
    dice, made, begun = random.Random(seed), [], set()
    for version in range(COUNT):
        name = f"{prefix}{dice.randrange(20)}"
        kind = dice.choice(ACTS) if name in begun else "create"
        begun.add(name)
        made.append({"capture_id": name, "operation": kind, "value": version, "version": version})
    return made


def followed(operations: list[dict[str, object]]) -> dict[str, tuple[str, object]]:
    """What the operations lead to, by the table of operations written once more in short."""
    tasks: dict[str, tuple[str, object]] = {}
    for operation in operations:
        name, kind = str(operation["capture_id"]), str(operation["operation"])
        status, value = tasks.get(name, ("queued", operation["value"]))
        if status not in ("completed", "canceled"):
            value = operation["value"] if kind in ("create", "update") else value
            status = "queued" if kind in ("resume", "restart") and status == "held" else STATUS.get(kind, status)
        tasks[name] = (status, value)
    return tasks


def dropped(place: Path, operations: list[dict[str, object]], seed: int) -> None:
    """The operations as files, a fifth of them twice, in any order, each with a key."""
    dice = random.Random(seed)
    rows = [{**operation, "key": f"k{operation['version']}"} for operation in operations]
    rows += dice.sample(rows, len(rows) // 5)
    dice.shuffle(rows)
    for number in range(4):
        drop(place, f"{number}.jsonl", "".join(json.dumps(row) + "\n" for row in rows[number::4]), age=9 - number)


def test_what_takes_in_files_and_rows_is_killed_at_any_moment(store, store_url, tmp_path):
    files, more, host = (script(seed, prefix) for seed, prefix in enumerate("FMH"))
    dropped(tmp_path / "files", files, 1)
    dropped(tmp_path / "more", more, 2)
    with closing(sqlite3.connect(tmp_path / "host.db")) as database, database:
        database.execute("CREATE TABLE work (capture_id TEXT, kind TEXT, amount REAL, seq INTEGER, taken INTEGER)")
        rows = [(o["capture_id"], o["operation"], o["value"], o["version"]) for o in host]
        database.executemany("INSERT INTO work VALUES (?, ?, ?, ?, 0)", rows)

    dice = random.Random(7)
    for _ in range(KILLS):
        command = [sys.executable, "-m", "tests.data.feeds.taking", store_url, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            try:
                process.wait(timeout=dice.uniform(0, 0.6))
            except subprocess.TimeoutExpired:
                process.kill()
    take_all(store_url, tmp_path)

    others = [{**operation, "capture_id": f"R{operation['capture_id']}"} for operation in host]
    with store.reading() as connection:
        tasks = connection.execute(sa.text("SELECT task_id, status, value FROM task_list")).all()
        applied = connection.execute(
            sa.text("SELECT source, key, count(*) FROM operations WHERE outcome <> 'duplicate' GROUP BY source, key")
        ).all()
        assert check_store(connection).differences == []
    expected = {**followed(files), **followed(more), **followed(host), **followed(others)}
    assert {name: (status, value) for name, status, value in tasks} == expected
    counts = defaultdict(list)
    for source, _, count in applied:
        counts[source].append(count)
    assert {name: set(found) for name, found in counts.items()} == {
        name: {1} for name in ("files", "more", "host", "rows")
    }
    assert not list(tmp_path.glob("*/inbound/*"))
    with closing(sqlite3.connect(tmp_path / "host.db")) as database:
        assert database.execute("SELECT count(*) FROM work WHERE taken = 0").fetchone() == (0,)
