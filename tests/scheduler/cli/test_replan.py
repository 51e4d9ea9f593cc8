"""`allot replan`: what it writes, says and refuses."""

import json
import shutil

import polars as pl
import pytest

from tests.scheduler.command import allot, contents

OPTIONS = ("--effort", 1, "--no-html")


@pytest.fixture(scope="module")
def task(run_of):
    """A planned task that is not in progress."""
    rows = pl.read_parquet(run_of("greedy") / "plan.parquet")
    return rows.filter(~pl.col("pinned")).row(-1, named=True)


@pytest.mark.slow
def test_a_re_plan_is_written_said_and_holds(sample, run_of, task, tmp_path):
    out = tmp_path / "again"
    done = allot("replan", sample, "--from", run_of("greedy"), "--out", out, "--agent-out", task["agent_id"], *OPTIONS)
    assert done.code == 0, done.err
    assert done.out == ""
    assert "changes: " in done.err
    assert f"(agent_out {task['agent_id']})" in done.err
    assert {"edits.json", "changes.parquet", "plan.xlsx", "run.json"} <= contents(out).keys()
    checked = allot("check", sample, out)
    assert checked.code == 0, checked.err


def test_json_is_the_run(inside, sample, run_of, tmp_path):
    out = tmp_path / "again"
    done = inside("replan", sample, "--from", run_of("greedy"), "--out", out, "--json", "--no-xlsx", *OPTIONS)
    assert json.loads(done.out) == json.loads((out / "run.json").read_text("utf-8"))
    assert json.loads(done.out)["replan"]["changes"] == 0


def test_a_run_may_take_the_place_of_the_earlier_one(inside, sample, run_of, tmp_path):
    out = tmp_path / "run"
    for earlier in (run_of("greedy"), out):
        done = inside("replan", sample, "--from", earlier, "--out", out, "--no-xlsx", *OPTIONS)
        assert done.code == 0, done.err


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        (("--pin", "nothing=nobody"), "pin nothing=nobody: there is no task 'nothing'"),
        (("--min-gain", "much"), "'much' is neither points"),
        (("--freeze", "soon"), "'soon' is not a length of time"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(inside, sample, run_of, tmp_path, edits, said):
    out = tmp_path / "again"
    done = inside("replan", sample, "--from", run_of("greedy"), "--out", out, *edits, *OPTIONS)
    assert (done.code, out.exists()) == (3, False)
    assert said in done.err


def test_conflicts_are_named_and_nothing_written(inside, sample, run_of, task, tmp_path):
    out, name = tmp_path / "again", task["task_id"]
    edits = ("--pin", f"{name}={task['agent_id']}", "--hold", name)
    done = inside("replan", sample, "--from", run_of("greedy"), "--out", out, *edits, *OPTIONS)
    assert (done.code, out.exists()) == (3, False)
    assert f"these two cannot hold together: 'pin {name}={task['agent_id']}' and 'hold {name}'" in done.err


@pytest.mark.slow
@pytest.mark.parametrize("name", ["today.toml", "today.csv"])
def test_edits_stand_in_a_file(inside, sample, run_of, task, tmp_path, name):
    text = f'hold = ["{task["task_id"]}"]\n' if name.endswith("toml") else f"edit,what\nhold,{task['task_id']}\n"
    (tmp_path / name).write_text(text, encoding="utf-8")
    out = tmp_path / "again"
    options = ("--edits", tmp_path / name, "--json", "--no-xlsx", *OPTIONS)
    done = inside("replan", sample, "--from", run_of("greedy"), "--out", out, *options)
    assert done.code == 0, done.err
    assert [edit["edit"] for edit in json.loads(done.out)["replan"]["edits"]] == [f"hold {task['task_id']}"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("today.toml", "pni = []", "today.toml: there is no edit 'pni'; did you mean 'pin'?"),
        ("today.toml", "pin = [1]", 'pin needs a list of texts, as in pin = ["TASK=AGENT"]'),
        ("today.toml", "pin = ", "today.toml cannot be read"),
        ("today.csv", "pin,T1\n", "an edits file is TOML (.toml), or CSV with the columns edit,what"),
        ("today.csv", "edit,what\npin\n", "today.csv line 2: 1 cell, 'pin', where the header has 2"),
    ],
)
def test_a_file_of_edits_that_cannot_be_read(inside, sample, run_of, tmp_path, name, text, said):
    (tmp_path / name).write_text(text, encoding="utf-8")
    options = ("--edits", tmp_path / name, *OPTIONS)
    done = inside("replan", sample, "--from", run_of("greedy"), "--out", tmp_path / "again", *options)
    assert done.code == 3
    assert said in done.err


@pytest.mark.slow
def test_changes_are_told_in_the_language_asked_for(inside, sample, run_of, task, tmp_path):
    edits = ("--agent-out", task["agent_id"], "--lang", "zh")
    done = inside("replan", sample, "--from", run_of("greedy"), "--out", tmp_path / "again", *edits, *OPTIONS)
    assert done.code == 0, done.err
    assert f"{task['agent_id']} 不再上班（agent_out {task['agent_id']}）" in done.err
    assert pl.read_parquet(tmp_path / "again" / "changes.parquet")["detail"].str.contains("no longer works").any()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("plan.parquet", "plan.parquet cannot be read"),
        ("certificate.parquet", "certificate.parquet cannot be read"),
        ("edits.json", "edits.json is damaged: KeyError('edits')"),
    ],
)
def test_a_damaged_run_is_refused(inside, sample, run_of, tmp_path, name, said):
    run = shutil.copytree(run_of("greedy"), tmp_path / "run")
    (run / name).write_text("{}", encoding="utf-8")
    done = inside("replan", sample, "--from", run, "--out", tmp_path / "again", *OPTIONS)
    assert (done.code, (tmp_path / "again").exists()) == (3, False)
    assert said in done.err


def test_a_run_without_a_moment_is_refused(inside, sample, run_of, tmp_path):
    run = shutil.copytree(run_of("greedy"), tmp_path / "run")
    told = json.loads((run / "run.json").read_text("utf-8"))
    (run / "run.json").write_text(json.dumps({**told, "as_of": "soon"}), "utf-8")
    done = inside("replan", sample, "--from", run, "--out", tmp_path / "again", *OPTIONS)
    assert done.code == 3
    assert "run.json is damaged: as_of is 'soon'" in done.err


def test_a_folder_without_a_run_is_refused(inside, sample, tmp_path):
    (tmp_path / "empty").mkdir()
    done = inside("replan", sample, "--from", tmp_path / "empty", "--out", tmp_path / "again", *OPTIONS)
    assert done.code == 2
    assert "is not the folder of a run" in done.err
