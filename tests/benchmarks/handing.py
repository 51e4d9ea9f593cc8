"""How fast a plan reaches a table of PostgreSQL, beside a plain COPY; ``python -m tests.benchmarks.handing`` shows it.

The COPY puts the same rows into a new table with the same key, in the same run. What the store takes is told apart.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import sqlalchemy as sa
from rich.console import Console

from data import (
    Store,
    TableTarget,
    fill_outbox,
    hand_to_table,
    publish_plan,
    settle,
    upgrade_store,
    waiting_rows,
)
from tests.data.store.planned import EIGHT, run_record
from tests.services.postgres import new_database, postgres

_MINUTES = 10


def main() -> None:
    """Publishes and hands out a plan and a re-plan, and shows what each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=60_000)
    parser.add_argument("--changed", type=float, default=0.02, help="share of tasks that a re-plan changes")
    parser.add_argument("--repeat", type=int, default=5, help="times each is measured; the medians count")
    options = parser.parse_args()
    console = Console()
    with postgres() as url, TemporaryDirectory() as folder:
        for kind, store_url in (("SQLite", f"sqlite:///{folder}/allot.db"), ("PostgreSQL", new_database(url))):
            store = Store(store_url)
            upgrade_store(store)
            console.print(f"store in {kind}:")
            first = _through_store(console, store, "plan", _plan(options.tasks, 0))
            second = _through_store(
                console, store, "re-plan", _plan(options.tasks, round(options.tasks * options.changed))
            )
            store.close()
        _to_table(console, url, first, second, options.repeat)


def _plan(tasks: int, changed: int) -> pl.DataFrame:
    """A plan of so many tasks, the first of which go to others than before."""
    number = pl.int_range(tasks, dtype=pl.Int64, eager=True)
    start = pl.lit(EIGHT, dtype=pl.Datetime("us", "UTC")) + pl.duration(minutes=pl.col("n") % 12 * _MINUTES)
    person = pl.col("n") // 12 + (pl.col("n") < changed).cast(pl.Int64)
    return pl.DataFrame({"n": number}).select(
        task_id="T" + pl.col("n").cast(pl.String).str.zfill(7),
        agent_id="A" + person.cast(pl.String),
        sequence=pl.col("n") % 12 + 1,
        start_at=start,
        end_at=start + pl.duration(minutes=_MINUTES),
    )


def _through_store(console: Console, store: Store, name: str, plan: pl.DataFrame) -> pl.DataFrame:
    """Publishes a plan and empties the outbox; the rows that it had."""

    def timed(what: str, act: Callable[[Any], Any]) -> Any:
        began = time.perf_counter()
        with store.writing() as connection:
            found = act(connection)
        console.print(f"  {name}, {what}: {time.perf_counter() - began:.2f} s")
        return found

    timed("publish", lambda connection: publish_plan(connection, run_record(name), Path(name), plan, EIGHT))
    timed("fill the outbox", lambda connection: fill_outbox(connection, "desk"))
    rows: pl.DataFrame = timed("read it", lambda connection: waiting_rows(connection, "desk"))
    timed(f"settle {rows.height:,} rows", lambda connection: settle(connection, "desk", rows))
    return rows


def _to_table(console: Console, url: str, first: pl.DataFrame, second: pl.DataFrame, repeat: int) -> None:
    took: dict[str, list[float]] = {}

    def note(what: str, seconds: float) -> None:
        took.setdefault(what, []).append(seconds)

    for _ in range(repeat):
        database = new_database(url)
        note("COPY", _copied(database, first))
        target = TableTarget(database, "plan")
        hand_to_table(target, first.clear(), lambda rows: None)  # makes the table, and connects: the start
        note("start", _handed(target, first.clear()))
        note("plan", _handed(target, first))
        note("the same again", _handed(target, first))
        note("re-plan", _handed(target, second))
    middle = {what: statistics.median(seconds) for what, seconds in took.items()}
    start = middle.pop("start")
    copied = middle.pop("COPY")
    console.print(f"COPY of {first.height:,} rows into a table with this key: {copied:.2f} s; start {start:.3f} s")
    for what, seconds in middle.items():
        count = second.height if what == "re-plan" else first.height
        ratio = (seconds - start) / copied
        console.print(f"{what}, {count:,} rows: {seconds - start:.2f} s, {ratio:.2f} times the COPY")


def _handed(target: TableTarget, rows: pl.DataFrame) -> float:
    began = time.perf_counter()
    hand_to_table(target, rows, lambda rows: None)
    return time.perf_counter() - began


def _copied(database: str, rows: pl.DataFrame) -> float:
    engine = sa.create_engine(database, poolclass=sa.NullPool)
    text = BytesIO()
    rows.write_csv(text, include_header=False, datetime_format="%Y-%m-%d %H:%M:%S+00")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE copied (task_id text PRIMARY KEY, version bigint, agent_id text, sequence bigint, "
            "start_at timestamptz, end_at timestamptz, state text)"
        )
    with engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        began = time.perf_counter()
        with driver.cursor() as cursor, cursor.copy("COPY copied FROM STDIN (FORMAT csv)") as copy:
            copy.write(text.getvalue())
        driver.commit()
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
