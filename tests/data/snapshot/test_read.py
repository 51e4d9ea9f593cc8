"""Snapshots read from folders: what is found, matched and typed, and which folders are refused."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from data import TABLES, Snapshot, read_snapshot
from models import SnapshotError
from tests.data.small import SETTINGS, csv_text, frames, packed, tables, toml_text, write_folder

AS_OF = datetime(2026, 1, 5, 7, tzinfo=UTC)


def refused(folder: Path) -> str:
    with pytest.raises(SnapshotError) as refusal:
        read_snapshot(folder)
    return str(refusal.value)


def same(one: Snapshot, other: Snapshot) -> bool:
    return all(getattr(one, name).equals(getattr(other, name)) for name in TABLES)


def test_a_folder_of_csv(tmp_path: Path) -> None:
    snapshot = read_snapshot(write_folder(tmp_path / "s"))
    assert (snapshot.as_of, snapshot.horizon_end) == (AS_OF, AS_OF + timedelta(hours=10))
    assert snapshot.timezone == "Europe/Berlin"
    assert snapshot.rows_read == {
        "processes": 2,
        "agents": 2,
        "tasks": 3,
        "agent_skills": 1,
        "shifts": 2,
        "pairs": 0,
    }
    assert snapshot.tasks["due_at"].to_list() == [
        datetime(2026, 1, 5, 11, tzinfo=UTC),
        None,
        datetime(2026, 1, 6, 11, tzinfo=UTC),
    ]


def test_every_table_has_all_columns_in_their_types(tmp_path: Path) -> None:
    snapshot = read_snapshot(write_folder(tmp_path / "s"))
    for name, table in TABLES.items():
        assert getattr(snapshot, name).schema == table.empty().schema


def test_hashes_every_input(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "s")
    snapshot = read_snapshot(folder)
    names = {"snapshot.toml", *(f"{name}.csv" for name in tables())}
    assert snapshot.inputs == {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in names}


def test_parquet_gzip_and_csv_say_the_same(tmp_path: Path) -> None:
    plain = read_snapshot(write_folder(tmp_path / "plain"))
    folder = write_folder(tmp_path / "mixed", {"shifts.csv.gz": packed(csv_text(tables()["shifts"]))})
    frames()["tasks"].write_parquet(folder / "tasks.parquet")
    for name in ("shifts.csv", "tasks.csv"):
        (folder / name).unlink()
    assert same(plain, read_snapshot(folder))


def test_typed_parquet_says_the_same_as_text(tmp_path: Path) -> None:
    plain = read_snapshot(write_folder(tmp_path / "plain"))
    folder = write_folder(tmp_path / "typed")
    (folder / "tasks.csv").unlink()
    typed = frames()["tasks"].with_columns(
        pl.col("due_at").str.to_datetime("%Y-%m-%dT%H:%M"),
        pl.col("minutes").cast(pl.Float32),
        pl.col("process").cast(pl.Categorical),
    )
    typed.write_parquet(folder / "tasks.parquet")
    assert same(plain, read_snapshot(folder))


@pytest.mark.parametrize(
    "headers",
    [
        ["TASK_ID", "Process", "Due At", "MINUTES"],
        ["Task ID", "process", "due-at", "Minutes "],
        ["task/id", "PROCESS", "dueAt", " minutes"],
    ],
)
def test_columns_are_matched_loosely(tmp_path: Path, headers: list[object]) -> None:
    plain = read_snapshot(write_folder(tmp_path / "plain"))
    loose = read_snapshot(write_folder(tmp_path / "s", tasks=[headers, *tables()["tasks"][1:]]))
    assert same(plain, loose)
    assert loose.warnings == ()


def test_unknown_columns_are_kept_after_row_under_their_own_header(tmp_path: Path) -> None:
    head: list[object] = ["Case No.", "task_id", "row", "process"]
    snapshot = read_snapshot(write_folder(tmp_path / "s", tasks=[head, ["007", "T1", "12", "claim"]]))
    assert snapshot.tasks.columns == [*TABLES["tasks"].names, "row", "Case No.", "x_row"]
    assert snapshot.tasks.select("row", "Case No.", "x_row").row(0) == (2, "007", "12")


def test_unknown_columns_of_one_name_are_all_kept(tmp_path: Path) -> None:
    head: list[object] = ["task_id", "process", "note", "note"]
    snapshot = read_snapshot(write_folder(tmp_path / "s", tasks=[head, ["T1", "claim", "a", "b"]]))
    assert snapshot.tasks.select("note", "x_note").row(0) == ("a", "b")


def test_a_header_that_is_nearly_a_column_is_warned_about(tmp_path: Path) -> None:
    snapshot = read_snapshot(
        write_folder(tmp_path / "s", tasks=[["task_id", "process", "minuets", "team"], ["T1", "claim", "5", "x"]])
    )
    assert snapshot.warnings == (
        "tasks.csv: column 'minuets' is not known and only passed through; did you mean 'minutes'?",
    )


def test_a_column_without_header_is_warned_about(tmp_path: Path) -> None:
    snapshot = read_snapshot(write_folder(tmp_path / "s", tasks=[["", "task_id", "process"], ["0", "T1", "claim"]]))
    assert snapshot.warnings == ("tasks.csv: column 1 has no header; its values (1) are not read",)


def test_two_headers_of_one_column_are_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "s", tasks=[["task_id", "Task ID", "process"], ["T1", "T1", "claim"]])
    assert refused(folder) == ("tasks.csv: 'task_id' and 'Task ID' are both the column 'task_id'; keep one of them")


def test_a_missing_column_names_the_nearest_header(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "s", tasks=[["task", "proces"], ["T1", "claim"]])
    assert refused(folder) == (
        "tasks.csv: the required column 'task_id' is missing; did you mean 'task'? (columns found: 'task', 'proces')"
    )


def test_a_title_above_the_header_is_pointed_out(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "s", tasks=[["Open work", None], [None, None], *([r[0], r[1]] for r in tables()["tasks"])]
    )
    assert "the required column 'task_id' is missing; row 3 looks like the header: delete the rows above it" in refused(
        folder
    )


def test_ids_stay_text(tmp_path: Path) -> None:
    snapshot = read_snapshot(
        write_folder(
            tmp_path / "s",
            processes=[["process", "minutes"], ["007", "1"], ["1e3", "1"], ["true", "1"]],
            tasks=[["task_id", "process"], ["0001", "007"], ["1", "1e3"], ["1.0", "true"], ["NULL", "007"]],
        )
    )
    assert snapshot.tasks["task_id"].to_list() == ["0001", "1", "1.0", "NULL"]
    assert snapshot.rejects.is_empty()


def test_names_of_every_script(tmp_path: Path) -> None:
    snapshot = read_snapshot(
        write_folder(
            tmp_path / "s",
            agents=[["agent_id", "name"], ["Ольга", "Ольга Петрова"], ["王小明", "王小明"]],
            agent_skills=[["agent_id", "skill"], ["Ольга", "претензии"]],
            shifts=[["agent_id", "start", "end"], ["王小明", "2026-01-05T08:00", "2026-01-05T16:00"]],
        )
    )
    assert snapshot.agents["agent_id"].to_list() == ["Ольга", "王小明"]
    assert snapshot.rejects.is_empty()


def test_blank_rows_are_skipped_but_counted_in_row(tmp_path: Path) -> None:
    text = "\n  \ntask_id,process\n\nT1,claim\n   \n,\nT2,claim\n\n"
    snapshot = read_snapshot(write_folder(tmp_path / "s", {"tasks.csv": text}))
    assert snapshot.tasks.select("task_id", "row").rows() == [("T1", 3), ("T2", 6)]
    assert snapshot.rows_read["tasks"] == 2


def test_space_around_values_is_no_part_of_them(tmp_path: Path) -> None:
    text = 'task_id,process,minutes,tenant\n T1 ,"claim ",\t5 ,\u00a0\n'
    snapshot = read_snapshot(write_folder(tmp_path / "s", {"tasks.csv": text}))
    assert snapshot.tasks.select("task_id", "process", "minutes", "tenant").row(0) == (
        "T1",
        "claim",
        5.0,
        None,
    )


def test_a_newline_in_an_id_is_part_of_it(tmp_path: Path) -> None:
    text = 'task_id,process\n"T\n1",claim\nT2,claim\n'
    snapshot = read_snapshot(write_folder(tmp_path / "s", {"tasks.csv": text}))
    assert snapshot.tasks.select("task_id", "row").rows() == [("T\n1", 2), ("T2", 3)]


def test_a_nul_in_an_id_sets_the_row_aside(tmp_path: Path) -> None:
    text = "task_id,process\nT\x001,claim\nT2,claim\n"
    snapshot = read_snapshot(write_folder(tmp_path / "s", {"tasks.csv": text}))
    assert snapshot.rejects.select("row", "column", "rule").rows() == [(2, "task_id", "type")]


def test_tables_that_may_be_empty(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "s", agent_skills=[["agent_id", "skill"]], pairs=[["task_id", "agent_id"]])
    snapshot = read_snapshot(folder)
    assert snapshot.agent_skills.is_empty()
    assert snapshot.pairs.schema == TABLES["pairs"].empty().schema


def test_processes_may_be_empty(tmp_path: Path) -> None:
    snapshot = read_snapshot(write_folder(tmp_path / "s", processes=[["process"]]), allow_empty=True)
    assert snapshot.rejects["rule"].to_list() == ["unknown_reference"] * 3


@pytest.mark.parametrize("name", ["tasks", "agents", "shifts"])
def test_tables_that_may_not_be_empty(tmp_path: Path, name: str) -> None:
    folder = write_folder(tmp_path / "s", **{name: tables()[name][:1]})
    assert refused(folder) == f"{name}.csv has no rows (--allow-empty reads it all the same)"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"sep=;", b",,\n,,\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    folder = write_folder(tmp_path / "s", {"tasks.csv": content})
    assert refused(folder) == "tasks.csv is empty; a line with the column names is needed"


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path) == f"{tmp_path}: processes.csv (or .csv.gz or .parquet) is missing"


@pytest.mark.parametrize("name", ["task.csv", "Tasks.csv", "tasks.txt", "tasks.xlsx"])
def test_a_missing_table_names_the_nearest_file(tmp_path: Path, name: str) -> None:
    folder = write_folder(tmp_path / "s")
    (folder / "tasks.csv").rename(folder / name)
    assert refused(folder) == (f"{folder}: tasks.csv (or .csv.gz or .parquet) is missing; did you mean '{name}'?")


def test_two_files_of_one_table_are_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "s", {"tasks.csv.gz": b""})
    assert refused(folder) == "s has both tasks.csv and tasks.csv.gz; keep one of them"


@pytest.mark.parametrize("name", ["pair.csv", "Pairs.csv", "pairs.CSV"])
def test_a_file_that_is_nearly_an_absent_table_is_warned_about(tmp_path: Path, name: str) -> None:
    folder = write_folder(tmp_path / "s", {name: "task_id,agent_id\n", "notes.txt": "", "tasks_old.csv": ""})
    assert read_snapshot(folder).warnings == (f"'{name}' is not read; did you mean 'pairs.csv'?",)


def test_a_path_that_is_no_snapshot_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none").endswith("does not exist; a folder of tables or an .xlsx workbook is needed")
    (tmp_path / "tasks.csv").write_text("task_id\n")
    assert refused(tmp_path / "tasks.csv") == "tasks.csv is neither a folder of tables nor an .xlsx workbook"


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "s")
    (folder / "tasks.csv").unlink()
    (folder / "tasks.parquet").write_bytes(b"PAR1 not really")
    assert refused(folder).startswith("tasks.parquet cannot be read as Parquet: ")
    (folder / "tasks.parquet").write_bytes(b"")
    assert refused(folder) == "tasks.parquet is empty"


def test_a_damaged_gzip_file_is_refused(tmp_path: Path) -> None:
    whole = packed(csv_text(tables()["tasks"]))
    folder = write_folder(tmp_path / "s")
    (folder / "tasks.csv").unlink()
    for content in (whole[:-12], b"plain text", whole[:20] + b"\0\0" + whole[22:]):
        (folder / "tasks.csv.gz").write_bytes(content)
        assert refused(folder).startswith("tasks.csv.gz is not a whole gzip file: ")


def test_a_table_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "s")
    (folder / "tasks.csv").unlink()
    (folder / "tasks.csv").mkdir()
    assert refused(folder) == "tasks.csv cannot be read: Is a directory"


@pytest.mark.shared_data
def test_the_week_of_boston(boston: Path) -> None:
    snapshot = read_snapshot(boston)
    assert snapshot.rows_read == {
        "processes": 352,
        "agents": 131,
        "tasks": 8858,
        "agent_skills": 635,
        "shifts": 1210,
        "pairs": 0,
    }
    assert snapshot.rejects.is_empty()
    assert snapshot.warnings == ()
    assert snapshot.as_of == datetime(2011, 11, 14, 13, tzinfo=UTC)
    overdue = snapshot.tasks.filter(pl.col("due_at") <= snapshot.as_of)
    assert overdue.height == 3716


def test_settings_may_begin_with_a_bom(tmp_path: Path) -> None:
    text = "\ufeff" + toml_text(SETTINGS)
    assert read_snapshot(write_folder(tmp_path / "s", {"snapshot.toml": text})).as_of == AS_OF


def test_settings_that_are_no_toml_are_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "s", {"snapshot.toml": 'timezone = "UTC"\nas_of = 5.1.2026\n'})
    assert refused(folder) == (
        "snapshot.toml cannot be read: line 2: Expected newline or end of document after a statement; "
        'text, times and lengths stand in quotes: as_of = "5.1.2026"'
    )


def test_without_settings_the_caller_gives_them(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "s")
    (folder / "snapshot.toml").rename(folder / "snapshots.toml")
    assert refused(folder).startswith("the moment of the snapshot is missing: give as_of in snapshot.toml")
    snapshot = read_snapshot(folder, as_of="2026-01-05T07:00", horizon="10h")
    assert (snapshot.as_of, snapshot.timezone) == (AS_OF, "UTC")
    assert snapshot.warnings == ("'snapshots.toml' is not read; did you mean 'snapshot.toml'?",)


def test_the_caller_counts_more_than_the_settings(tmp_path: Path) -> None:
    snapshot = read_snapshot(write_folder(tmp_path / "s"), as_of="2026-01-05T09:00", horizon="90m")
    assert snapshot.as_of == AS_OF + timedelta(hours=1)
    assert snapshot.horizon_end == AS_OF + timedelta(hours=2.5)
