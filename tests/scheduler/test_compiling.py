"""Loops that have to be compiled: it is said, and where they can be kept nowhere, what to set."""

import time

import pytest
from numba import njit

import models.compiled
from models import Compiling, Threads, silent
from scheduler import plan
from scheduler.run import stages
from scheduler.run.account import late_by_compiling
from scheduler.run.context import Journal, RunContext
from scheduler.run.policy import Policy
from scheduler.run.request import Request
from tests.data.small import SETTINGS, frames
from tests.scheduler.command import QUICK

SNAPSHOT = {"snapshot": SETTINGS, **frames()}


@pytest.fixture
def nowhere(monkeypatch):
    """Has no place where compiled loops can be kept."""
    monkeypatch.setattr(models.compiled, "_UNKEPT", ["a loop"])


@pytest.mark.parametrize("command", [("plan",), ("replan", "--from"), ("explain",), ("warm-up",)])
def test_what_needs_them_says_in_one_line_what_to_set(nowhere, inside, sample, earlier, command):
    rest = {
        "plan": (sample, "--out", earlier, *QUICK),
        "replan": (earlier, sample, "--out", earlier, "--no-xlsx", "--no-html"),
        "explain": (earlier, "--agent", "A1"),
        "warm-up": (),
    }
    done = inside(*command, *rest[command[0]])
    assert (done.code, done.out) == (5, "")
    assert "set NUMBA_CACHE_DIR to a folder that can be written" in done.err
    assert done.err.count("\n") == 1


def test_what_does_not_works(nowhere, inside, sample, earlier, tmp_path):
    for command in (
        ("validate", sample),
        ("policy",),
        ("sample", tmp_path / "sample", "--tasks", 3),
        ("template", tmp_path / "empty.xlsx"),
        ("check", sample, earlier),
        ("compare", earlier, earlier),
        ("report", earlier, "--out", tmp_path / "report", "--no-xlsx"),
    ):
        assert inside(*command).code == 0, command


def test_a_run_says_that_it_compiles_and_its_log_says_it_once(monkeypatch, tmp_path):
    def compiles(*given):
        for _ in range(2):
            assert njit(lambda x: x + 1)(1) == 2
        return solve(*given)

    solve, heard = stages.solve, []
    monkeypatch.setattr(stages, "solve", compiles)
    plan(SNAPSHOT, out=tmp_path / "run", observer=lambda *told: heard.append(told[0]), effort=1, xlsx=False, html=False)
    assert heard[:3] == ["read", "build", "solve"]
    assert heard.count("compile") >= 2
    assert (tmp_path / "run" / "log.jsonl").read_text().count('"compile"') == 1


@pytest.mark.parametrize(
    ("limit", "compiling", "warned"), [(5.0, 40.0, True), (60.0, 40.0, False), (5.0, 1.0, False), (None, 40.0, False)]
)
def test_a_limit_that_was_passed_for_it_is_a_warning(limit, compiling, warned):
    effort = 1 if limit is None else None
    request = Request(source=SNAPSHOT, time_limit_s=limit, effort=effort, began=time.monotonic() - 42)
    run = RunContext(
        request=request,
        policy=Policy(),
        folder=None,
        journal=Journal(silent, request.began),
        compiled=Compiling(compiling),
        executor=Threads(1),
    )
    told = "compiling the loops, which happens once, took 40 s, so the run took longer than its limit of 5 s; run"
    assert [warning.startswith(told) for warning in late_by_compiling(run)] == [True] * warned
