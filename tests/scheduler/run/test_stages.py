"""A run is composed of stages that take and give values: a draft is whole before anything is recorded or written."""

from dataclasses import FrozenInstanceError

import pytest

from data import read_snapshot
from models import SnapshotError, silent
from scheduler import plan, replan
from scheduler.run.context import running
from scheduler.run.pipeline import draft, finish
from scheduler.run.policy import Policy
from scheduler.run.request import Request
from tests.data.small import write_folder
from tests.scheduler.command import contents

OPTIONS = {"engine": "exact", "effort": 1, "xlsx": False, "html": False}


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / "snapshot")


def test_a_draft_is_a_value_and_says_how_long_its_stages_took(folder, tmp_path):
    heard = []
    request = Request(source=folder, out=tmp_path / "run", **OPTIONS)
    with running(request, Policy(), lambda *told: heard.append(told[0])) as run:
        made = draft(run)
        with pytest.raises(FrozenInstanceError):
            made.warnings = ()
        assert not (tmp_path / "run").exists()
        assert made.checked.ok
        stages = [timing.stage for timing in made.timings]
        result = finish(run, made)
    assert stages == ["read", "build", "solve", "arrange", "check", "tables"]
    assert [stage for stage in heard if stage in stages] == stages
    assert list(result.record.timings_s) == [*stages, "figures", "write"]
    assert (tmp_path / "run" / "run.json").exists()


def test_a_draft_may_be_finished_in_another_place(folder, tmp_path):
    with running(Request(source=folder, **OPTIONS), Policy(), silent) as run:
        made = draft(run)
    with running(Request(source=folder, out=tmp_path / "run", **OPTIONS), Policy(), silent) as run:
        run.folder.begin()
        assert finish(run, made).folder == tmp_path / "run"


@pytest.mark.parametrize("grain_s", [None, 60])
def test_a_snapshot_in_memory_gives_the_plan_of_its_folder(folder, tmp_path, grain_s):
    snapshot = read_snapshot(folder, grain_s=grain_s)
    of_folder, of_memory = plan(folder, out=tmp_path / "run", **OPTIONS), plan(snapshot, **OPTIONS)
    differs = ("snapshot", "timings_s")
    assert {**of_folder.run, **dict.fromkeys(differs)} == {**of_memory.run, **dict.fromkeys(differs)}
    assert of_memory.run["snapshot"] is None
    assert of_memory.plan.equals(of_folder.plan)


def test_a_snapshot_in_memory_is_planned_again_near_an_earlier_run(folder, tmp_path):
    plan(folder, out=tmp_path / "run", **OPTIONS)
    before = contents(tmp_path)
    snapshot = read_snapshot(folder)
    again = replan(snapshot, tmp_path / "run", edits=[("hold", "T1")], effort=1)
    assert (again.run["replan"]["dropped"], again.run["replan"]["gone"]) == (0, 1)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("option", [{"as_of": "2026-01-05T09:00"}, {"horizon": "1h"}])
def test_a_snapshot_in_memory_has_its_own_moments(folder, option):
    with pytest.raises(ValueError, match="is given, and a snapshot in memory has its own; give it to read_snapshot"):
        plan(read_snapshot(folder), **option, **OPTIONS)


def test_a_snapshot_in_memory_that_was_read_with_other_calendars_is_refused(folder):
    policy = Policy.model_validate({"calendar": {"bank": {"hours": "Mo-Fr 09:00-17:00"}}})
    with pytest.raises(SnapshotError, match=r"other calendars than the policy has; read it with calendars=policy\.cal"):
        plan(read_snapshot(folder), policy=policy, **OPTIONS)
    assert plan(read_snapshot(folder, calendars=policy.calendar), policy=policy, **OPTIONS).run["check"]["ok"]
