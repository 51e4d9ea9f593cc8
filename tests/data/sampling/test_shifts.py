"""The shifts of a sample."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from data.sampling.sample import write_sample
from data.snapshot.read import read_snapshot
from data.snapshot.snapshot import Snapshot
from tests.data.sampling.figures import share


def test_shifts_are_of_every_sort(snapshot: Snapshot) -> None:
    local = snapshot.shifts.with_columns(pl.col("start", "end").dt.convert_time_zone(snapshot.timezone)).with_columns(
        ((pl.col("end") - pl.col("start")).dt.total_minutes() / 60).alias("hours")
    )
    work = local.filter(pl.col("kind") == "work")
    assert set(local["kind"]) == {"work", "break", "reserved"}
    assert {6, 8, 12, 22} <= set(work["start"].dt.hour())
    assert (work["start"].dt.date() < work["end"].dt.date()).any()
    assert work["hours"].min() < 6 < work["hours"].max()
    assert share(snapshot.agents["agent_id"].is_in(work["agent_id"].implode())) < 0.99  # leave


def test_breaks_and_reserved_time_lie_within_work_and_apart(snapshot: Snapshot) -> None:
    work = snapshot.shifts.filter(pl.col("kind") == "work")
    other = snapshot.shifts.filter(pl.col("kind") != "work").sort("agent_id", "start")
    around = other.join(work, on="agent_id", suffix="_work").filter(
        pl.col("start") >= pl.col("start_work"), pl.col("end") <= pl.col("end_work")
    )
    assert around.height == other.height
    previous_end = pl.col("end").shift(1).over("agent_id")
    assert other.select((pl.col("start") >= previous_end).fill_null(True).all()).item()


def test_few_work_at_the_weekend(tmp_path: Path) -> None:
    write_sample(tmp_path, days=7, tasks=10)
    shifts = read_snapshot(tmp_path).shifts.filter(pl.col("kind") == "work")
    on_day = dict(shifts["start"].dt.weekday().value_counts().iter_rows())
    assert 0 < on_day[6] < 0.2 * on_day[2]


def test_shifts_over_a_change_of_the_clock(tmp_path: Path) -> None:
    write_sample(tmp_path / "weeks", tasks=1, agents=300, days=35)  # the clock is put forward on the 29th
    shifts = read_snapshot(tmp_path / "weeks").shifts
    assert shifts["start"].max() > datetime(2026, 4, 1, tzinfo=UTC)
