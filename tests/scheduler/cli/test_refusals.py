"""Runs that do not come to a good end: their exit code, what they say, and the earlier run left as it was.

The fixture ``earlier`` compares every byte of the earlier run after each test.
"""

import errno
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import numpy as np
import polars as pl
import pytest
from filelock import FileLock

from models import Limits, Observer, Outcome, Plan, Problem, Stop, evaluate, pinned_plan
from tests.data.small import csv_text, tables, toml_text, write_folder, write_workbook
from tests.scheduler.command import QUICK, allot, contents, with_small_files

MANY = range(25)
"""More bad rows than a table may have."""
EIGHT, FOUR = "2026-01-05T08:00", "2026-01-05T16:00"

REFUSED: dict[str, tuple[dict[str, Any], dict[str, str | bytes], str]] = {
    "missing column": (
        {"tasks": [["task_id", "proces"], ["T1", "claim"]]},
        {},
        "tasks.csv: the required column 'process' is missing; did you mean 'proces'?",
    ),
    "duplicate ids": (
        {"tasks": [["task_id", "process", "value"], *(["T1", "claim", n] for n in MANY)]},
        {},
        "tasks.csv: 25 of 25 rows break a rule, more than the 0.05 that max_reject_share allows (unique 25)",
    ),
    "end before start": (
        {"shifts": [["agent_id", "start", "end"], *(["A1", FOUR, EIGHT] for _ in MANY)]},
        {},
        "shifts.csv: 25 of 25 rows break a rule, more than the 0.05 that max_reject_share allows (end_after_start 25)",
    ),
    "unknown references": (
        {"tasks": [["task_id", "process"], *([f"T{i}", "claims"] for i in MANY)]},
        {},
        "tasks.csv: 25 of 25 rows break a rule, more than the 0.05 that max_reject_share allows (unknown_reference 25)",
    ),
    "no rows": ({"agents": [["agent_id"]]}, {}, "agents.csv has no rows"),
    "no horizon": ({}, {"snapshot.toml": toml_text({"as_of": EIGHT})}, "the end of planning is missing"),
    "unknown time zone": (
        {},
        {"snapshot.toml": toml_text({"as_of": EIGHT, "horizon": "4h", "timezone": "Europe/Berln"})},
        "did you mean 'Europe/Berlin'?",
    ),
    "not UTF-8": ({}, {"agents.csv": "agent_id,name\nA1,J\xf6rg\n".encode("latin-1")}, "agents.csv line 2: not UTF-8"),
    "ragged": ({}, {"agents.csv": "agent_id,name\nA1,Ana,Lima\n"}, "agents.csv line 2: 3 cells where the header has 2"),
    "not a table": ({}, {"agents.csv": b"PK\x03\x04"}, "agents.csv is not CSV but an Excel workbook"),
}


@pytest.mark.parametrize("broken", REFUSED)
def test_a_refused_snapshot_is_exit_3(inside, earlier, tmp_path, broken):
    changed, files, said = REFUSED[broken]
    done = inside("plan", write_folder(tmp_path / "snapshot", files, **changed), "--out", earlier, *QUICK)
    assert (done.code, done.out) == (3, "")
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.slow
def test_an_empty_folder_is_exit_3(earlier, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    done = allot("plan", empty, "--out", earlier, "--json")
    assert (done.code, done.out) == (3, "")
    assert "processes.csv (or .csv.gz or .parquet) is missing" in done.err


def test_a_missing_table_is_named_with_the_nearest_file(inside, earlier, tmp_path):
    snapshot = write_folder(tmp_path / "snapshot")
    (snapshot / "agents.csv").rename(snapshot / "agent.csv")
    done = inside("plan", snapshot, "--out", earlier, *QUICK)
    assert done.code == 3
    assert "agents.csv (or .csv.gz or .parquet) is missing; did you mean 'agent.csv'?" in done.err


def test_a_missing_sheet_is_named(inside, earlier, tmp_path):
    book = write_workbook(tmp_path / "day.xlsx", None, shifts=tables()["shifts"])
    good = inside("plan", book, "--out", tmp_path / "fine", *QUICK)
    (tmp_path / "broken.xlsx").write_bytes(book.read_bytes()[:3000])
    done = inside("plan", tmp_path / "broken.xlsx", "--out", earlier, *QUICK)
    assert (good.code, done.code) == (0, 3)
    assert "broken.xlsx" in done.err


def test_strict_refuses_a_single_reject(inside, earlier, sample):
    done = inside("plan", sample, "--out", earlier, *QUICK, "--strict")
    assert done.code == 3
    assert "tasks.csv row 42 (BAD-VALUE)" in done.err


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("[payoff]\nlate_shar = 0.5", "unknown key 'payoff.late_shar'; did you mean 'late_share'?"),
        ("max_reject_share = 2", "'max_reject_share': Input should be less than or equal to 1, not 2"),
        ("sla = hard", "cannot be read"),
    ],
)
def test_a_refused_policy_is_exit_3(inside, earlier, sample, tmp_path, policy, said):
    file = tmp_path / "policy.toml"
    file.write_text(policy)
    done = inside("plan", sample, "--out", earlier, *QUICK, "--policy", file)
    assert (done.code, done.out) == (3, "")
    assert said in done.err
    assert "policy.toml" in done.err


def test_a_horizon_shorter_than_a_grain_is_exit_3(inside, earlier, sample):
    done = inside("plan", sample, "--out", earlier, *QUICK, "--horizon", "30s")
    assert done.code == 3
    assert "is shorter than one grain of 60 s" in done.err


def test_an_unreadable_horizon_is_refused(inside, earlier, sample):
    done = inside("plan", sample, "--out", earlier, *QUICK, "--horizon", "soon")
    assert done.code == 2
    assert "'soon' is not a length of time" in done.err


@pytest.mark.slow
def test_a_foreign_folder_is_exit_2(sample, tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    done = allot("plan", sample, "--out", tmp_path, *QUICK)
    assert done.code == 2
    assert "holds files that are not a run's" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_the_snapshot_itself_is_no_place_for_a_run(inside, tmp_path):
    snapshot = write_folder(tmp_path / "snapshot")
    before = sorted(snapshot.iterdir())
    assert inside("plan", snapshot, "--out", snapshot, *QUICK).code == 2
    assert sorted(snapshot.iterdir()) == before


def test_an_engine_that_cannot_take_it_is_exit_2_and_names_what_can(inside, earlier, sample, monkeypatch):
    monkeypatch.setattr("models.engines.exact.MOST_FOR_CP_SAT", 10)
    done = inside("plan", sample, "--out", earlier, "--engine", "exact", "--effort", 1)
    assert done.code == 2
    assert "ways to do the tasks are more than the 10 a whole model can hold" in done.err
    assert "use --engine scale (or auto)" in done.err


def test_a_solver_that_is_not_there_is_exit_2_and_names_those_that_are(inside, earlier, sample):
    done = inside("plan", sample, "--out", earlier, "--engine", "pulp", "--solver", "HiGS", "--effort", 1)
    assert done.code == 2
    assert "PuLP finds no solver 'HiGS' here; it finds " in done.err
    assert "HiGHS" in done.err


def test_a_held_lock_is_exit_7(inside, earlier, sample):
    lock = earlier.with_name(".run.lock")
    with FileLock(lock):
        done = inside("plan", sample, "--out", earlier, *QUICK)
    lock.unlink()  # it stays for whoever holds it
    assert (done.code, done.out) == (7, "")
    assert f"another run is writing to {earlier}" in done.err


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def full_for_polars(*_: object, **__: object) -> None:
    raise pl.exceptions.ComputeError("parquet: underlying IO error: No space left on device (os error 28)")


WRITES: dict[str, tuple[object, str, Callable[..., None]]] = {
    "staging folder": (Path, "mkdir", full),
    "parquet": (pl.DataFrame, "write_parquet", full_for_polars),
    "rejects": (pl.DataFrame, "write_csv", full),
    "run.json": (Path, "write_text", full),
    "sync": (os, "fsync", full),
    "publish": (Path, "rename", full),
}


@pytest.mark.parametrize("write", WRITES)
def test_a_full_disk_is_exit_5(inside, earlier, sample, monkeypatch, write):
    monkeypatch.setattr(*WRITES[write])
    done = inside("plan", sample, "--out", earlier, *QUICK, "--csv")
    monkeypatch.undo()
    assert (done.code, done.out) == (5, "")
    assert f"allot failed: No space left on device: {earlier}\n" in done.err
    assert "Nothing earlier was changed. Make room there, or write to another place." in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.EACCES, "Ask for the right to write there, or write to another place."),
        (errno.EPERM, "Ask for the right to write there, or write to another place."),
        (errno.ENOENT, "Run again with --debug for the details."),
    ],
)
def test_another_error_of_the_machine_is_said_with_what_to_do(inside, earlier, sample, monkeypatch, number, advice):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), "the file")

    monkeypatch.setattr(Path, "write_text", refuse)
    done = inside("plan", sample, "--out", earlier, *QUICK)
    monkeypatch.undo()
    assert done.code == 5
    assert f"allot failed: {os.strerror(number)}: the file\nNothing earlier was changed. {advice}\n" in done.err


@pytest.mark.slow
def test_no_room_for_a_real_file_is_exit_5(earlier, sample):
    done = with_small_files("plan", sample, "--out", earlier, *QUICK)
    assert (done.code, done.out) == (5, "")
    assert f"allot failed: File too large: {earlier}\nNothing earlier was changed. Make room there" in done.err
    assert "Traceback" not in done.err


@pytest.mark.slow
@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_no_room_for_a_sample_is_exit_5_and_keeps_the_earlier_one(inside, tmp_path, file_format):
    inside("sample", tmp_path, "--tasks", 20, "--agents", 3)
    before = contents(tmp_path)
    done = with_small_files("sample", tmp_path, "--tasks", 900, "--agents", 90, "--format", file_format)
    assert done.code == 5
    assert f"allot failed: File too large: {tmp_path}\n" in done.err
    assert contents(tmp_path) == before


def test_no_room_for_a_template_is_exit_5_and_leaves_no_half_of_it(inside, tmp_path, monkeypatch):
    def begin(path: Path, *_: object) -> None:
        path.touch()
        full()

    monkeypatch.setattr(Path, "open", begin)
    done = inside("template", tmp_path / "day.xlsx")
    assert done.code == 5
    assert f"allot failed: No space left on device: {tmp_path / 'day.xlsx'}\n" in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_no_room_for_the_sheets_of_a_template_is_exit_5(tmp_path):
    done = with_small_files("template", tmp_path / "day.xlsx")
    assert done.code == 5
    assert f"allot failed: File too large: {gettempdir()}\n" in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("refused", ["snapshot", "policy", "engine"])
def test_a_refused_run_into_a_new_place_leaves_nothing(inside, sample, tmp_path, refused):
    policy = tmp_path / "policy.toml"
    policy.write_text("sl = 'hard'\n")
    wrong = {
        "snapshot": ("--strict",),
        "policy": ("--policy", policy),
        "engine": ("--engine", "pulp", "--solver", "none"),
    }
    assert inside("plan", sample, "--out", tmp_path / "runs" / "new", *QUICK, *wrong[refused]).code in (2, 3)
    assert list(tmp_path.iterdir()) == [policy]


Engine = Callable[[Problem, Limits, Observer], Outcome]


def outcome(problem: Problem, plan: Plan, worth: int | None = None) -> Outcome:
    objective = evaluate(problem, plan).objective if worth is None else worth
    return Outcome(engine="greedy", plan=plan, objective=objective, bound=None, bound_source="none", stop=Stop.FINISHED)


def everything_to_one(problem: Problem, *_: object) -> Outcome:
    agent, start = np.zeros(problem.n_tasks, np.int32), np.zeros(problem.n_tasks, np.int64)
    return outcome(problem, Plan(agent=agent, start=start))


def beyond_the_horizon(problem: Problem, *_: object) -> Outcome:
    plan = pinned_plan(problem)
    return outcome(problem, replace(plan, start=np.where(plan.start >= 0, plan.start + 10**6, -1)))


def nothing_started(problem: Problem, *_: object) -> Outcome:
    none = np.full(problem.n_tasks, -1)
    return outcome(problem, Plan(agent=none.astype(np.int32), start=none))


def boasting(problem: Problem, *_: object) -> Outcome:
    return outcome(problem, pinned_plan(problem), worth=10**6)


def crashing(problem: Problem, *_: object) -> Outcome:
    raise RuntimeError("the engine came apart")


def impatient(problem: Problem, *_: object) -> Outcome:
    raise KeyboardInterrupt


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Callable[[Engine], None]:
    """Puts an engine in the place of every other."""
    return lambda solve: monkeypatch.setattr("models.engines.make_engine", lambda *_, **__: solve)


@pytest.mark.parametrize(
    ("wrong", "rules"),
    [
        (everything_to_one, {"H2", "H3"}),
        (beyond_the_horizon, {"H3", "H7"}),
        (nothing_started, {"H7"}),
        (boasting, {"PAYOFF"}),
    ],
)
def test_a_plan_that_fails_the_check_is_exit_6_and_kept_for_study(inside, earlier, sample, engine, wrong, rules):
    engine(wrong)
    done = inside("plan", sample, "--out", earlier, *QUICK)
    failed = earlier.with_name("run.failed")
    run = (failed / "run.json").read_text(encoding="utf-8")
    kept = {path.name for path in failed.iterdir()}
    shutil.rmtree(failed)
    assert (done.code, done.out) == (6, "")
    assert "the plan breaks" in done.err
    assert f"The plan is kept for study in {failed}" in done.err
    assert {rule for rule in rules if f'"{rule} ' in run} == rules
    assert '"ok": false' in run
    assert {"plan.parquet", "unplanned.parquet", "rejects.csv"} <= kept


def test_a_defect_is_exit_5_without_a_traceback(inside, earlier, sample, engine):
    engine(crashing)
    done = inside("plan", sample, "--out", earlier, *QUICK)
    assert (done.code, done.out) == (5, "")
    assert "RuntimeError('the engine came apart')" in done.err
    assert "Traceback" not in done.err


def test_a_defect_is_shown_whole_under_debug(inside, earlier, sample, engine):
    engine(crashing)
    done = inside("plan", sample, "--out", earlier, *QUICK, "--debug")
    assert (done.code, done.out) == (5, "")
    assert "Traceback" in done.err
    assert "RuntimeError: the engine came apart" in done.err


def test_a_second_ctrl_c_is_exit_130_at_once(inside, earlier, sample, engine):
    engine(impatient)
    done = inside("plan", sample, "--out", earlier, *QUICK)
    assert (done.code, done.out) == (130, "")
    assert "interrupted" in done.err


LATE = {"snapshot.toml": 'as_of = "2027-01-05T08:00"\nhorizon = "10h"\n'}


@pytest.mark.slow
@pytest.mark.parametrize("command", ["plan", "validate"])
def test_a_period_in_which_nobody_works_is_exit_3_and_leaves_the_earlier_run(inside, tmp_path, command):
    snapshot, run = write_folder(tmp_path / "snapshot"), tmp_path / "run"
    options = ("--out", run, *QUICK) if command == "plan" else ()
    assert inside("plan", snapshot, "--out", run, *QUICK).code == 0
    before = (run / "run.json").read_bytes()
    write_folder(snapshot, LATE)
    done = inside(command, snapshot, *options)
    assert done.code == 3
    assert "none of the 2 people has any working time from 2027-01-05 08:00 to 2027-01-05 18:00" in done.err
    assert (run / "run.json").read_bytes() == before
    assert inside(command, snapshot, *options, "--allow-empty").code == 0


@pytest.mark.slow
def test_a_run_made_though_nobody_works_is_checked_and_planned_again(inside, tmp_path):
    snapshot, run = write_folder(tmp_path / "snapshot", LATE), tmp_path / "run"
    again = ("replan", snapshot, "--from", run, "--out", tmp_path / "again", "--effort", 1, "--no-xlsx", "--no-html")
    assert inside("plan", snapshot, "--out", run, "--allow-empty", *QUICK).code == 0
    assert inside("check", snapshot, run).code == 0
    assert inside(*again).code == 3
    assert inside(*again, "--allow-empty").code == 0
    assert inside("check", snapshot, tmp_path / "again").code == 0


@pytest.mark.slow
def test_a_re_plan_without_a_moment_takes_the_earlier_runs_in_which_people_work(inside, tmp_path):
    snapshot, run, again = write_folder(tmp_path / "snapshot", LATE), tmp_path / "run", tmp_path / "again"
    assert inside("plan", snapshot, "--out", run, "--as-of", "2026-01-05T08:00", *QUICK).code == 0
    options = ("--effort", 1, "--no-xlsx", "--no-html")
    assert inside("replan", snapshot, "--from", run, "--out", again, *options).code == 0


def test_a_check_takes_what_an_earlier_version_planned_under_another_share(inside, tmp_path):
    agents = [*tables()["agents"], [None, "x"], [None, "y"]]
    snapshot, run, policy = tmp_path / "snapshot", tmp_path / "run", tmp_path / "policy.toml"
    policy.write_text("max_reject_share = 1.0\n", "utf-8")
    write_folder(snapshot, agents=agents)
    assert inside("plan", snapshot, "--out", run, "--policy", policy, *QUICK).code == 0
    said = json.loads((run / "run.json").read_text("utf-8"))
    said["policy"]["max_reject_share"] = 0.05
    (run / "run.json").write_text(json.dumps(said), "utf-8")
    assert inside("check", snapshot, run).code == 0


def test_a_few_bad_rows_are_set_aside_and_the_run_goes_on(inside, tmp_path):
    clean = tables()
    bad = {
        "tasks": [["T9", "claim"], ["T9", "query"], ["T8", "nowhere"]],
        "shifts": [["A1", FOUR, EIGHT]],
        "agents": [[None, "Cy"]],
    }
    files: dict[str, str | bytes] = {}
    for name, rows in bad.items():
        width = len(clean[name][0])
        files[f"{name}.csv"] = csv_text([*clean[name], *([*row, *[None] * (width - len(row))] for row in rows)])
    done = inside("plan", write_folder(tmp_path / "snapshot", files), "--out", tmp_path / "run", *QUICK)
    assert done.code == 0
    rejects = pl.read_csv(tmp_path / "run" / "rejects.csv", infer_schema=False)
    assert sorted(rejects.select("table", "id", "rule").rows()) == [
        ("agents", None, "required"),
        ("shifts", "A1", "end_after_start"),
        ("tasks", "T8", "unknown_reference"),
        ("tasks", "T9", "unique"),
        ("tasks", "T9", "unique"),
    ]
