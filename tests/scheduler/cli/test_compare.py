"""`allot compare`: what it says, writes and refuses."""

import json
from pathlib import Path

import openpyxl
import polars as pl
import pytest


@pytest.fixture
def two_runs(run_of) -> tuple[Path, Path]:
    """A greedy run of a day and an exact one."""
    return run_of("greedy"), run_of("exact")


def test_two_runs_side_by_side(inside, two_runs):
    done = inside("compare", *two_runs)
    assert done.code == 0, done.err
    assert done.out == ""
    for run_dir in two_runs:
        run = json.loads((run_dir / "run.json").read_text("utf-8"))
        assert run["run_id"] in done.err
        assert f"{run['objective']:,.2f}" in done.err
    warnings = [line for line in done.err.splitlines() if "warning" in line]
    assert len(warnings) == 2  # what each run lacks of its input, and nothing else
    assert all("2 of 43 tasks were set aside" in line for line in warnings)
    assert "Both runs solve the same problem" in done.err


def test_the_changes_are_those_of_the_plans(inside, two_runs):
    done = inside("compare", *two_runs, "--json")
    assert done.code == 0, done.err
    assert done.err == ""
    record = json.loads(done.out)
    plans = [
        {row["task_id"]: row for row in pl.read_parquet(run / "plan.parquet").iter_rows(named=True)} for run in two_runs
    ]
    keys = ("agent_id", "start_at", "outcome")
    differ = {
        task
        for task in plans[0].keys() | plans[1].keys()
        if [plans[0].get(task, {}).get(key) for key in keys] != [plans[1].get(task, {}).get(key) for key in keys]
    }
    assert {row["task_id"] for row in record["tasks"]} == differ
    assert sum(record["changes"].values()) == len(differ)


def test_workbook_and_page(inside, two_runs, tmp_path):
    done = inside("compare", *two_runs, "--xlsx", tmp_path / "c.xlsx", "--html", tmp_path / "c.html", "--lang", "zh")
    assert done.code == 0, done.err
    assert f"已写入：{tmp_path / 'c.xlsx'}，{tmp_path / 'c.html'}" in done.err
    assert '<html lang="zh-Hans">' in (tmp_path / "c.html").read_text("utf-8")
    book = openpyxl.load_workbook(tmp_path / "c.xlsx", read_only=True)
    assert book.sheetnames[0] == "汇总"
    book.close()


def test_a_folder_that_is_no_run_is_wrong_use(inside, two_runs, tmp_path):
    done = inside("compare", two_runs[0], tmp_path)
    assert done.code == 2
    assert f"{tmp_path} is not the folder of a run" in done.err


def test_a_place_that_cannot_be_written_is_named(inside, two_runs, tmp_path):
    assert inside("compare", *two_runs, "--html", tmp_path / "made" / "too" / "c.html").code == 0
    assert [file.name for file in (tmp_path / "made" / "too").iterdir()] == ["c.html"]
    (tmp_path / "file").touch()
    done = inside("compare", *two_runs, "--html", tmp_path / "file" / "c.html")
    assert done.code == 5
    assert str(tmp_path / "file") in done.err
