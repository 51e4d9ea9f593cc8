"""Columns that nobody plans with, of every type, cost nobody a plan: they are in the run as they came, and readable."""

import csv
import datetime as dt
import errno
import os
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import polars as pl
import pytest

import reports
from reports.words.plain import as_text
from scheduler import plan, read_view
from scheduler.audit.files import audit_run
from scheduler.run.reports import Formats, rewrite_reports
from tests.data.small import SETTINGS, frames, write_folder
from tests.scheduler.command import QUICK

pytestmark = pytest.mark.slow

NOON = dt.datetime(2026, 3, 1, 12)  # noqa: DTZ001  (naive on purpose)
HOUR = dt.timedelta(hours=1)
COLUMNS: dict[str, tuple[pl.Series, str]] = {
    "naive": (pl.Series([NOON]), "2026-03-01T12:00:00"),
    "milliseconds": (pl.Series([NOON], dtype=pl.Datetime("ms")), "2026-03-01T12:00:00"),
    "aware": (pl.Series([NOON]).dt.replace_time_zone("Asia/Tokyo"), "2026-03-01T12:00:00+09:00"),
    "date": (pl.Series([NOON.date()]), "2026-03-01"),
    "time": (pl.Series([dt.time(9, 30)]), "09:30:00"),
    "duration": (pl.Series([HOUR]), "1:00:00"),
    "days": (pl.Series([49 * HOUR + dt.timedelta(microseconds=250_000)], dtype=pl.Duration("ms")), "49:00:00.25"),
    "negative": (pl.Series([-HOUR], dtype=pl.Duration("ns")), "-1:00:00"),
    "binary": (pl.Series([b"\x00\xff"]), "00ff"),
    "long binary": (pl.Series([b"\x01" * 5000]), "01" * 32 + "... (5,000 bytes)"),
    "list": (pl.Series([["vip", "mail"]]), "vip;mail"),
    "empty list": (pl.Series([[]], dtype=pl.List(pl.String)), ""),
    "list of lengths": (pl.Series([[HOUR, None]]), "1:00:00;"),
    "list of bytes": (pl.Series([[b"\xff"]]), "ff"),
    "list of nothing": (pl.Series([[None]]), ""),
    "array": (pl.Series([[1, 2]], dtype=pl.Array(pl.Int64, 2)), "1;2"),
    "struct": (pl.Series([{"a": 1, "b": "ä"}]), '{"a": 1, "b": "ä"}'),
    "struct of lists": (pl.Series([{"a": [1, 2], "t": HOUR}]), '{"a": [1, 2], "t": "1:00:00"}'),
    "list of structs": (pl.Series([[{"at": NOON}]]), '[{"at": "2026-03-01T12:00:00"}]'),
    "list of lists": (pl.Series([[["a"], ["b"]]]), '[["a"], ["b"]]'),
    "categorical": (pl.Series(["a"], dtype=pl.Categorical), "a"),
    "enum": (pl.Series(["b"], dtype=pl.Enum(["a", "b"])), "b"),
    "decimal": (pl.Series([Decimal("1.20")]), "1.20"),
    "nothing": (pl.Series([None]), ""),
    "flag": (pl.Series([True]), "true"),
    "large": (pl.Series([2**100], dtype=pl.Int128), str(2**100)),
    "unsigned": (pl.Series([2**64 - 1], dtype=pl.UInt64), str(2**64 - 1)),
    "single": (pl.Series([1.5], dtype=pl.Float32), "1.5"),
    "no number": (pl.Series([float("nan")]), "NaN"),
}
"""Columns of one value, with that value as people read it; the second row of each is null."""


def with_columns(columns: dict[str, pl.Series]) -> dict[str, Any]:
    """The small snapshot in memory with columns of its tasks: a value in the first row, nothing in the others."""
    found: dict[str, Any] = frames()
    found["tasks"] = found["tasks"].with_columns(
        column.extend_constant(None, found["tasks"].height - 1).alias(name) for name, column in columns.items()
    )
    return found | {"snapshot": SETTINGS}


def own() -> dict[str, pl.Series]:
    return {name: column.clone() for name, (column, _text) in COLUMNS.items()}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a column of every type."""
    out = tmp_path_factory.mktemp("types") / "run"
    result = plan(with_columns(own()), out=out, engine="greedy", effort=1, csv=True, split="team")
    assert result.run["not_written"] == []
    return out


def test_every_column_reaches_the_plan_as_it_is(run):
    table = pl.read_parquet(run / "plan.parquet").filter(task_id="T1")
    assert table.schema.items() >= {name: column.dtype for name, (column, _text) in COLUMNS.items()}.items()
    for name, (column, _text) in COLUMNS.items():
        assert table[name].equals(column, null_equal=True), name


def test_csv_has_every_column_as_text(run):
    with (run / "plan.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["task_id"]: row for row in csv.DictReader(file)}
    # made for Excel: moments on the snapshot's clock, and nothing that would be taken for a formula
    told = {name: text for name, (_column, text) in COLUMNS.items()}
    told |= {"aware": "2026-03-01 04:00", "negative": "'-1:00:00"}
    assert {name: rows["T1"][name] for name in COLUMNS} == told
    assert {rows["T2"][name] for name in COLUMNS} == {""}


def sheet_row(file: Path, task: str) -> dict[str, Any]:
    """What stands beside a task on the first sheet of a workbook that has it."""
    book = openpyxl.load_workbook(file)
    for sheet in book:
        rows = list(sheet.iter_rows(values_only=True))
        for head in (row for row in rows if "Task" in row and len(row) > len(COLUMNS)):
            return next(dict(zip(head, row, strict=True)) for row in rows if task in row)
    raise AssertionError(file)


def test_the_workbook_has_every_column_as_text(run):
    row = sheet_row(run / "plan.xlsx", "T1")
    numbers = {"naive": NOON, "milliseconds": NOON, "single": 1.5, "aware": NOON - 8 * HOUR}
    for name, (_column, text) in COLUMNS.items():
        assert (row[name] or "") == numbers.get(name, text), name


def test_no_report_has_the_notation_of_a_library(run):
    for file in (run / "plan.csv", run / "report.html"):
        assert re.search(r"shape: \(|Series: '|<object", file.read_text("utf-8")) is None, file


def test_the_reports_can_be_written_again_and_the_run_holds(run, tmp_path):
    rewrite_reports(read_view(run), tmp_path, Formats(csv=True, split="agent"))
    assert (tmp_path / "plan.csv").read_bytes() == (run / "plan.csv").read_bytes()
    from data import read_snapshot

    assert audit_run(read_snapshot(with_columns(own())), run).violations == ()


OF_PANDAS: list[tuple[Any, str]] = [
    (pd.period_range("2026-01", periods=3, freq="M"), "2026-01"),
    (pd.interval_range(0, 3), "(0, 1]"),
    (pd.to_timedelta(["1h", "2h", "3h"]), "1:00:00"),
    (pd.Categorical(["a", "b", "a"]), "a"),
    ([{"a": 1}, [1], None], "{'a': 1}"),
    ([1 + 2j, 2j, 3j], "(1+2j)"),
    ([NOON.date(), None, None], "2026-03-01"),
    ([Decimal("1.20"), None, None], "1.20"),
    ([["vip", "mail"], None, None], "vip;mail"),
]
"""Columns of three values, with the first of them as people read it."""


@pytest.fixture(scope="module")
def run_of_pandas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with every column of pandas, by its number."""
    out = tmp_path_factory.mktemp("pandas") / "run"
    tasks = frames()["tasks"].to_pandas().assign(**{f"own {n}": values for n, (values, _) in enumerate(OF_PANDAS)})
    snapshot = {**frames(), "tasks": tasks, "snapshot": SETTINGS}
    result = plan(snapshot, out=out, engine="greedy", effort=1, csv=True)
    assert result.run["not_written"] == []
    return out


@pytest.mark.parametrize(("number", "text"), [(n, text) for n, (_, text) in enumerate(OF_PANDAS)])
def test_columns_of_pandas(run_of_pandas, number, text):
    with (run_of_pandas / "plan.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["task_id"]: row[f"own {number}"] for row in csv.DictReader(file)}["T1"] == text
    assert sheet_row_of(run_of_pandas / "plan.xlsx", f"own {number}") == text


def sheet_row_of(file: Path, column: str) -> str:
    rows = list(openpyxl.load_workbook(file)["Plan"].iter_rows(values_only=True))
    task = rows[0].index("Task")
    return str(next(row[rows[0].index(column)] for row in rows if row[task] == "T1"))


def test_a_type_that_parquet_does_not_know_is_text_in_the_plan(tmp_path):
    out = tmp_path / "run"
    snapshot = with_columns({"own": pl.Series([{}], dtype=pl.Struct([]))})
    assert plan(snapshot, out=out, engine="greedy", effort=1).run["not_written"] == []
    assert pl.read_parquet(out / "plan.parquet").schema["own"] == pl.String
    from data import read_snapshot

    assert audit_run(read_snapshot(snapshot), out).violations == ()


def test_a_value_that_cannot_even_be_read_costs_nothing():
    far = pl.Series([[8 * 10**15]]).cast(pl.List(pl.Datetime("ms")))
    assert as_text(far).to_list() == ["?"]


ADDED = {
    "text": pl.Series(["2026-03-01", "x"]),
    "number": pl.Series([1, 300]),
    "list": pl.Series([["a"], []]),
    "bytes": pl.Series([b"\xff", b"a"]),
    "struct": pl.Series([{"a": 1}, None]),
}


@pytest.mark.parametrize("kind", ADDED)
def test_added_tasks_may_have_other_types_in_the_same_columns(inside, tmp_path, kind):
    folder, out = write_folder(tmp_path / "snapshot"), tmp_path / "runs"
    (folder / "tasks.csv").unlink()
    with_columns(own())["tasks"].write_parquet(folder / "tasks.parquet")
    added = pl.DataFrame({"task_id": ["U1", "U2"], "process": ["query", "query"]})
    added.with_columns(ADDED[kind].alias(name) for name in COLUMNS).write_parquet(tmp_path / "urgent.parquet")
    first, second, third = (out / name for name in "abc")
    assert inside("plan", folder, "--out", first, *QUICK).code == 0
    quick = ("--effort", 1, "--no-xlsx", "--no-html", "--csv")
    done = inside("replan", folder, "--from", first, "--out", second, "--add-task", tmp_path / "urgent.parquet", *quick)
    assert done.code == 0, done.err
    assert inside("replan", folder, "--from", second, "--out", third, "--hold", "T1", *quick).code == 0
    for run_dir in (second, third):
        assert inside("check", folder, run_dir).code == 0
        table = pl.read_parquet(run_dir / "plan.parquet")
        assert {"U1", "U2"} <= set(table["task_id"])
        assert table.schema.items() >= {name: column.dtype for name, (column, _text) in COLUMNS.items()}.items()
    if kind == "text":
        assert table.filter(task_id="U1")["date"].item() == dt.date(2026, 3, 1)
        assert table.filter(task_id="U2")["date"].item() is None


def broken(*_: object, **__: object) -> None:
    raise ValueError("no such type; at all")


def full(place: object, *_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("name", ["plan.xlsx", "report.html", "plan.csv", "teams"])
@pytest.mark.parametrize(
    ("fault", "reason"), [(broken, "ValueError: no such type, at all"), (full, "No space left on device")]
)
def test_a_report_that_fails_is_a_warning_and_the_plan_is_published(inside, tmp_path, monkeypatch, name, fault, reason):
    writers = {"plan.xlsx": "write_workbook", "report.html": "write_page", "teams": "write_lists"}
    if name in writers:
        monkeypatch.setattr(reports, writers[name], fault)
    else:
        monkeypatch.setattr("scheduler.run.reports.write_excel_csv", fault)
    out = tmp_path / "run"
    folder = write_folder(tmp_path / "snapshot")
    done = inside("plan", folder, "--out", out, "--engine", "greedy", "--effort", 1, "--csv", "--split", "team")
    monkeypatch.undo()
    assert done.code == 0, done.err
    written = read_view(out)
    failed = ["plan.csv", "unplanned.csv"] if name == "plan.csv" else [name]
    assert list(written.run.not_written) == failed
    assert list(written.run.warnings[: len(failed)]) == [f"{file} could not be written: {reason}" for file in failed]
    assert f"not written: {', '.join(failed)}" in done.err
    assert f"{failed[0]} could not be written: {reason}" in done.err
    assert not any((out / file).exists() for file in failed)
    others = {"plan.xlsx", "report.html", "plan.csv", "teams"} - set(failed)
    assert others <= {path.name for path in out.iterdir()}
    assert inside("check", folder, out).code == 0


def test_a_panic_of_polars_is_no_end_either(tmp_path, monkeypatch):
    def panic(*_: object, **__: object) -> None:
        raise pl.exceptions.PanicException("not implemented")

    monkeypatch.setattr(reports, "write_page", panic)
    result = plan(with_columns({}), out=tmp_path / "run", engine="greedy", effort=1)
    assert result.run["not_written"] == ["report.html"]
