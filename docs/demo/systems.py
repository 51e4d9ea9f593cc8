"""Plays the systems around allot in the demo: a mailroom that drops files, a portal's database, a list of people.

    python docs/demo/systems.py demo morning    what is there when the day begins
    python docs/demo/systems.py demo later      what has happened a quarter of an hour later

Both read the sample in demo/snapshot. Only the standard library is needed, as on the other side of a real source.
"""

import csv
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

Task = dict[str, str]

HERE = Path(__file__).parent
PEOPLE = ("agents", "agent_skills", "shifts", "processes")
MADE = ("allot.db", "allot.db-shm", "allot.db-wal", "portal.db", "mailroom", "people", "runs")

PORTAL = {
    "task_id": "nr", "process": "kind", "tenant": "brand", "segment": "grade", "channel": "channel",
    "created_at": "opened", "due_at": "due", "not_before": "earliest", "expires_at": "void", "value": "amount",
    "penalty": "fine", "minutes": "minutes", "skills": "needs", "status": "state", "agent_id": "person",
    "requested_agent": "wanted",
}  # fmt: skip
"""What the portal calls the columns of a task."""

NEW = 40
"""The last tasks of the sample come in later."""


def morning(place: Path) -> None:
    """Everything from before is gone; the systems have sent what is open."""
    for name in MADE:
        path = place / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    shutil.copy(HERE / "allot.toml", place / "allot.toml")
    tasks = read_tasks(place)[:-NEW]
    theirs, ours = ([task for task in tasks if by_portal(task) is side] for side in (True, False))
    drop(place / "mailroom" / "inbound" / "tasks-0800.csv", ours)
    for name in PEOPLE:
        copy(place / "snapshot" / f"{name}.csv", place / "people" / "inbound" / f"{name}.csv")
    with closing(sqlite3.connect(place / "portal.db")) as portal, portal:
        portal.execute(f"CREATE TABLE work ({', '.join(PORTAL.values())}, changed_at TEXT, PRIMARY KEY (nr))")
        add(portal, theirs)
    tell(f"08:00  tasks-0800.csv brings {len(ours):,} tasks, the portal's database has {len(theirs):,}")


def later(place: Path) -> None:
    """New tasks, changed ones, and some that are done or on hold."""
    tasks = read_tasks(place)
    new, queued = tasks[-NEW:], [task for task in tasks[:-NEW] if task["status"] == "queued"]
    theirs, ours = ([task for task in queued if by_portal(task) is side] for side in (True, False))
    came = [task for task in new if by_portal(task)]
    operations = [{"operation": "create", **task} for task in new if not by_portal(task)]
    operations += [{"operation": "update", "task_id": task["task_id"], "value": "250"} for task in ours[::90]]
    operations += [{"operation": "complete", "task_id": task["task_id"]} for task in ours[30::90]]
    operations += [{"operation": "hold", "task_id": task["task_id"]} for task in ours[60::180]]
    drop(place / "mailroom" / "inbound" / "changes-0815.csv", operations)
    with closing(sqlite3.connect(place / "portal.db")) as portal, portal:
        moment = "2026-03-02T08:14:30"
        add(portal, came, moment)
        dearer = [(moment, task["task_id"]) for task in theirs[::100]]
        portal.executemany("UPDATE work SET amount = '250', changed_at = ? WHERE nr = ?", dearer)
        done = [(moment, task["task_id"]) for task in theirs[50::100]]
        portal.executemany("UPDATE work SET state = 'completed', changed_at = ? WHERE nr = ?", done)
    changed = len(came) + len(dearer) + len(done)
    tell(
        f"08:15  changes-0815.csv brings {len(operations)} operations, {changed} rows of the portal are new or changed"
    )


def read_tasks(place: Path) -> list[Task]:
    """The tasks of the sample."""
    with (place / "snapshot" / "tasks.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def by_portal(task: Task) -> bool:
    """Whether a task comes from the portal."""
    return task["channel"] in ("web", "app")


def drop(file: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """Writes a file under another name, and gives it its own when it is whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = list(rows)
    unfinished = file.with_name(f"{file.name}.part")
    with unfinished.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)
    settle(unfinished, file)


def copy(file: Path, target: Path) -> None:
    """Copies a file as `drop` writes one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    settle(Path(shutil.copy(file, f"{target}.part")), target)


def settle(unfinished: Path, file: Path) -> None:
    """Gives a file its name. One that changed within the last second is left for the next time, so this looks older."""
    before = unfinished.stat().st_mtime - 2
    os.utime(unfinished, (before, before))
    unfinished.rename(file)


def add(portal: sqlite3.Connection, tasks: list[Task], moment: str | None = None) -> None:
    """Adds tasks to the portal's table, changed at the moment, else when they were opened."""
    rows = [[*(task[name] or None for name in PORTAL), moment or task["created_at"]] for task in tasks]
    portal.executemany(f"INSERT INTO work VALUES ({', '.join('?' * (len(PORTAL) + 1))})", rows)


def tell(text: str) -> None:
    """Says what was done, on a line of its own."""
    print(f"\n{text}")  # noqa: T201


if __name__ == "__main__":
    {"morning": morning, "later": later}[sys.argv[2]](Path(sys.argv[1]))
