"""Snapshots in which something has happened since the plan was made."""

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl

Change = Callable[[Path], None]
"""What happens to a snapshot, in its folder."""

_OF_TASKS = 100
_URGENT_POINTS = 500.0


def changed(before: Path, folder: Path, change: Change) -> Path:
    """A copy of a snapshot in which something has happened."""
    shutil.copytree(before, folder, copy_function=shutil.copyfile)
    folder.chmod(0o755)
    change(folder)
    return folder


def one_in_a_hundred(snapshot: Path) -> None:
    """One task in a hundred is gone, new or due at another time, a third each."""
    tasks = _read(snapshot, "tasks")
    turn = pl.int_range(pl.len()) % (3 * _OF_TASKS)
    new = tasks.filter(turn == 1).with_columns(task_id=pl.lit("NEW-") + pl.col("task_id"), status=pl.lit("queued"))
    new = new.with_columns(agent_id=pl.lit(None, pl.String)) if "agent_id" in new.columns else new
    other = pl.when(turn == 2).then(pl.col("due_at").shift(-1)).otherwise("due_at")
    kept = tasks.with_columns(due_at=other).filter(turn != 0)
    _write(snapshot, "tasks", pl.concat([kept, new], how="vertical_relaxed"))


def one_out_and_five_urgent(snapshot: Path) -> None:
    """The person with most skills does not come; five more tasks of different processes are due at the first noon."""
    skills, shifts = _read(snapshot, "agent_skills"), _read(snapshot, "shifts")
    ill = skills["agent_id"].value_counts().sort("count", "agent_id", descending=[True, False])["agent_id"][0]
    _write(snapshot, "shifts", shifts.filter(pl.col("agent_id") != ill))
    tasks = _read(snapshot, "tasks")
    noon = shifts["start"].min()[:10] + "T12:00:00"  # type: ignore[index]
    urgent = tasks.unique("process", keep="first", maintain_order=True).gather_every(tasks["process"].n_unique() // 5)
    urgent = urgent.head(5).with_columns(
        task_id=pl.lit("URGENT-") + pl.col("task_id"), due_at=pl.lit(noon), penalty=pl.lit(str(_URGENT_POINTS))
    )
    _write(snapshot, "tasks", pl.concat([tasks, urgent], how="diagonal"))


def _read(snapshot: Path, table: str) -> pl.DataFrame:
    """A table of a snapshot of Parquet or CSV files, of the latter as text."""
    file = snapshot / f"{table}.parquet"
    return pl.read_parquet(file) if file.exists() else pl.read_csv(file.with_suffix(".csv"), infer_schema=False)


def _write(snapshot: Path, table: str, rows: pl.DataFrame) -> None:
    file = snapshot / f"{table}.parquet"
    if file.exists():
        rows.write_parquet(file)
    else:
        rows.write_csv(file.with_suffix(".csv"))


def disturbance(earlier: Path, now: Path) -> dict[str, int]:
    """How many tasks of an earlier run are there but with somebody else, and how many people's work is another."""
    before, after = (pl.read_parquet(run / "plan.parquet", columns=["task_id", "agent_id"]) for run in (earlier, now))
    left = pl.read_parquet(now / "unplanned.parquet", columns=["task_id"])
    both = before.join(after, on="task_id", how="full", coalesce=True, suffix="_now")
    other = both.filter(~pl.col("agent_id").eq_missing(pl.col("agent_id_now")))
    still_there = pl.concat([after["task_id"], left["task_id"]])
    moved = other.filter(pl.col("agent_id").is_not_null() & pl.col("task_id").is_in(still_there.implode()))
    people = pl.concat([other["agent_id"], other["agent_id_now"]]).drop_nulls()
    return {"moved": moved.height, "people": people.n_unique()}
