"""Runs that are stopped, killed, or met by another run on the same folder."""

import json
import os
import shutil
import signal
from pathlib import Path

import pytest

from data import write_sample
from scheduler.audit import audit_folder
from tests.scheduler.command import QUICK, Started, allot, contents

pytestmark = pytest.mark.slow

SEARCHING = ("--engine", "scale", "--gap", 0, "--time-limit", "100s", "--no-xlsx", "--no-html", "--json")
"""A run that goes on until somebody stops it."""
SOLVING = "looking for a plan"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot for which no bound by prices meets the plan."""
    return write_sample(tmp_path_factory.mktemp("large"), tasks=300, agents=24).folder


@pytest.fixture
def endless(sample: Path, tmp_path: Path) -> Path:
    """A snapshot whose reading does not end before :func:`let_go`."""
    folder = tmp_path / "endless"
    shutil.copytree(sample, folder)
    (folder / "tasks.csv").rename(tmp_path / "tasks.csv")
    os.mkfifo(folder / "tasks.csv")
    return folder


def let_go(endless: Path) -> None:
    """Has the reading go on."""
    with (endless / "tasks.csv").open("wb") as pipe:
        pipe.write((endless.parent / "tasks.csv").read_bytes())


def test_ctrl_c_while_searching_keeps_the_best_plan(large, tmp_path):
    out = tmp_path / "run"
    with Started("plan", large, "--out", out, *SEARCHING) as running:
        running.wait_for(SOLVING)
        running.process.send_signal(signal.SIGINT)
        done = running.end()
    assert done.code == 0, done.err
    assert "stopping: keeping the best plan so far" in done.err
    run = json.loads(done.out)
    assert run["stop"] == "interrupted"
    assert run["check"] == {"ok": True, "violations": []}
    assert run["counts"]["planned"] > 0
    assert run["bound"] >= run["objective"]
    assert audit_folder(large, out).ok


def test_the_clock_ends_a_search_and_stop_says_so(large, tmp_path):
    options = ("--engine", "scale", "--gap", 0, "--time-limit", "3s", "--no-xlsx", "--no-html", "--json")
    done = allot("plan", large, "--out", tmp_path / "run", *options)
    assert (done.code, json.loads(done.out)["stop"]) == (0, "time_limit")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_before_there_is_a_plan_is_exit_130(endless, earlier, how):
    with Started("plan", endless, "--out", earlier, *QUICK, "--json") as running:
        running.wait_for("reading the snapshot")
        running.process.send_signal(how)
        running.wait_for("stopping")
        let_go(endless)
        done = running.end()
    assert (done.code, done.out) == (130, "")
    assert "interrupted before there was a plan" in done.err
    assert "Traceback" not in done.err


def test_a_second_ctrl_c_does_not_wait(endless, earlier):
    with Started("plan", endless, "--out", earlier, *QUICK) as running:
        running.wait_for("reading the snapshot")
        running.process.send_signal(signal.SIGINT)
        running.wait_for("again to stop at once")
        running.process.send_signal(signal.SIGINT)
        done = running.end()
    assert (done.code, done.out) == (130, "")
    assert "Traceback" not in done.err


def test_two_runs_at_once_on_one_folder(inside, endless, sample, tmp_path):
    out = tmp_path / "out" / "run"
    with Started("plan", endless, "--out", out, *QUICK) as first:
        first.wait_for("reading the snapshot")
        second = inside("plan", sample, "--out", out, *QUICK)
        let_go(endless)
        done = first.end()
    assert (second.code, second.out) == (7, "")
    assert f"another run is writing to {out}" in second.err
    assert done.code == 0
    assert [path.name for path in out.parent.iterdir()] == ["run"]


def test_a_killed_run_leaves_the_earlier_one_and_the_next_run_works(inside, large, sample, earlier, tmp_path):
    with Started("plan", large, "--out", earlier, *SEARCHING) as running:
        running.wait_for(SOLVING)
        running.process.kill()
        assert running.end().code == -signal.SIGKILL
    copy = tmp_path / "copy" / "run"
    shutil.copytree(earlier.parent, copy.parent)
    assert contents(copy) == contents(earlier)
    assert (copy.parent / ".run.writing").is_dir()
    shutil.rmtree(earlier.with_name(".run.writing"))
    earlier.with_name(".run.lock").unlink()
    assert inside("plan", sample, "--out", copy, *QUICK).code == 0
    assert [path.name for path in copy.parent.iterdir()] == ["run"]
