"""The audit of a snapshot's folder and a run's folder, as files."""

import json
from pathlib import Path

import polars as pl
import pytest

from data import read_snapshot
from models import CheckError, SnapshotError
from scheduler.audit import audit_folder, audit_run
from tests.scheduler.audit.case import Reference

TASKS = """task_id,process,value,due_at,agent_id,status,note
007,p,10,2026-03-02T09:00:00,,,first
t2,p,5,2026-03-01T09:00:00,,,
t3,p,-1,,,,
t4,p,3,,ann,in_progress,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A snapshot of four tasks, one of which is set aside."""
    path = tmp_path / "snapshot"
    path.mkdir()
    (path / "snapshot.toml").write_text('as_of = "2026-03-02T08:00:00"\nhorizon = "4h"\ntimezone = "Europe/Vienna"\n')
    (path / "tasks.csv").write_text(TASKS)
    (path / "processes.csv").write_text("process,minutes\np,30\n")
    (path / "agents.csv").write_text("agent_id\nann\n")
    (path / "agent_skills.csv").write_text("agent_id,skill\n")
    (path / "shifts.csv").write_text("agent_id,start,end\nann,2026-03-02T07:00:00,2026-03-02T17:00:00\n")
    return path


@pytest.fixture
def run_dir(folder: Path, tmp_path: Path) -> Path:
    """An honest run of the snapshot, written as a run's files."""
    run = Reference(read_snapshot(folder)).run({"ann": ["007", "t2"]})
    path = tmp_path / "run"
    path.mkdir()
    (path / "run.json").write_text(json.dumps(run.run))
    run.plan.write_parquet(path / "plan.parquet")
    run.unplanned.write_parquet(path / "unplanned.parquet")
    run.rejects.write_csv(path / "rejects.csv")
    return path


def test_honest_files_are_accepted(folder, run_dir):
    report = audit_folder(folder, run_dir)
    assert report.violations == ()
    assert report.counts["planned"] == 3
    assert report.changed_inputs == ()
    assert audit_run(read_snapshot(folder), run_dir) == report


def test_as_of_and_horizon_are_those_of_the_run(folder, run_dir):
    (folder / "snapshot.toml").write_text('as_of = "2026-03-02T10:00:00"\nhorizon = "1h"\ntimezone = "Europe/Vienna"\n')
    report = audit_folder(folder, run_dir)
    assert report.ok
    assert report.changed_inputs == ("snapshot.toml",)


def test_a_changed_input_is_named_and_the_check_goes_on(folder, run_dir):
    (folder / "tasks.csv").write_text(TASKS.replace("007,p,10", "007,p,11"))
    report = audit_folder(folder, run_dir)
    assert report.changed_inputs == ("tasks.csv",)
    assert report.totals == {"columns": 1, "payoff": 1, "objective": 1}


def test_a_certificate_beside_the_plan_is_added_up(folder, run_dir):
    pl.DataFrame({"agent_id": ["ann"], "from_grain": [0], "price": [0]}).write_parquet(run_dir / "certificate.parquet")
    assert audit_folder(folder, run_dir).certified_bound == 1000 + 274 + 300


@pytest.mark.parametrize("name", ["run.json", "plan.parquet", "unplanned.parquet", "rejects.csv"])
def test_a_missing_or_broken_file_is_named(folder, run_dir, name):
    (run_dir / name).write_bytes(b'["')
    if name != "rejects.csv":
        with pytest.raises(CheckError, match=f"{name} cannot be read"):
            audit_folder(folder, run_dir)
    (run_dir / name).unlink()
    with pytest.raises(CheckError, match=f"{name} is missing"):
        audit_folder(folder, run_dir)


def test_a_snapshot_that_cannot_be_read_is_refused(folder, run_dir):
    (folder / "agents.csv").unlink()
    with pytest.raises(SnapshotError, match="agents"):
        audit_folder(folder, run_dir)
