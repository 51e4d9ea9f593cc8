"""Snapshots of frames in memory, polars or pandas."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from data import TABLES, Snapshot, read_snapshot
from models import SnapshotError
from tests.data.small import SETTINGS, frames, write_folder, write_frames
from tests.strange import STRANGE


def read(**changed: Any) -> Snapshot:
    return read_snapshot({**frames(), "snapshot": SETTINGS, **changed}, allow_empty=True)


def refused(source: Mapping[str, Any]) -> str:
    with pytest.raises(SnapshotError) as refusal:
        read_snapshot(source)
    return str(refusal.value)


def pandas_frames() -> dict[str, pd.DataFrame]:
    return {name: pd.DataFrame(frame.to_dict(as_series=False)) for name, frame in frames().items()}


def test_polars_frames_say_the_same_as_files(tmp_path: Path) -> None:
    folder = read_snapshot(write_folder(tmp_path / "s"))
    snapshot = read()
    assert all(getattr(folder, name).equals(getattr(snapshot, name)) for name in TABLES)


def test_pandas_frames_say_the_same() -> None:
    snapshot = read(**pandas_frames())
    assert all(getattr(read(), name).equals(getattr(snapshot, name)) for name in TABLES)


def test_lazy_frames_say_the_same() -> None:
    assert read(tasks=frames()["tasks"].lazy()).tasks.equals(read().tasks)


def test_table_names_are_matched_loosely() -> None:
    tables = frames()
    tables["Agent Skills"] = tables.pop("agent_skills")
    assert read_snapshot({**tables, "Snapshot": SETTINGS}).agent_skills.height == 1


@pytest.mark.parametrize("name", STRANGE)
def test_any_name_of_an_unknown_column_is_passed_through(name: str) -> None:
    assert passed_through("memory", [name], Path()) == [(name.strip(), "v0")]


@pytest.mark.parametrize("kind", ["memory", "csv", "parquet", "xlsx"])
def test_so_are_all_of_them_beside_each_other(kind: str, tmp_path: Path) -> None:
    names = [name for name in STRANGE if kind != "xlsx" or not name.startswith("\0")]
    expected = [(name.strip(), f"v{k}") for k, name in enumerate(names)]
    assert passed_through(kind, names, tmp_path) == expected


def passed_through(kind: str, names: list[str], folder: Path) -> list[tuple[str, str]]:
    """Names, less what is put before them, and values of the columns of tasks that are not known, read back."""
    tables = frames()
    tables["tasks"] = tables["tasks"].with_columns(pl.lit(f"v{k}").alias(name) for k, name in enumerate(names))
    source = {**tables, "snapshot": SETTINGS} if kind == "memory" else write_frames(tables, folder, kind)
    tasks, plain = read_snapshot(source).tasks, read().tasks
    own = [name for name in tasks.columns if name not in plain.columns]
    assert tasks.select(name for name in tasks.columns if name not in own).equals(plain)
    assert all(own_name.endswith(name.strip()) for own_name, name in zip(own, names, strict=True))
    return [(name.strip(), value) for name, column in zip(names, own, strict=True) for value in set(tasks[column])]


@pytest.mark.parametrize(
    ("ids", "texts"),
    [
        ([4711, 42, 7], ["4711", "42", "7"]),
        ([4711.0, 42.5, None], ["4711", "42.5", None]),
        ([Decimal("4711.00"), Decimal("42.50"), None], ["4711", "42.50", None]),
        (["007", " 8 ", ""], ["007", "8", None]),
        ([True, False, None], ["true", "false", None]),
    ],
)
def test_ids_of_every_type_become_text(ids: list[object], texts: list[str | None]) -> None:
    tasks = pl.DataFrame({"task_id": ["T1", "T2", "T3"], "process": ["claim"] * 3, "tenant": ids}, strict=False)
    assert read(tasks=tasks).tasks["tenant"].to_list() == texts


def test_ids_that_lost_digits_as_floating_point_numbers_are_set_aside() -> None:
    tasks = pl.DataFrame({"task_id": [2.0**53 - 1, 2.0**53, 1e17, 1.5], "process": ["claim"] * 4})
    snapshot = read(tasks=tasks)
    assert snapshot.tasks["task_id"].to_list() == ["9007199254740991"]
    assert snapshot.rejects.select("row", "rule").rows() == [(3, "type"), (4, "type"), (5, "type")]
    assert snapshot.rejects["message"].str.contains("lost digits").to_list() == [True, True, False]
    assert "is a number with decimals, not a name" in snapshot.rejects["message"][2]


def test_short_floating_point_numbers_lose_digits_sooner() -> None:
    ids = pl.Series([2.0**24 - 1, 2.0**24 + 2], dtype=pl.Float32)
    snapshot = read(tasks=pl.DataFrame({"task_id": ids, "process": ["claim"] * 2}))
    assert snapshot.tasks["task_id"].to_list() == ["16777215"]
    assert snapshot.rejects["rule"].to_list() == ["type"]


def test_a_list_of_skills_is_told_on_one_line() -> None:
    skills = [["motor", "german"], ["motor"], None]
    tasks = pl.DataFrame({"task_id": ["T1", "T2", "T3"], "process": ["claim"] * 3, "skills": skills})
    snapshot = read(tasks=tasks)
    assert snapshot.rejects["message"].to_list() == [
        "skills '['motor', 'german']' is a list; write motor;german",
        "skills '['motor']' is a list; write motor",
    ]


@pytest.mark.parametrize(
    "value", [{"a": [1, 2]}, [[1], [2]], b"\xff\xfe", list(range(1000))], ids=["struct", "nested", "binary", "long"]
)
def test_no_message_holds_the_picture_of_a_frame(value: object) -> None:
    tasks = pl.DataFrame({"task_id": ["T1", "T2"], "process": ["claim"] * 2, "tenant": [value, None]})
    told = read(tasks=tasks).rejects.select("value", "message").row(0)
    assert all("shape:" not in text and "\n" not in text for text in told)
    assert len(told[0]) < 100


def test_pandas_ids_of_mixed_types_become_text() -> None:
    tasks = pd.DataFrame({"task_id": [4711, "0042", 7.0, None], "process": ["claim"] * 4})
    snapshot = read(tasks=tasks)
    assert snapshot.tasks["task_id"].to_list() == ["4711", "0042", "7"]
    assert snapshot.rejects["rule"].to_list() == ["required"]


def test_pandas_gaps_are_missing_values() -> None:
    tasks = pd.DataFrame(
        {
            "task_id": [1, 2],
            "process": ["claim", "claim"],
            "minutes": [float("nan"), 5],
            "due_at": [pd.NaT, pd.Timestamp("2026-01-05 12:00")],
            "agent_id": pd.array([None, 3], dtype="Int64"),
            "note": [None, "x"],
        },
        index=pd.Index([7, 9]),
    )
    snapshot = read(tasks=tasks, agents=pd.DataFrame({"agent_id": [3, "A1", "A2"]}))
    assert snapshot.rejects.is_empty()
    assert snapshot.tasks.select("task_id", "minutes", "agent_id", "note").rows() == [
        ("1", None, None, None),
        ("2", 5.0, "3", "x"),
    ]


def test_moments_with_and_without_a_zone() -> None:
    tasks = pl.DataFrame(
        {
            "task_id": ["T1"],
            "process": ["claim"],
            "created_at": [datetime(2026, 1, 5, 12)],  # noqa: DTZ001  local is meant
            "due_at": [datetime(2026, 1, 5, 12, tzinfo=UTC)],
            "not_before": [datetime(2026, 1, 5).date()],  # noqa: DTZ001
        }
    ).with_columns(pl.col("created_at").dt.cast_time_unit("ns"), pl.col("due_at").dt.convert_time_zone("Asia/Tokyo"))
    row = read(tasks=tasks).tasks.select("created_at", "due_at", "not_before").row(0)
    assert [moment.isoformat() for moment in row] == [
        "2026-01-05T11:00:00+00:00",
        "2026-01-05T12:00:00+00:00",
        "2026-01-04T23:00:00+00:00",
    ]


def test_typed_moments_over_a_change_of_the_clock() -> None:
    moments = [datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30)]  # noqa: DTZ001
    tasks = pl.DataFrame({"task_id": ["T1", "T2"], "process": ["claim"] * 2, "due_at": moments})
    snapshot = read(tasks=tasks)
    assert snapshot.rejects.select("value", "message").rows() == [
        (
            "2026-03-29 02:30:00.000000",
            "due_at '2026-03-29 02:30:00.000000' does not exist: the clock of Europe/Berlin skips it",
        )
    ]
    assert snapshot.tasks["due_at"].item().isoformat() == "2026-10-25T00:30:00+00:00"


def test_numbers_mean_their_shortest_decimal_text() -> None:
    tasks = pl.DataFrame(
        {
            "task_id": ["T1"],
            "process": ["claim"],
            "value": [0.1],
            "penalty": [Decimal("0.10")],
            "minutes": [3],
        },
        schema_overrides={"value": pl.Float32},
    )
    assert read(tasks=tasks).tasks.select("value", "penalty", "minutes").row(0) == (0.1, 0.1, 3.0)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("minutes", True),
        ("minutes", [5]),
        ("minutes", datetime(2026, 1, 5)),  # noqa: DTZ001
        ("due_at", 1767600000),
        ("due_at", True),
        ("tenant", [1, 2]),
        ("tenant", b"\xff"),
        ("tenant", {"a": 1}),
    ],
)
def test_values_of_a_type_that_does_not_fit_are_set_aside(column: str, value: object) -> None:
    tasks = pl.DataFrame({"task_id": ["T1"], "process": ["claim"], column: [value]})
    assert read(tasks=tasks).rejects.select("column", "rule").rows() == [(column, "type")]


@pytest.mark.parametrize("dtype", [pl.Datetime("ms"), pl.Datetime("us"), pl.Datetime("ms", "UTC"), pl.Date()])
def test_times_of_the_wrong_unit_are_set_aside(dtype: pl.DataType) -> None:
    physical = 2**31 - 1 if dtype == pl.Date else 2**62
    tasks = pl.DataFrame({"task_id": ["T1"], "process": ["claim"], "due_at": pl.Series([physical]).cast(dtype)})
    assert read(tasks=tasks).rejects.select("column", "rule").rows() == [("due_at", "range")]


def test_objects_are_read_as_their_text() -> None:
    path = pl.Series([Path("x")], dtype=pl.Object)
    tasks = pl.DataFrame({"task_id": ["T1"], "process": ["claim"], "tenant": path, "file": path})
    assert read(tasks=tasks).tasks.select("tenant", "file").row(0) == ("x", "x")


def test_a_table_that_is_none_is_absent() -> None:
    assert read(pairs=None).pairs.is_empty()


def test_unknown_columns_keep_their_types() -> None:
    tasks = frames()["tasks"].with_columns(score=pl.Series([1.5, 2.5, None]), tags=pl.Series([["a"], [], None]))
    assert read(tasks=tasks).tasks.schema["score"] == pl.Float64
    assert read(tasks=tasks).tasks.schema["tags"] == pl.List(pl.String)


def test_columns_of_nothing_are_missing_values() -> None:
    tasks = frames()["tasks"].with_columns(value=pl.lit(None), status=pl.lit(None), due_at=pl.lit(None))
    assert read(tasks=tasks).tasks.select("value", "status", "due_at").row(0) == (None, "queued", None)


def test_rows_of_nothing_are_skipped() -> None:
    tasks = pl.DataFrame({"task_id": ["T1", None, "T2"], "process": ["claim", None, "claim"]})
    assert read(tasks=tasks).tasks["row"].to_list() == [2, 4]


def test_inputs_change_with_the_content() -> None:
    other = frames(tasks=[["task_id", "process"], ["T9", "claim"]])["tasks"]
    assert list(read().inputs) == [*(name for name in TABLES if name != "pairs"), "snapshot"]
    assert read().inputs == read().inputs
    assert read().inputs["tasks"] != read(tasks=other).inputs["tasks"]
    assert read().inputs["agents"] == read(tasks=other).inputs["agents"]


def test_the_period_is_an_input() -> None:
    assert (
        read().inputs["snapshot"] != read(snapshot={**SETTINGS, "horizon_end": "2026-01-05T17:00"}).inputs["snapshot"]
    )


def test_a_mapping_that_is_no_snapshot_is_refused() -> None:
    tables = frames()
    assert refused({**tables, "task": tables["tasks"]}) == "'task' is not a table; did you mean 'tasks'?"
    assert refused({**tables, "tasks": [1]}) == "'tasks' is a list, not a polars or pandas frame"
    assert refused({**tables, "snapshot": "today"}).startswith("'snapshot' must be a mapping of as_of")
    assert refused({"agents": tables["agents"]}) == "the table 'processes' is missing"
    assert refused({**tables, "Tasks": tables["tasks"]}) == (
        "the mapping has the keys 'tasks' and 'Tasks'; keep one of them"
    )


def test_a_frame_without_columns_is_refused() -> None:
    assert refused({**frames(), "snapshot": SETTINGS, "tasks": pl.DataFrame()}) == (
        "tasks: the required column 'task_id' is missing (columns found: none)"
    )


def test_two_pandas_columns_of_one_name_are_refused() -> None:
    tasks = pd.DataFrame([["T1", "claim", "x"]], columns=["task_id", "process", "process"])
    assert refused({**frames(), "tasks": tasks}) == "'tasks': the column 'process' is there twice"


def test_a_column_without_a_name_is_not_read(tmp_path: Path) -> None:
    changed = frames()
    changed["agents"] = changed["agents"].with_columns(pl.lit(1).alias(""))
    snapshot = read_snapshot({"snapshot": SETTINGS, **changed})
    assert [w for w in snapshot.warnings if "no header" in w]


@pytest.mark.parametrize("dtype", [pl.Datetime("ms"), pl.Date(), pl.List(pl.String), pl.Binary()])
def test_a_column_of_a_type_that_is_no_number_is_set_aside(dtype: pl.DataType) -> None:
    changed = frames()
    skills = changed["agent_skills"]
    value = {pl.Binary: b"1", pl.List: ["1"]}.get(type(dtype), datetime(2026, 1, 1))  # noqa: DTZ001
    changed["agent_skills"] = skills.with_columns(pl.Series("level", [value] * skills.height, dtype))
    with pytest.raises(SnapshotError, match="its only row is set aside"):
        read_snapshot({"snapshot": SETTINGS, **changed})


def test_frames_in_many_pieces_are_read_like_any_other() -> None:
    changed = frames()
    shifts = changed["shifts"].with_columns(pl.col("start").cast(pl.String))
    bad = shifts.with_columns(start=pl.lit("noon"))
    changed["shifts"] = pl.concat([shifts] * 45 + [bad, shifts.with_columns(start=pl.lit("next week"))], rechunk=False)
    snapshot = read_snapshot({"snapshot": SETTINGS, **changed}, max_reject_share=1)
    assert all("'noon'" in message or "'next week'" in message for message in snapshot.rejects["message"])
    assert snapshot.rejects.height == bad.height * 2
