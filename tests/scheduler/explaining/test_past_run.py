"""A run read back with its snapshot."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from models import SnapshotError, certified_bound
from scheduler.explaining import PastRun, read_past_run
from scheduler.run.pipeline import run_plan
from scheduler.run.request import Request


@pytest.fixture
def planned(crowded: Path, tmp_path: Path) -> Path:
    """A folder with a snapshot and a run of it that remembers where it lies."""
    shutil.copytree(crowded / "snapshot", tmp_path / "snapshot")
    run_plan(
        Request(source=tmp_path / "snapshot", out=tmp_path / "run", engine="greedy", effort=1, xlsx=False, html=False)
    )
    return tmp_path


def test_plan_value_and_prices_are_those_of_the_run(past: PastRun) -> None:
    run = past.earlier.run
    assert past.evaluation.objective == round(100 * run.objective)
    assert past.prices is not None
    assert certified_bound(past.problem, past.prices) == past.bound == round(100 * run.bound)


def test_the_run_remembers_where_its_snapshot_lies(planned: Path) -> None:
    assert (
        read_past_run(planned / "run").run_id == json.loads((planned / "run" / "run.json").read_text("utf-8"))["run_id"]
    )


def test_a_run_that_keeps_its_snapshot_is_read_with_it_wherever_it_is(planned: Path) -> None:
    request = Request(source=planned / "snapshot", out=planned / "own", engine="greedy", effort=1, keep_snapshot=True)
    record = run_plan(replace(request, xlsx=False, html=False)).record
    assert record.snapshot == str(planned.resolve() / "own" / "snapshot")
    shutil.rmtree(planned / "snapshot")
    (planned / "own").rename(planned / "moved")
    assert read_past_run(planned / "moved").run_id == record.run_id


def test_a_snapshot_that_is_gone_is_asked_for(planned: Path) -> None:
    (planned / "snapshot").rename(planned / "elsewhere")
    with pytest.raises(SnapshotError, match=r"was made from .*snapshot, which is not there; name it with --snapshot"):
        read_past_run(planned / "run")
    assert read_past_run(planned / "run", planned / "elsewhere").plan is not None


def test_changed_inputs_are_named_and_refused(planned: Path) -> None:
    tasks = planned / "snapshot" / "tasks.csv"
    tasks.write_text(tasks.read_text("utf-8") + "\n", encoding="utf-8")
    with pytest.raises(SnapshotError, match=r"is not what .* was made from: changed since are tasks\.csv"):
        read_past_run(planned / "run")


def test_a_run_made_of_frames_asks_for_the_snapshot(planned: Path) -> None:
    file = planned / "run" / "run.json"
    run = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**run, "snapshot": None}), encoding="utf-8")
    with pytest.raises(SnapshotError, match="does not say where its snapshot lies; name it with --snapshot"):
        read_past_run(planned / "run")
