"""Snapshots whose tasks come in many Parquet files."""

from pathlib import Path

import polars as pl
import pytest

from data import TABLES, read_snapshot
from models import SnapshotError
from tests.data.small import TABLES as ROWS
from tests.data.small import write_folder

HEADER, *TASKS = ROWS["tasks"]


def in_parts(folder: Path, *parts: pl.DataFrame) -> Path:
    """The small snapshot with its tasks in so many files."""
    write_folder(folder)
    (folder / "tasks.csv").unlink()
    (folder / "tasks").mkdir()
    for number, part in enumerate(parts):
        part.write_parquet(folder / "tasks" / f"part-{number}.parquet")
    return folder


def rows(*tasks: object) -> pl.DataFrame:
    return pl.DataFrame(tasks, schema=dict.fromkeys(map(str, HEADER), pl.String), orient="row")


def refused(folder: Path) -> str:
    with pytest.raises(SnapshotError) as refusal:
        read_snapshot(folder)
    return str(refusal.value)


def test_parts_say_the_same_as_one_file(tmp_path: Path) -> None:
    bad = ("T4", "claim", "some day", None), ("T1", "query", None, None)
    whole = write_folder(tmp_path / "whole", tasks=[HEADER, *TASKS, *bad])
    parts = in_parts(tmp_path / "parts", rows(TASKS[0]), rows(*TASKS[1:], bad[0]), rows(bad[1]))
    one, other = read_snapshot(whole), read_snapshot(parts)
    assert all(getattr(one, name).equals(getattr(other, name)) for name in (*TABLES, "rejects"))
    assert other.rejects["row"].to_list() == [2, 5, 6]
    assert one.reject_messages == other.reject_messages
    assert sorted(name for name in other.inputs if name.startswith("tasks")) == [
        *(f"tasks/part-{number}.parquet" for number in range(3))
    ]


def test_columns_of_some_parts_and_of_types_that_fit_are_one_table(tmp_path: Path) -> None:
    first = rows(TASKS[0]).with_columns(minutes=pl.lit(30, pl.Int64))
    second = rows(TASKS[1]).with_columns(minutes=pl.lit(None), Branch=pl.lit("0042"))
    snapshot = read_snapshot(in_parts(tmp_path / "s", first, second))
    assert snapshot.tasks["minutes"].to_list() == [30.0, None]
    assert snapshot.tasks["Branch"].to_list() == [None, "0042"]


def test_types_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    flags = rows(TASKS[1]).with_columns(due_at=pl.lit([1]))
    assert "types that do not fit" in refused(in_parts(tmp_path / "s", rows(TASKS[0]), flags))


def test_what_programs_leave_beside_parts_is_ignored_and_all_else_refused(tmp_path: Path) -> None:
    folder = in_parts(tmp_path / "s", rows(*TASKS))
    (folder / "tasks" / "_SUCCESS").touch()
    assert read_snapshot(folder).tasks.height == 3
    (folder / "tasks" / "part-7.csv").write_text("task_id,process\n")
    assert "tasks/part-7.csv is no Parquet file" in refused(folder)


def test_a_file_beside_the_parts_is_refused(tmp_path: Path) -> None:
    folder = in_parts(tmp_path / "s", rows(*TASKS))
    rows(*TASKS).write_parquet(folder / "tasks.parquet")
    assert "both tasks.parquet and tasks/*.parquet" in refused(folder)


def test_no_parts_and_damaged_ones_are_refused(tmp_path: Path) -> None:
    assert "has no Parquet files" in refused(in_parts(tmp_path / "none"))
    folder = in_parts(tmp_path / "damaged", rows(*TASKS))
    (folder / "tasks" / "part-1.parquet").write_bytes(b"PAR1")
    assert "tasks/part-1.parquet cannot be read as Parquet" in refused(folder)
