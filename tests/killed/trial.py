"""One trial: operations sent bit by bit, a process killed again and again, and what is wrong in the end."""

import json
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from data import check_store, open_store
from tests.data.feeds.case import drop
from tests.killed.taking import take_all

Sent = dict[str, object]
"""An operation as a source sends it."""

_FOLDERS = ("files", "more")
_TASK_HAS = 15  # operations
_ACTS = ("update", "hold", "resume", "cancel", "complete", "restart")
_STATUS = {"hold": "held", "cancel": "canceled", "complete": "completed"}


def script(count: int, prefix: str, seed: int) -> list[Sent]:
    """Operations with versions on some tasks, each of which is created by its first."""
    dice, made, begun = random.Random(seed), [], set()
    for version in range(count):
        name = f"{prefix}{dice.randrange(count // _TASK_HAS + 1)}"
        kind = dice.choice(_ACTS) if name in begun else "create"
        begun.add(name)
        made.append({"capture_id": name, "operation": kind, "value": version, "version": version, "key": f"k{version}"})
    return made


def followed(operations: Sequence[Sent]) -> dict[str, tuple[str, object]]:
    """Status and value of each task, by the table of operations written once more in short."""
    tasks: dict[str, tuple[str, object]] = {}
    for operation in operations:
        name, kind = str(operation["capture_id"]), str(operation["operation"])
        status, value = tasks.get(name, ("queued", operation["value"]))
        if status not in ("completed", "canceled"):
            value = operation["value"] if kind in ("create", "update") else value
            status = "queued" if kind in ("resume", "restart") and status == "held" else _STATUS.get(kind, status)
        tasks[name] = (status, value)
    return tasks


class Trial:
    """Three sources in a folder, of which two are folders of files and one a database, read by its marks and once more
    by a cursor."""

    def __init__(self, store_url: str, place: Path, *, operations: int, kills: int, seed: int = 0) -> None:
        self.store_url, self.place, self.kills = store_url, place, kills
        self._dice = random.Random(seed)
        self._sent = {
            name: script(operations // 3, name[0].upper(), seed + number)
            for number, name in enumerate((*_FOLDERS, "host"))
        }

    def run(self, tell: Callable[[int], None] = lambda kills: None) -> int:
        """Starts and kills the process so often, then lets it come to its end; how many were started."""
        coming = list(self._portions())
        self._make_host()
        started = killed = 0
        longest_s = 0.5  # till it is killed; so that two of three are killed at work
        while killed < self.kills:
            if started < len(coming):
                self._send(started, coming[started])
            died = self._killed_within(self._dice.uniform(0, longest_s))
            longest_s *= 1.05 if died else 0.9
            started, killed = started + 1, killed + died
            tell(killed)
        for number in range(started, len(coming)):
            self._send(number, coming[number])
        take_all(self.store_url, self.place)
        return started

    def _portions(self) -> Iterator[dict[str, list[Sent]]]:
        """What the sources send from one kill to the next: shuffled, a fifth of it twice."""
        shuffled = {}
        for name, operations in self._sent.items():
            rows = operations + self._dice.sample(operations, len(operations) // 5 if name != "host" else 0)
            shuffled[name] = self._dice.sample(rows, len(rows))
        for number in range(self.kills):
            yield {name: rows[number :: self.kills] for name, rows in shuffled.items()}

    def _make_host(self) -> None:
        with closing(sqlite3.connect(self.place / "host.db")) as database, database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("CREATE TABLE work (capture_id TEXT, kind TEXT, amount REAL, seq INTEGER, taken INTEGER)")

    def _send(self, number: int, portion: dict[str, list[Sent]]) -> None:
        for name in _FOLDERS:
            drop(self.place / name, f"{number}.jsonl", "".join(json.dumps(row) + "\n" for row in portion[name]))
        rows = [(o["capture_id"], o["operation"], o["value"], o["version"]) for o in portion["host"]]
        with closing(sqlite3.connect(self.place / "host.db")) as database, database:
            database.executemany("INSERT INTO work VALUES (?, ?, ?, ?, 0)", rows)

    def _killed_within(self, seconds: float) -> bool:
        """Whether the process was killed; otherwise it had come to a good end before."""
        command = [sys.executable, "-m", "tests.killed.taking", self.store_url, str(self.place)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()  # it is at work
            try:
                assert process.wait(timeout=seconds) == 0, "it did not go on by itself"
            except subprocess.TimeoutExpired:
                process.kill()
                return True
        return False

    def wrong(self) -> list[str]:
        """What is not as it would be if nothing had been killed."""
        again = [{**operation, "capture_id": f"R{operation['capture_id']}"} for operation in self._sent["host"]]
        sent = {**self._sent, "rows": again}
        expected = {name: task for operations in sent.values() for name, task in followed(operations).items()}
        store = open_store(self.store_url)
        with store.reading() as connection:
            found = connection.execute(sa.text("SELECT task_id, status, value FROM task_list")).all()
            kept = connection.execute(sa.text("SELECT source, key FROM operations WHERE outcome <> 'duplicate'")).all()
            repeats = connection.execute(
                sa.text("SELECT source, key FROM operations WHERE outcome = 'duplicate' GROUP BY source, key")
            ).all()
            wrong = list(check_store(connection).differences)
        store.close()
        tasks = {name: (status, value) for name, status, value in found}
        wrong += [
            f"task {name}: {tasks.get(name)}, not {expected.get(name)}"
            for name in sorted(tasks.keys() | expected.keys())
            if tasks.get(name) != expected.get(name)
        ]
        counts = Counter(map(tuple, kept))
        wrong += [f"{source} {key}: counted {count} times" for (source, key), count in counts.items() if count > 1]
        keys = Counter(source for source, _ in {*counts, *map(tuple, repeats)})
        wrong += [
            f"{name}: {keys[name]} of {len(operations)} operations arrived"
            for name, operations in sent.items()
            if keys[name] != len(operations)
        ]
        wrong += [f"{file} was left behind" for file in self.place.glob("*/inbound/*")]
        with closing(sqlite3.connect(self.place / "host.db")) as database:
            (unmarked,) = database.execute("SELECT count(*) FROM work WHERE taken = 0").fetchone()
        return [*wrong, f"{unmarked} rows of the host were not marked"] if unmarked else wrong
