"""How large the history gets, and how long it takes: `python -m tests.benchmarks.history RUN FOLDER [--year]`.

RUN is the folder of a run, whose key figures are varied: every five minutes for ten days, or with `--year` once a day.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from rich.console import Console

from data import Store, add_run, read_further, read_record, set_target, upgrade_store
from models import MEASURES, Quantity

NOW = datetime(2026, 5, 20, 18, tzinfo=UTC)
SITES = 22
console = Console(highlight=False)


def main() -> None:
    """Adds the runs, then looks at them by the commands."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--year", action="store_true")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    (given.folder / "allot.toml").write_text('timezone = "Europe/Berlin"\n', encoding="utf-8")
    file = given.folder / "allot.db"
    step, count = (timedelta(days=1), 365) if given.year else (timedelta(minutes=5), 2880)
    record, kpis = read_record(given.run), _spread(read_further(given.run, "kpis"))
    store, seconds = Store(f"sqlite:///{file}"), []
    upgrade_store(store)
    console.print(
        f"{kpis.height} figures a run, {kpis.filter(pl.col('level') != 'agent').height} without those of people"
    )
    for number, values in enumerate(_varied(kpis, count)):
        as_of = NOW - (count - 1 - number) * step
        one = replace(record, run_id=f"run-{number:05}", as_of=as_of, horizon_end=as_of + timedelta(hours=10))
        began = time.perf_counter()
        with store.writing() as connection:
            add_run(connection, one, given.run.resolve(), values)
        seconds.append(time.perf_counter() - began)
    with store.writing() as connection:
        set_target(connection, "site", "Site 03", "sla_share", 0.9, date(2026, 1, 1), None)
    store.close()
    console.print(f"adding a run: median {np.median(seconds):.2f} s, most {max(seconds):.2f} s")
    console.print(f"store: {sum(f.stat().st_size for f in given.folder.glob('allot.db*')) / 2**20:,.0f} MiB")
    span = ("--from", "-366d") if given.year else ("--from", "-11d")
    _timed(given.folder, "history", "show", "--level", "site", "--measure", "sla_share", *span)
    _timed(given.folder, "history", "show", "--level", "site", "--key", "Site 03", "--by", "day", *span)
    _timed(given.folder, "history", "page", "--out", "history.html", *span)
    console.print(f"page: {(given.folder / 'history.html').stat().st_size / 1e6:.1f} MB")


def _spread(kpis: pl.DataFrame | None) -> pl.DataFrame:
    """The figures with the sites of a large house instead of their own."""
    assert kpis is not None
    one = kpis.filter(pl.col("level") == "site", pl.col("key") == kpis.filter(pl.col("level") == "site")["key"][0])
    sites = [one.with_columns(pl.lit(f"Site {number:02}").alias("key")) for number in range(1, SITES + 1)]
    return pl.concat([kpis.filter(pl.col("level") != "site"), *sites])


def _varied(kpis: pl.DataFrame, count: int) -> Iterator[pl.DataFrame]:
    """The figures, each wandering about its value."""
    random = np.random.default_rng(1)
    values = kpis["value"].to_numpy()
    whole = kpis["measure"].replace_strict(
        {name: known.quantity is Quantity.COUNT for name, known in MEASURES.items()}, default=False
    )
    drift = np.zeros(len(values))
    for _ in range(count):
        drift = 0.95 * drift + random.normal(0, 0.06, len(values))
        moved = values * np.exp(drift)
        yield kpis.with_columns(pl.Series("value", np.where(whole.to_numpy(), np.rint(moved), moved.round(4))))


def _timed(folder: Path, *arguments: str) -> None:
    began = time.perf_counter()
    environment = {"ALLOT_NOW": NOW.isoformat()}
    command = [sys.executable, "-m", "scheduler", *arguments]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, env=_with(environment))
    assert done.returncode == 0, done.stderr
    console.print(f"allot {' '.join(arguments)}: {time.perf_counter() - began:.1f} s")


def _with(more: dict[str, str]) -> dict[str, str]:
    return {**os.environ, **more}


if __name__ == "__main__":
    main()
