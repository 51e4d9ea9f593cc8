"""Two real weeks, day by day: `python -m tests.benchmarks.weeks BOSTON FOLDER [--days 14] [--every 10]`.

BOSTON has requests.csv.gz and week-2011-11-14, whose people do the work. Requests come as they came and are closed as
they were closed, by whom the published plan says or, for one in five, by somebody else of the same queue. Every few
hours of the day `allot cycle` takes in, plans, publishes and keeps the history; then come its page and workbook.
"""

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
from rich.console import Console

from data import open_store, planned_work

FIRST = datetime(2011, 11, 7, 8)  # noqa: DTZ001  by the clock of Boston, as the data are
ZONE = "America/New_York"
CONFIG = f"""
timezone = "{ZONE}"
horizon = "10h"
[source.city]
kind = "folder"
path = "city"
[source.people]
kind = "folder"
path = "people"
tables = ["agents", "agent_skills", "shifts", "processes"]
"""
console = Console(highlight=False)


def main() -> None:
    """Replays the weeks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("boston", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--every", type=int, default=10, help="hours between cycles")
    given = parser.parse_args()
    place: Path = given.folder
    for name in ("city", "people"):
        (place / name / "inbound").mkdir(parents=True, exist_ok=True)
    (place / "allot.toml").write_text(CONFIG, encoding="utf-8")
    requests = _requests(given.boston / "requests.csv.gz")
    _send_people(given.boston / "week-2011-11-14", place, given.days)
    queues = _queues(given.boston / "week-2011-11-14")
    _allot(place, FIRST, "store", "upgrade")
    dice, last = random.Random(1), FIRST - timedelta(days=365)
    for now in _moments(given.days, given.every):
        began = time.perf_counter()
        rows = [*_came(requests, last, now), *_closed(requests, last, now, queues, _plan(place), dice)]
        pl.DataFrame(rows, infer_schema_length=None).write_csv(place / "city" / "inbound" / f"{now:%Y%m%dT%H%M}.csv")
        for file in (place / "city" / "inbound").iterdir():
            os.utime(file, (time.time() - 60, time.time() - 60))
        said = _allot(place, now, "cycle", "--effort", "1", "--no-xlsx", "--no-html")
        last = now
        console.print(f"{now:%a %d %H:%M}: {len(rows):,} operations, {time.perf_counter() - began:.0f} s")
        console.print("\n".join(line for line in said.splitlines() if "history:" in line or "FAILED" in line))
    end = last + timedelta(hours=1)
    _allot(place, end, "target", "set", "department:PWDx", "sla_share", "0.8", "--from", "2011-11-01")
    for language in ("en", "zh"):
        _allot(
            place, end, "history", "page", "--out", f"{language}.html", "--xlsx", f"{language}.xlsx", "--lang", language
        )
    console.print(_allot(place, end, "history", "standards"))


def _moments(days: int, every: int) -> Iterator[datetime]:
    for day in range(days):
        yield from (FIRST + timedelta(days=day, hours=hour) for hour in range(0, 10, every))


def _requests(file: Path) -> pl.DataFrame:
    """The requests with their moments, those that were closed later than they came."""
    table = pl.read_csv(file, infer_schema_length=0)
    moments = (
        pl.col(name).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)
        for name in ("open_dt", "target_dt", "closed_dt")
    )
    return table.with_columns(*moments, process=pl.format("{} / {}", "type", "queue")).unique(
        "case_enquiry_id", keep="first"
    )


def _queues(week: Path) -> dict[str, list[str]]:
    """Who can do the work of each queue."""
    skills = pl.read_csv(week / "agent_skills.csv").group_by("skill", maintain_order=True).agg("agent_id")
    return dict(skills.rows())


def _came(requests: pl.DataFrame, last: datetime, now: datetime) -> list[dict[str, object]]:
    """What came since the last time; at first what had been open."""
    came = requests.filter(pl.col("open_dt").is_between(last, now, closed="right"))
    came = came.filter(pl.col("closed_dt").is_null() | (pl.col("closed_dt") > max(last, FIRST - timedelta(days=1))))
    return [
        _operation(
            "create",
            row,
            row["open_dt"],
            process=row["process"],
            created_at=row["open_dt"],
            due_at=row["target_dt"],
            channel=row["source"],
        )
        for row in came.sort("open_dt").iter_rows(named=True)
    ]


def _closed(
    requests: pl.DataFrame,
    last: datetime,
    now: datetime,
    queues: dict[str, list[str]],
    plan: dict[str, str],
    dice: random.Random,
) -> list[dict[str, object]]:
    """What was closed since the last time: begun and completed by somebody who can."""
    closed = requests.filter(pl.col("closed_dt").is_between(max(last, FIRST - timedelta(days=1)), now, closed="right"))
    rows = []
    for row in closed.filter(pl.col("open_dt") <= now).sort("closed_dt").iter_rows(named=True):
        others = queues.get(row["queue"], [])
        agent = plan.get(row["case_enquiry_id"]) if dice.random() < 0.8 else None
        agent = agent or (dice.choice(others) if others else None)
        if agent is None:
            continue
        begun = row["closed_dt"] - timedelta(minutes=max(1.0, dice.lognormvariate(3.0, 0.5)))
        rows.append(_operation("start", row, max(begun, row["open_dt"]), agent_id=agent))
        rows.append(_operation("complete", row, row["closed_dt"], agent_id=agent))
    return rows


def _operation(kind: str, row: dict[str, object], at: object, **values: object) -> dict[str, object]:
    names = ("agent_id", "process", "created_at", "due_at", "channel")
    told = {name: values.get(name) for name in names}
    return {"operation": kind, "task_id": row["case_enquiry_id"], "at": at, **told}


def _send_people(week: Path, place: Path, days: int) -> None:
    """The people of the week, their shifts for all days."""
    inbound = place / "people" / "inbound"
    for name in ("agents", "agent_skills", "processes"):
        (inbound / f"{name}.csv").write_bytes((week / f"{name}.csv").read_bytes())
    shifts = pl.read_csv(week / "shifts.csv", try_parse_dates=True)
    weeks = [
        shifts.with_columns(pl.col("start", "end") + timedelta(days=7 * number)) for number in range(-1, days // 7 + 1)
    ]
    pl.concat(weeks).write_csv(inbound / "shifts.csv", datetime_format="%Y-%m-%dT%H:%M:%S")
    for file in inbound.iterdir():
        os.utime(file, (time.time() - 60, time.time() - 60))


def _plan(place: Path) -> dict[str, str]:
    """Who is to do what, as the published plan says."""
    store = open_store(f"sqlite:///{place / 'allot.db'}")
    with store.reading() as connection:
        plan = planned_work(connection)
    store.close()
    return dict(plan.select("task_id", "agent_id").rows())


def _allot(place: Path, now: datetime, *arguments: str) -> str:
    """Runs a command at a moment; what it said."""
    moment = f"{now:%Y-%m-%dT%H:%M:%S}-05:00"
    done = subprocess.run(
        [sys.executable, "-m", "scheduler", *arguments],
        cwd=place,
        env={**os.environ, "ALLOT_NOW": moment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 5), done.stderr
    return done.stderr


if __name__ == "__main__":
    main()
