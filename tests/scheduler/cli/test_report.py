"""`allot report`: workbook and page again from the files of a run, whole or not at all."""

import json
import shutil
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from filelock import FileLock

from tests.scheduler.command import contents


@pytest.fixture
def run_dir(whole_run: Path, tmp_path: Path) -> Path:
    """A whole run of its own."""
    return Path(shutil.copytree(whole_run, tmp_path / "runs" / "monday"))


@pytest.mark.parametrize("where", ["in its place", "elsewhere"])
def test_the_same_options_give_the_same_bytes(inside, run_dir, tmp_path, where):
    before = contents(run_dir)
    names = ["plan.xlsx", "report.html", "plan.csv", "unplanned.csv"]
    out = run_dir if where == "in its place" else tmp_path / "new" / "out"
    for name in names:
        (run_dir / name).unlink()
    options = () if out == run_dir else ("--out", out)
    done = inside("report", run_dir, "--csv", *options)
    assert done.code == 0, done.err
    assert f"written: {out / 'plan.csv'}" in done.err
    assert done.out == ""
    found = contents(out)
    assert {name: found[name] for name in names} == {name: before[name] for name in names}
    assert found.keys() == (before.keys() if out == run_dir else set(names))
    assert [path.name for path in run_dir.parent.iterdir()] == ["monday"]


def test_formats_are_chosen(inside, run_dir, tmp_path):
    done = inside("report", run_dir, "--out", tmp_path / "out", "--no-xlsx")
    assert done.code == 0, done.err
    assert contents(tmp_path / "out").keys() == {"report.html"}


def test_lists_to_hand_out_are_written_beside(inside, run_dir, tmp_path):
    out = tmp_path / "out"
    done = inside("report", run_dir, "--out", out, "--no-xlsx", "--no-html", "--split", "agent")
    assert done.code == 0, done.err
    people = pl.read_parquet(run_dir / "agents.parquet").filter(pl.col("working_minutes") > 0)["agent_id"]
    assert sorted(file.stem for file in (out / "agents").iterdir()) == sorted(people)
    assert [path.name for path in out.iterdir()] == ["agents"]
    assert f"written: {out / 'agents'} ({len(people)} workbooks)" in done.err
    again = inside("report", run_dir, "--out", out, "--no-xlsx", "--no-html", "--split", "agent")
    assert again.code == 0, again.err


def test_nothing_to_write_is_wrong_use(inside, run_dir, tmp_path):
    done = inside("report", run_dir, "--no-xlsx", "--no-html")
    assert done.code == 2
    assert "nothing to write" in done.err


def test_another_language_from_the_same_run(inside, run_dir, tmp_path):
    done = inside("report", run_dir, "--out", tmp_path / "out", "--lang", "zh")
    assert done.code == 0, done.err
    assert '<html lang="zh-Hans">' in (tmp_path / "out" / "report.html").read_text("utf-8")
    book = openpyxl.load_workbook(tmp_path / "out" / "plan.xlsx", read_only=True)
    assert book.sheetnames[1] == "计划"
    book.close()


def test_the_language_of_the_policy_is_the_default(inside, run_dir):
    run = json.loads((run_dir / "run.json").read_text("utf-8"))
    run["policy"]["report"]["language"] = "zh"
    (run_dir / "run.json").write_text(json.dumps(run), "utf-8")
    assert inside("report", run_dir).code == 0
    assert '<html lang="zh-Hans">' in (run_dir / "report.html").read_text("utf-8")


def test_an_unknown_language_is_wrong_use(inside, run_dir):
    done = inside("report", run_dir, "--lang", "xx")
    assert done.code == 2
    assert "'xx' is not one of 'en', 'zh'" in done.err


@pytest.mark.slow
def test_open_shows_the_page(inside, run_dir, monkeypatch):
    shown = []
    monkeypatch.setattr("click.launch", shown.append)
    monkeypatch.setattr("rich_click.launch", shown.append)
    assert inside("report", run_dir, "--open").code == 0
    assert shown == [str(run_dir / "report.html")]


def test_a_folder_that_is_no_run_is_wrong_use(inside, tmp_path):
    (tmp_path / "snapshot").mkdir()
    done = inside("report", tmp_path / "snapshot")
    assert done.code == 2
    assert f"{tmp_path / 'snapshot'} is not the folder of a run: there is no run.json in it" in done.err


def test_a_folder_that_is_not_there_is_wrong_use(inside, tmp_path):
    assert inside("report", tmp_path / "nowhere").code == 2


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def _fewer_rows(path: Path) -> None:
    pl.read_parquet(path).head(1).write_parquet(path)


def _fewer_columns(path: Path) -> None:
    pl.read_parquet(path).drop("agent_id").write_parquet(path)


def _other_version(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace('"schema_version": 1', '"schema_version": 2'), "utf-8")


def _fewer_keys(path: Path) -> None:
    run = json.loads(path.read_text("utf-8"))
    del run["counts"], run["bound"]
    path.write_text(json.dumps(run), "utf-8")


@pytest.mark.parametrize(
    ("name", "damage", "said"),
    [
        ("plan.parquet", Path.unlink, "plan.parquet is missing: the run in"),
        ("plan.parquet", _cut, "plan.parquet cannot be read"),
        ("agents.parquet", _cut, "agents.parquet cannot be read"),
        ("plan.parquet", _fewer_rows, "plan.parquet has 1 row, and run.json says"),
        ("plan.parquet", _fewer_columns, "plan.parquet is damaged: it lacks agent_id"),
        ("agents.parquet", _fewer_columns, "agents.parquet is damaged: it lacks agent_id"),
        ("run.json", _cut, "run.json cannot be read"),
        ("run.json", _other_version, "schema_version is 2, and this allot reads 1"),
        ("run.json", _fewer_keys, "lacks bound, counts"),
    ],
)
def test_a_damaged_run_is_exit_3_and_stays_as_it_is(inside, run_dir, name, damage, said):
    damage(run_dir / name)
    before = contents(run_dir)
    done = inside("report", run_dir)
    assert done.code == 3
    assert said in done.err
    assert str(run_dir) in done.err
    assert contents(run_dir) == before


def test_a_run_that_is_being_written_is_exit_7(inside, run_dir):
    with FileLock(run_dir.with_name(".monday.lock")):
        done = inside("report", run_dir)
    assert done.code == 7
    assert "another run is writing to" in done.err
