"""How long intake, snapshot and cycle take, beside a plain bulk load; ``python -m tests.benchmarks.intake`` shows it.

Every command is a process of its own. The plain load is executemany of the same rows into one table with its key, in
the same run. Shares are of the first intake; both are without what starting a command takes. Seconds of work are those
of all processors: on a busy machine they say more than seconds of the clock.
"""

import argparse
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from tests.benchmarks.commands import Finished, run_allot, run_python

_AT_ONCE = 20_000
_TIMES = 3
_START = datetime(2026, 3, 1, tzinfo=UTC)
_COLUMNS = (
    "task_id TEXT PRIMARY KEY, process TEXT, segment TEXT, value REAL, created_at TEXT, due_at TEXT, "
    "note TEXT, changed TEXT"
)
_CONFIG = """
timezone = "UTC"
horizon = "10h"
[source.host]
kind = "sql"
url = "sqlite:///host.db"
read = "SELECT * FROM work"
cursor = "changed"
"""
_DESK = """
timezone = "UTC"
horizon = "10h"
[source.crm]
kind = "folder"
path = "crm"
[source.people]
kind = "folder"
path = "people"
tables = [{tables}]
"""


def main() -> None:
    """Measures all of them and shows what each took."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.intake", description=__doc__)
    parser.add_argument("--tasks", type=int, default=800_000)
    parser.add_argument("--folded", type=int, default=20_000, help="tasks of the folding benchmark")
    options = parser.parse_args()
    table = Table("", "seconds", "of work", "MiB", "", title=f"{options.tasks:,} tasks")
    with TemporaryDirectory() as name:
        for row in (*_intake(Path(name) / "list", options.tasks), _desk(Path(name) / "desk")):
            table.add_row(*row)
        Console(width=110).print(table)
    folded = run_python("tests.benchmarks.folding", "--tasks", options.folded)
    Console(width=110).print(f"folding, in transactions of 500:\n{folded.stdout}{folded.stderr}")


Line = tuple[str, str, str, str, str]


def _intake(place: Path, tasks: int) -> Iterator[Line]:
    place.mkdir()
    (place / "allot.toml").write_text(_CONFIG, encoding="utf-8")
    wall_s, cpu_s = _plain_load(place / "host.db", tasks)
    yield "plain executemany", f"{wall_s:.1f}", f"{cpu_s:.1f}", "", ""
    at = ("--config", place / "allot.toml")
    _well(run_allot("store", "upgrade", *at))
    start = min((_well(run_allot("intake", "status", *at)) for _ in range(_TIMES)), key=lambda one: one.wall_s)
    yield _line("starting a command", start)
    first = _well(run_allot("intake", "run", *at))
    first_s, first_cpu_s = first.wall_s - start.wall_s, first.cpu_s - start.cpu_s
    times = f"{first_s / wall_s:.1f} times plain, {first_cpu_s / cpu_s:.1f} by work"
    yield _line("first intake", first, f"{times}; store of {_size(place)}")
    more = [_next_intake(place, day, at) for day in range(_TIMES)]
    shares = sorted((again.wall_s - start.wall_s) / first_s for again in more)
    share_cpu = median((again.cpu_s - start.cpu_s) / first_cpu_s for again in more)
    told = f"{median(shares):.1%} of the first ({shares[0]:.1%} to {shares[-1]:.1%}), {share_cpu:.1%} by work"
    yield _line(
        f"next intake, 1 % changed, median of {_TIMES}", sorted(more, key=lambda one: one.wall_s)[_TIMES // 2], told
    )
    yield _line("allot snapshot", _well(run_allot("snapshot", "--out", place / "snapshot", *at)))


def _next_intake(place: Path, day: int, at: tuple[str | Path, ...]) -> Finished:
    """Takes in what has changed on one more day."""
    _change(place / "host.db", day)
    os.sync()  # or what intakes before have left to the system to write would be waited for
    return _well(run_allot("intake", "run", *at))


def _plain_load(file: Path, tasks: int) -> tuple[float, float]:
    """Makes the source's database; the seconds and the work of it, without making the rows."""
    seconds = work = 0.0
    with closing(sqlite3.connect(file)) as database:
        database.execute(f"CREATE TABLE work ({_COLUMNS})")
        for start in range(0, tasks, _AT_ONCE):  # few at once: a process that is started begins with our memory
            rows = [_row(n) for n in range(start, min(start + _AT_ONCE, tasks))]
            began, worked = time.perf_counter(), time.process_time()
            database.executemany("INSERT INTO work VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            if start + _AT_ONCE >= tasks:
                database.commit()
            seconds, work = seconds + time.perf_counter() - began, work + time.process_time() - worked
        database.execute("CREATE INDEX work_changed ON work (changed)")  # as docs/intake.md advises
    return seconds, work


def _row(n: int) -> tuple[str | float | None, ...]:
    created, due = _START + timedelta(seconds=n), _START + timedelta(days=3, seconds=n * 7 % 500_000)
    return (
        f"T{n:07}",
        ("motor", "home", "health")[n % 3],
        ("gold", None)[n % 2],
        n % 97 + 0.5,
        f"{created:%Y-%m-%dT%H:%M:%S}",
        f"{due:%Y-%m-%dT%H:%M:%S}",
        f"note {n}",
        f"{created:%Y-%m-%dT%H:%M:%S}",
    )


def _change(file: Path, day: int) -> None:
    """Changes every hundredth row on one more day, one a second."""
    with closing(sqlite3.connect(file)) as database, database:
        (rows,) = database.execute("SELECT max(rowid) FROM work").fetchone()
        changed = range(7 + 20 * day, rows + 1, 100)
        moments = (_START + timedelta(days=20 + day, seconds=n) for n in range(len(changed)))
        given = ((f"{moment:%Y-%m-%dT%H:%M:%S}", row) for moment, row in zip(moments, changed, strict=True))
        database.executemany("UPDATE work SET value = value + 1, changed = ? WHERE rowid = ?", given)


def _desk(place: Path) -> Line:
    """A second cycle of the desk in which nothing is new."""
    _well(run_allot("sample", place / "sample", "--profile", "desk"))
    for file in (place / "sample").glob("*.csv"):
        to = place / ("crm" if file.stem == "tasks" else "people") / "inbound" / file.name
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, to)
        os.utime(to, (1, 1))
    tables = ", ".join(f'"{file.stem}"' for file in (place / "people" / "inbound").iterdir())
    (place / "allot.toml").write_text(_DESK.format(tables=tables), encoding="utf-8")
    at = ("--config", place / "allot.toml")
    _well(run_allot("store", "upgrade", *at))
    cycle = ("cycle", "--json", "--effort", "1", *at)
    as_of = next(line for line in (place / "sample" / "snapshot.toml").read_text().splitlines() if "as_of" in line)
    moment = as_of.partition("=")[2].strip().strip('"')
    _well(run_allot(*cycle, "--as-of", moment))
    later = datetime.fromisoformat(moment) + timedelta(minutes=15)
    second = _well(run_allot(*cycle, "--as-of", later.isoformat()))
    stages = {stage["name"]: stage["seconds"] for stage in json.loads(second.stdout)["stages"]}
    beside = second.wall_s - stages.pop("plan")
    told = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in stages.items())
    return _line("a cycle of the desk, nothing new", second, f"{beside:.1f} s beside planning ({told})")


def _well(finished: Finished) -> Finished:
    """The command, which must have come to a good end.

    Raises:
        SystemExit: it has not.
    """
    if finished.exit_code:
        raise SystemExit(finished.stderr)
    return finished


def _line(what: str, finished: Finished, more: str = "") -> Line:
    return what, f"{finished.wall_s:.1f}", f"{finished.cpu_s:.1f}", f"{finished.peak_mib:,.0f}", more


def _size(place: Path) -> str:
    return f"{sum(file.stat().st_size for file in place.glob('allot.db*')) / 2**20:,.0f} MiB"


if __name__ == "__main__":
    main()
