"""A run that is stopped early keeps a better one of the same problem when it is asked to."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models import Outcome, Problem, Stop, evaluate, pinned_plan
from scheduler import plan, replan
from scheduler.run import stages
from scheduler.run.pipeline import run_plan
from scheduler.run.request import Request
from scheduler.run.result import Result
from tests.scheduler.command import QUICK, contents
from tests.scheduler.edits.small import OPTIONS, frames

pytestmark = pytest.mark.slow


@pytest.fixture
def stopped(monkeypatch):
    """Called, has every further run stop before it has found more than the work that is pinned."""
    solve = stages.solve

    def nothing(request: Request, problem: Problem, *rest: Any) -> Outcome:
        poor = pinned_plan(problem)
        worth = evaluate(problem, poor).objective
        found = solve(request, problem, *rest)
        return replace(found, plan=poor, objective=worth, bound=None, prices=None, stop=Stop.INTERRUPTED)

    return lambda: monkeypatch.setattr(stages, "solve", nothing)


def again(out: Path, source: Any = None, **options: Any) -> Result:
    given = {**OPTIONS, "keep_better": True, **options}
    return run_plan(Request(source=source or frames(), out=out, **given))


def test_the_better_one_stays_and_both_values_are_known(tmp_path, stopped):
    first = plan(frames(), out=tmp_path / "run", **OPTIONS)
    before = contents(tmp_path)
    stopped()
    kept = again(tmp_path / "run")
    assert contents(tmp_path) == before
    assert (kept.run, kept.kept_over) == (first.run, 0)
    assert kept.plan.equals(first.plan)


@pytest.mark.parametrize(
    "other",
    [{"policy": {"payoff": {"late_share": 0.4}}}, {"horizon": "3h"}, {"as_of": "2026-03-02T09:00"}, {"keep_better": 0}],
    ids=["policy", "horizon", "moment", "not asked"],
)
def test_one_of_another_problem_goes(tmp_path, stopped, other):
    plan(frames(), out=tmp_path / "run", **OPTIONS)
    stopped()
    kept = again(tmp_path / "run", **{name: value if value else False for name, value in other.items()})
    assert kept.kept_over is None
    assert json.loads((tmp_path / "run" / "run.json").read_text())["objective"] == 0


def test_one_of_other_files_goes(tmp_path, stopped):
    plan(frames(), out=tmp_path / "run", **OPTIONS)
    stopped()
    fewer = frames()
    assert again(tmp_path / "run", {**fewer, "tasks": fewer["tasks"].head(5)}).kept_over is None


def test_one_with_edits_or_a_damaged_one_goes(tmp_path, stopped):
    plan(frames(), out=tmp_path / "run", **OPTIONS)
    replan(frames(), tmp_path / "run", edits=[("hold", "T1")], out=tmp_path / "edited", **OPTIONS)
    (tmp_path / "run" / "kpis.parquet").write_bytes(b"")
    stopped()
    assert again(tmp_path / "edited").kept_over is None
    assert again(tmp_path / "run").kept_over is None
    assert again(tmp_path / "new").kept_over is None


def test_one_that_ran_to_its_end_replaces_a_better_one(tmp_path):
    plan(frames(), out=tmp_path / "run", **{**OPTIONS, "effort": 3})
    assert again(tmp_path / "run", engine="greedy").kept_over is None


def test_the_command_says_so(inside, sample, earlier, stopped):
    stopped()
    done = inside("plan", sample, "--out", earlier, *QUICK, "--keep-better", "--json")
    assert (done.code, done.out) == (0, (earlier / "run.json").read_text("utf-8"))
    assert f"stopped early: the earlier run in {earlier} stays, " in done.err
