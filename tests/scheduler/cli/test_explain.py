"""`allot explain` on the command line."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.models.solving import cut_short
from tests.scheduler.command import allot


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory, sample: Path) -> Path:
    """A run of the sample."""
    out = tmp_path_factory.mktemp("explained") / "run"
    done = allot("plan", sample, "--out", out, "--engine", "greedy", "--effort", 1, "--no-xlsx", "--no-html")
    assert done.code == 0, done.err
    return out


def first(planned: Path, table: str) -> str:
    rows = pl.read_parquet(planned / f"{table}.parquet")
    rows = rows.filter(~pl.col("pinned")) if table == "plan" else rows.filter(pl.col("reason") == "outbid")
    return str(rows["task_id"][0])


def test_a_planned_task_is_explained_in_words(inside, planned):
    with cut_short():
        done = inside("explain", planned, first(planned, "plan"), "--time-limit", "1s")
    assert done.code == 0, done.err
    assert "planned with A00" in done.err
    assert "the whole plan would lose" in done.err
    assert "not planned" in done.err
    assert done.out == ""


def test_json_is_all_there_is_on_stdout(planned):
    task = first(planned, "unplanned")
    done = allot("explain", planned, task, "--json", "--time-limit", "1s")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert (told["task_id"], told["state"], told["reason"]) == (task, "unplanned", "outbid")
    assert {one["choice"] for one in told["alternatives"]} == {"agent", "anybody"}
    assert done.err == ""


def test_an_agents_day_in_words_and_as_json(inside, planned):
    agent = pl.read_parquet(planned / "plan.parquet")["agent_id"][0]
    done = inside("explain", planned, "--agent", agent)
    assert done.code == 0, done.err
    assert done.err.startswith(agent)
    told = json.loads(inside("explain", planned, "--agent", agent, "--json").out)
    assert told["agent_id"] == agent


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "name a TASK, or an agent with --agent"),
        (("T-NONE",), 2, "there is no task 'T-NONE'"),
        (("--agent", "A-NONE"), 2, "there is no agent 'A-NONE'"),
    ],
)
def test_wrong_names_are_wrong_use(inside, planned, arguments, code, said):
    done = inside("explain", planned, *arguments)
    assert done.code == code
    assert said in done.err


def test_the_language_is_the_one_asked_for_or_the_policys(inside, planned, tmp_path):
    agent = pl.read_parquet(planned / "plan.parquet")["agent_id"][0]
    asked = inside("explain", planned, "--agent", agent, "--lang", "zh")
    assert asked.code == 0, asked.err
    assert "个任务，已安排" in asked.err
    copy = shutil.copytree(planned, tmp_path / "run")
    run = json.loads((copy / "run.json").read_text("utf-8"))
    run["policy"]["report"]["language"] = "zh"
    (copy / "run.json").write_text(json.dumps(run), "utf-8")
    assert inside("explain", copy, "--agent", agent).err == asked.err


def test_a_folder_that_is_no_run_is_wrong_use(inside, tmp_path):
    done = inside("explain", tmp_path, "T000001")
    assert done.code == 2
    assert f"{tmp_path} is not the folder of a run: there is no run.json in it" in done.err


@pytest.mark.parametrize("name", ["plan.parquet", "certificate.parquet", "edits.json", "run.json"])
def test_a_damaged_run_is_refused(inside, planned, tmp_path, name):
    copy = shutil.copytree(planned, tmp_path / "run")
    (copy / name).write_bytes(b"{}")
    done = inside("explain", copy, first(planned, "plan"))
    assert done.code == (2 if name == "run.json" else 3)
    assert str(copy) in done.err


def test_another_snapshot_is_refused(inside, planned, tmp_path):
    assert inside("sample", tmp_path / "other", "--tasks", 20, "--agents", 3).code == 0
    done = inside("explain", planned, "T000001", "--snapshot", tmp_path / "other")
    assert done.code == 3
    assert "changed since are" in done.err
