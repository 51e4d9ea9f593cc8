"""Planning from Python: frames, files and workbooks alike, and nothing written unless asked."""

import dataclasses
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

import scheduler
from data import TABLES, read_snapshot
from models import AllotError, CapabilityError, OptionError, PolicyError, SnapshotError
from scheduler import check, explain, plan, replan
from scheduler.replanning import ReplanRequest
from scheduler.run.request import Request
from scheduler.run.result import Result
from tests.data.small import SETTINGS, frames, write_folder, write_workbook
from tests.scheduler.cli.test_plan import read_run
from tests.scheduler.command import contents

SAME = (
    "objective",
    "bound",
    "gap",
    "gain_gap",
    "counts",
    "agents",
    "stop",
    "proof",
    "as_of",
    "horizon_end",
    "warnings",
)


@pytest.fixture(scope="module")
def texts(sample: Path) -> dict[str, pl.DataFrame]:
    """The sample's tables as frames of text."""
    return {name: pl.read_csv(sample / f"{name}.csv", infer_schema=False) for name in TABLES}


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """What the sample's snapshot.toml says."""
    return {"as_of": "2026-03-02T08:00:00", "horizon": "1d", "timezone": "Europe/Berlin"}


@pytest.fixture(scope="module")
def from_folder(sample: Path) -> Result:
    """The plan of the sample's folder."""
    return plan(sample, engine="scale", effort=1)


def assert_same(result: Result, other: Result) -> None:
    assert {key: result.run[key] for key in SAME} == {key: other.run[key] for key in SAME}
    assert result.plan.equals(other.plan)
    assert result.unplanned.equals(other.unplanned)
    assert result.agents.equals(other.agents)
    assert result.rejects.equals(other.rejects)


def test_the_package_offers_what_the_commands_do():
    assert scheduler.__all__ == ["check", "explain", "plan", "read_view", "replan"]


def test_polars_frames_give_the_plan_of_the_folder(texts, settings, from_folder):
    assert_same(plan({"snapshot": settings, **texts}, engine="scale", effort=1), from_folder)


def test_typed_frames_do_too(texts, settings, from_folder):
    typed = {
        name: frame.with_columns(
            pl.col(c).cast(pl.Float64)
            for c in frame.columns
            if c in ("minutes", "value", "penalty", "efficiency", "level", "max_utilization", "cost_per_hour", "bonus")
        )
        for name, frame in texts.items()
    }
    result = plan({"snapshot": settings, **typed}, engine="scale", effort=1)
    assert result.run["objective"] == from_folder.run["objective"]
    assert result.plan.equals(from_folder.plan)


def test_pandas_frames_give_the_plan_of_the_folder(texts, settings, from_folder):
    shuffled = {name: frame.to_pandas().set_index(pd.RangeIndex(9, 9 + frame.height)) for name, frame in texts.items()}
    assert_same(plan({"snapshot": settings, **shuffled}, engine="scale", effort=1), from_folder)


def test_a_path_may_be_text(sample, from_folder):
    assert_same(plan(str(sample), engine="scale", effort=1), from_folder)


def test_folder_workbook_and_frames_of_one_snapshot(tmp_path):
    options = {"engine": "exact", "effort": 1}
    folder = plan(write_folder(tmp_path / "folder"), **options)
    workbook = plan(write_workbook(tmp_path / "day.xlsx"), **options)
    memory = plan({"snapshot": SETTINGS, **frames()}, **options)
    assert folder.run["counts"]["planned"] == 3
    assert_same(workbook, folder)
    assert_same(memory, folder)


def test_nothing_is_written_without_out(tmp_path, monkeypatch):
    snapshot = write_folder(tmp_path / "snapshot")
    before = contents(tmp_path)
    monkeypatch.chdir(tmp_path)
    result = plan(snapshot, engine="pulp", effort=1)
    assert result.folder is None
    assert contents(tmp_path) == before


def test_with_out_the_same_is_written_and_returned(tmp_path):
    snapshot, out = write_folder(tmp_path / "snapshot"), tmp_path / "run"
    result = plan(snapshot, out=str(out), effort=1, csv=True, xlsx=False)
    assert result.folder == out
    assert read_run(out) == result.run
    assert pl.read_parquet(out / "plan.parquet").equals(result.plan)
    assert pl.read_parquet(out / "unplanned.parquet").equals(result.unplanned)
    assert pl.read_parquet(out / "agents.parquet").equals(result.agents)
    written = {path.name for path in out.iterdir()}
    assert {"plan.csv", "report.html"} <= written
    assert "plan.xlsx" not in written


def test_a_policy_may_be_a_mapping_or_a_file(tmp_path):
    (tmp_path / "policy.toml").write_text("[payoff]\ndefault_value = 7\n")
    source = {"snapshot": SETTINGS, **frames()}
    for policy in ({"payoff": {"default_value": 7}}, tmp_path / "policy.toml", str(tmp_path / "policy.toml")):
        result = plan(source, policy=policy, effort=1)
        assert result.run["objective"] == 21
        assert result.run["policy"]["payoff"]["default_value"] == 7


def test_the_caller_names_the_moment_and_the_horizon():
    result = plan(frames(), as_of="2026-01-05T09:00+01:00", horizon="2h", effort=1)
    assert result.run["as_of"] == "2026-01-05T08:00:00+00:00"
    assert result.run["horizon_end"] == "2026-01-05T10:00:00+00:00"


def test_the_observer_hears_of_every_stage_and_of_better_plans():
    heard = []
    result = plan({"snapshot": SETTINGS, **frames()}, observer=lambda *told: heard.append(told), effort=1)
    stages = ["read", "build", "solve", "arrange", "check"]
    assert [told[0] for told in heard if len(told) == 3 and told[1] is None][:5] == stages
    objectives = [told[1] for told in heard if told[1] is not None]
    assert objectives[-1] == round(100 * result.run["objective"])


def test_errors_are_raised_with_their_text():
    source = {"snapshot": SETTINGS, **frames()}
    with pytest.raises(SnapshotError, match="the table 'tasks' is missing"):
        plan({name: frame for name, frame in source.items() if name != "tasks"})
    with pytest.raises(PolicyError, match="did you mean 'sla'"):
        plan(source, policy={"slaa": "hard"})
    with pytest.raises(CapabilityError, match="PuLP finds no solver 'Nope' here"):
        plan(source, engine="pulp", solver="Nope", effort=1)


NOT_OF_PYTHON = {"began", "cancelled", "watch"}
"""What a request has for the command line alone."""


def fields_of(request: type) -> set[str]:
    return {field.name for field in dataclasses.fields(request)} - NOT_OF_PYTHON


def test_options_are_the_fields_of_a_request():
    told = inspect.getdoc(plan) or ""
    options = inspect.signature(plan).parameters
    assert set(options) - {"observer"} == fields_of(Request)
    for name in set(options) - {"source"}:
        assert f"``{name}``" in told
        assert options[name].kind is inspect.Parameter.KEYWORD_ONLY
    with pytest.raises(TypeError, match="efort"):
        plan(frames(), efort=1)


def test_options_of_a_re_plan_are_the_fields_of_its_request():
    options = set(inspect.signature(replan).parameters) - {"observer"}
    assert options == fields_of(ReplanRequest) - {"engine", "solver", "keep_better"}


@pytest.mark.parametrize("function", [plan, replan])
def test_defaults_are_those_of_the_request(function):
    request = {plan: Request, replan: ReplanRequest}[function].__dataclass_fields__
    for name, option in inspect.signature(function).parameters.items():
        if option.default is not inspect.Parameter.empty and name != "observer":
            assert option.default == request[name].default, name


@pytest.mark.parametrize(
    ("option", "value", "kind"),
    [
        ("time_limit_s", -1, ValueError),
        ("time_limit_s", float("nan"), ValueError),
        ("time_limit_s", "60s", TypeError),
        ("time_limit_s", True, TypeError),
        ("engine", "exat", ValueError),
        ("engine", None, TypeError),
        ("gap", "x", TypeError),
        ("gap", float("nan"), ValueError),
        ("gap", -0.1, ValueError),
        ("effort", 0, ValueError),
        ("effort", 1.5, TypeError),
        ("seed", -1, ValueError),
        ("strict", "no", TypeError),
        ("xlsx", 1, TypeError),
        ("split", "teams", ValueError),
        ("language", "xx", ValueError),
        ("max_age", "soon", ValueError),
        ("max_age", 7200, TypeError),
        ("out", 3, TypeError),
        ("expect_like", 3, TypeError),
        ("policy", 3, TypeError),
        ("as_of", 3, TypeError),
        ("horizon", 3, TypeError),
    ],
)
def test_a_value_that_an_option_cannot_have_is_refused_by_name(option, value, kind):
    with pytest.raises(kind, match=option) as refused:
        plan({"snapshot": SETTINGS, **frames()}, **{option: value})
    assert isinstance(refused.value, AllotError)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"edits": "hold"}, "edits is 'hold', and takes pairs"),
        ({"edits": [("hold", 3)]}, "takes pairs of texts"),
        ({"edits": [("holt", "T1")]}, "unknown kind 'holt'; did you mean 'hold'"),
        ({"take_back": "hold T1"}, "take_back is 'hold T1', and takes a list of texts"),
        ({"max_changes": -1}, "max_changes is -1, and must be at least 0"),
        ({"forget": "yes"}, "forget is 'yes', and takes True or False"),
        ({"freeze": 3}, "freeze is 3, and takes text"),
    ],
)
def test_so_are_those_of_a_re_plan(whole_run, options, told):
    with pytest.raises(OptionError, match=re.escape(told)):
        replan({"snapshot": SETTINGS, **frames()}, whole_run, **options)


def test_what_is_explained_is_named(whole_run):
    for options, told in (({}, "name a task"), ({"task": 3}, "task is 3"), ({"time_limit_s": 0}, "time_limit_s is 0")):
        with pytest.raises(OptionError, match=told):
            explain(whole_run, **options)


def test_a_day_is_planned_planned_again_checked_and_explained(tmp_path):
    snapshot = write_folder(tmp_path / "snapshot")
    first = plan(snapshot, out=tmp_path / "first", effort=1, xlsx=False, html=False)
    task, agent = first.plan.row(0, named=True)["task_id"], first.plan.row(0, named=True)["agent_id"]
    second = replan(str(snapshot), tmp_path / "first", edits=[("hold", task)], out=tmp_path / "second", effort=1)
    assert second.unplanned.filter(pl.col("task_id") == task)["reason"].to_list() == ["held"]
    assert check(snapshot, str(tmp_path / "second")).ok
    assert explain(tmp_path / "second", task)["task_id"] == task
    assert explain(tmp_path / "second", agent=agent)["agent_id"] == agent
    assert scheduler.explain is explain


def test_what_is_returned_is_short_to_look_at(from_folder, sample):
    shown = [repr(some) for some in (from_folder, from_folder.view(), read_snapshot(sample))]
    assert from_folder.run["run_id"] in shown[0]
    assert all(len(text) < 250 and "\n" not in text for text in shown)


def test_importing_is_quick_and_loads_no_engine():
    loaded = "import sys, scheduler, scheduler.cli.app; print(*sorted(m.partition('.')[0] for m in sys.modules))"
    said = subprocess.run([sys.executable, "-c", loaded], capture_output=True, encoding="utf-8", check=True).stdout
    assert {"polars", "pandas", "numba", "ortools", "pulp", "highspy", "openpyxl", "scipy"} & set(said.split()) == set()
