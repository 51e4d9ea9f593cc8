"""The files of a run: what is written is what is read, and what is not a run's is refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data import (
    NotARunFolderError,
    UnreadableRunError,
    read_further,
    read_record,
    read_rejects,
    read_tables,
    write_log,
    write_record,
    write_tables,
)
from models import InternalError, RunRecord
from tests.contract import plan_schema, unplanned_schema
from tests.models.runs.test_record import LATER

ZONE = "Europe/Berlin"
RUN = RunRecord.from_json(LATER)
REJECTS = {
    "table": "tasks",
    "row": 2,
    "id": "T3",
    "column": "minutes",
    "rule": "range",
    "value": None,
    "message": "bad",
}


def frame(schema: dict[str, Any], **columns: Any) -> pl.DataFrame:
    """One row of a table with these columns, null in all others."""
    return pl.DataFrame({name: columns.get(name) for name in schema}, schema=schema)


PLANNED = frame(plan_schema(ZONE), task_id="T1", agent_id="A1", payoff=3.5)
LEFT = frame(unplanned_schema(ZONE), task_id="T2", reason="outbid")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run's folder with the files that are read."""
    write_record(tmp_path, RUN)
    tables = {"plan": PLANNED, "unplanned": LEFT, "rejects": pl.DataFrame(REJECTS), "hours": None}
    write_tables(tmp_path, tables, str)
    return tmp_path


def test_what_is_written_is_read(folder):
    record = read_record(folder)
    assert record == RUN
    tables = read_tables(folder, record)
    assert tables["plan"].equals(PLANNED)
    assert tables["unplanned"].equals(LEFT)
    assert read_further(folder, "hours") is None
    assert read_rejects(folder).equals(pl.DataFrame(REJECTS, schema_overrides={"value": pl.String}))


def test_the_log_has_a_line_an_event(tmp_path):
    write_log(tmp_path, [{"seconds": 0.5, "stage": "read"}, {"stage": "büro"}])
    assert (tmp_path / "log.jsonl").read_text("utf-8") == '{"seconds": 0.5, "stage": "read"}\n{"stage": "büro"}\n'


def test_what_parquet_does_not_know_is_text(tmp_path):
    odd = PLANNED.with_columns(own=pl.Series([object()], dtype=pl.Object))
    write_tables(tmp_path, {"plan": odd}, lambda values: pl.Series(values.name, ["shown"]))
    assert pl.read_parquet(tmp_path / "plan.parquet")["own"].to_list() == ["shown"]


def test_a_table_that_is_not_the_runs_is_not_written(tmp_path):
    wrong = PLANNED.drop("payoff").with_columns(minutes=pl.lit("ten"))
    with pytest.raises(InternalError, match=r"the table plan .* it lacks payoff; minutes is String, and not number"):
        write_tables(tmp_path, {"plan": wrong}, str)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (PLANNED.drop("start_at"), "plan.parquet is damaged: it lacks start_at; plan again"),
        (PLANNED.with_columns(start_at=pl.lit("soon")), "plan.parquet is damaged: start_at is String, and not time"),
        (PLANNED.clear(), "plan.parquet has 0 rows, and run.json says 1: they are not of one run"),
    ],
)
def test_a_table_that_is_not_the_runs_is_not_read(folder, table, said):
    table.write_parquet(folder / "plan.parquet")
    with pytest.raises(UnreadableRunError, match=said):
        read_tables(folder, RUN)


def test_a_run_without_counts_has_no_tables(folder):
    with pytest.raises(UnreadableRunError, match=r"has 1 row, and run\.json says None"):
        read_tables(folder, replace(RUN, counts=None))


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        ("[1]", NotARunFolderError, "its run.json has no schema_version"),
        ("{", UnreadableRunError, "run.json cannot be read"),
        (json.dumps({**LATER, "schema_version": 9}), UnreadableRunError, "schema_version is 9, and this allot reads 1"),
        (json.dumps({**LATER, "seed": "x"}), UnreadableRunError, "run.json is damaged: seed is 'x', and not a whole"),
    ],
)
def test_a_record_that_is_none_is_refused(folder, content, error, said):
    (folder / "run.json").write_text(content, "utf-8")
    with pytest.raises(error, match=said):
        read_record(folder)


def test_a_folder_without_a_record_is_no_run(tmp_path):
    with pytest.raises(NotARunFolderError, match=r"there is no run\.json in it"):
        read_record(tmp_path)
