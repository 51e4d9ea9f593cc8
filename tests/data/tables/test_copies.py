"""Rows that were exported twice count once; what differs in anything is no copy."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from data import Snapshot, read_snapshot
from models import SnapshotError
from tests.data.small import SETTINGS, TABLES, frames

TASKS: list[Any] = ["task_id", "process", "minutes", "status", "colour"]


def read(**tables: Any) -> Snapshot:
    return read_snapshot({**frames(**tables), "snapshot": SETTINGS}, max_reject_share=1, allow_empty=True)


def of_tasks(*rows: list[Any]) -> Snapshot:
    return read(tasks=[TASKS, *rows])


def test_copies_count_once_with_a_warning_and_leave_every_count() -> None:
    row = ["T1", "claim", "30", None, "red"]
    snapshot = of_tasks(row, ["T2", "claim", "5", None, None], row, row)
    assert snapshot.tasks.select("task_id", "row").rows() == [("T1", 2), ("T2", 3)]
    assert snapshot.rows_read["tasks"] == 2
    assert snapshot.rejects.is_empty()
    assert snapshot.warnings == (
        "tasks: rows that repeat an earlier one in every value, counted once: 2, such as 'T1' (rows 2 and 4)",
    )


@pytest.mark.parametrize(
    "other",
    [
        ["T1", "claim", "31", None, "red"],
        ["T1", "claim", "30", "queued", "red"],  # what a default says is not what was read
        ["T1", "claim", "30", None, "blue"],
        ["T1", "claim", "30", None, None],
    ],
)
def test_rows_that_differ_in_anything_are_all_set_aside(other: list[Any]) -> None:
    snapshot = of_tasks(["T1", "claim", "30", None, "red"], other)
    assert snapshot.rejects.select("row", "rule").rows() == [(2, "unique"), (3, "unique")]
    assert (snapshot.rows_read["tasks"], snapshot.warnings) == (2, ())


def test_copies_go_before_what_still_shares_a_key_is_looked_at() -> None:
    row = ["T1", "claim", "30", None, "red"]
    snapshot = of_tasks(row, row, ["T1", "claim", "31", None, "red"])
    assert snapshot.rejects.select("row", "rule").rows() == [(2, "unique"), (4, "unique")]
    assert snapshot.rejects["message"][0] == "task_id 'T1' is on rows 2, 4; keep one of them"
    assert snapshot.rows_read["tasks"] == 2


def test_values_are_compared_as_they_are_read() -> None:
    assert of_tasks(["T1", "claim", "30", "Queued", None], ["T1", "claim", "30.0", "queued", " "]).rejects.is_empty()
    broken = of_tasks(["T1", "claim", "many", None, None], ["T1", "claim", "some", None, None])
    assert broken.rejects.height == 2


def test_broken_copies_are_one_reject() -> None:
    broken = of_tasks(
        ["T1", "claim", "many", None, None], ["T1", "claim", "many", None, None], [None, "x", *[None] * 3]
    )
    assert broken.rejects.select("row", "rule").rows() == [(2, "type"), (4, "required")]
    nameless = of_tasks(*([None, "claim", "5", None, None] for _ in range(3)))
    assert (nameless.rejects.height, nameless.rows_read["tasks"]) == (1, 1)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("processes", ["claim", "20", "motor"]),
        ("agents", ["A1", "Ana"]),
        ("agent_skills", ["A1", "motor", "2"]),
    ],
)
def test_every_table_with_a_key(table: str, row: list[Any]) -> None:
    snapshot = read(**{table: [*TABLES[table], row]})
    assert snapshot.rejects.is_empty()
    assert snapshot.rows_read == read().rows_read
    assert len(snapshot.warnings) == 1


def test_shifts_have_no_key_and_may_repeat() -> None:
    snapshot = read(shifts=[*TABLES["shifts"], TABLES["shifts"][1]])
    assert (snapshot.shifts.height, snapshot.warnings) == (3, ())


def test_copies_do_not_count_for_the_share_and_strict_takes_them() -> None:
    tables = frames(
        tasks=[TASKS, *(["T1", "claim", "0", None, None] for _ in range(30)), ["T2", "claim", "1", None, None]]
    )
    snapshot = read_snapshot({**tables, "snapshot": SETTINGS})
    assert (snapshot.rejects.height, snapshot.rows_read["tasks"]) == (1, 2)
    doubled = frames(processes=[*TABLES["processes"], TABLES["processes"][1]])
    assert read_snapshot({**doubled, "snapshot": SETTINGS}, strict=True).processes.height == 2
    differing = frames(processes=[*TABLES["processes"], ["claim", "21", "motor"]])
    with pytest.raises(SnapshotError, match=r"processes row 2 \(claim\): process 'claim' is on rows 2, 4"):
        read_snapshot({**differing, "snapshot": SETTINGS})


@pytest.mark.parametrize(
    "values",
    [
        [[1], [1], [2]],
        [{"a": 1}, {"a": 1}, {"a": 2}],
        [b"x", b"x", b"y"],
        [1.5, 1.5, None],
        [float("nan"), float("nan"), 0.0],
        [date(2026, 1, 5), date(2026, 1, 5), None],
        pl.Series(["x", "x", "y"], dtype=pl.Categorical),
        pl.Series([object, object, int], dtype=pl.Object),
    ],
)
def test_columns_of_ones_own_are_compared_whatever_their_type(values: Any) -> None:
    tasks = pl.DataFrame({"task_id": ["T1"] * 3, "process": ["claim"] * 3, "own": values})
    same, different = (
        read_snapshot({**frames(), "tasks": rows, "snapshot": SETTINGS}, allow_empty=True)
        for rows in (tasks[:2], tasks[1:])
    )
    assert (same.tasks.height, same.rejects.height) == (1, 0)
    assert (different.tasks.height, different.rejects.height) == (0, 2)
