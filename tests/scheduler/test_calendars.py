"""Calendars from the policy to the plan: what is due when, who says so, and that everything else follows."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from data import read_snapshot
from models import CheckError, PolicyError, SnapshotError
from scheduler import plan
from scheduler.audit import audit_run
from scheduler.audit.files import audit_folder
from scheduler.explaining import explain_task, read_past_run
from scheduler.replanning import ReplanRequest, replan
from scheduler.replanning.earlier import read_earlier
from scheduler.run.policy import read_policy
from tests.data.small import Rows, write_folder

OPTIONS = {"effort": 1, "engine": "greedy", "xlsx": False, "html": False}
POLICY = {
    "calendar": {
        "bank": {"hours": "Mo-Fr 08:00-18:00", "holidays": "DE-BY", "closed": [date(2026, 1, 7)]},
        "nights": {"hours": "22:00-06:00", "tenants": ["acme"]},
    }
}
PROCESSES: Rows = [
    ["process", "minutes", "sla_minutes", "calendar", "tenant"],
    ["claim", "20", "120", "bank", "acme"],
    ["query", "5", "120", None, "acme"],
    ["plain", "5", "120", None, None],
]
TASKS: Rows = [
    ["task_id", "process", "created_at", "due_at", "tenant"],
    ["T1", "claim", "2026-01-05T17:00", None, None],
    ["T2", "claim", "2026-01-05T17:00", "2026-01-05T17:30", None],
    ["T3", "query", "2026-01-05T17:00", None, None],
    ["T4", "query", "2026-01-05T17:00", None, "globex"],
    ["T5", "plain", "2026-01-05T17:00", None, None],
    ["T6", "claim", None, None, None],
]
DUE = {
    "T1": "2026-01-08T09:00",  # the 6th is a holiday, the 7th is closed
    "T2": "2026-01-05T17:30",  # its own
    "T3": "2026-01-06T00:00",  # by the tenant of its process
    "T4": "2026-01-05T19:00",  # its own tenant has no calendar
    "T5": "2026-01-05T19:00",
    "T6": None,
}


@pytest.fixture(scope="module")
def day(tmp_path_factory) -> Path:
    """A folder with a snapshot whose processes name calendars, and its plan."""
    folder = tmp_path_factory.mktemp("day")
    write_folder(folder / "snapshot", processes=PROCESSES, tasks=TASKS, agent_skills=[["agent_id", "skill"]])
    plan(folder / "snapshot", out=folder / "run", policy=POLICY, **OPTIONS)
    return folder


def due(*frames: pl.DataFrame) -> dict[str, str | None]:
    shown = pl.col("due_at").dt.to_string("%Y-%m-%dT%H:%M")
    return dict(row for frame in frames for row in frame.select("task_id", shown).iter_rows())


def run_of(day: Path, name: str = "run") -> dict:
    return json.loads((day / name / "run.json").read_text("utf-8"))


def test_sla_minutes_count_on_the_calendar_of_process_tenant_or_none(day):
    assert due(*(pl.read_parquet(day / "run" / f"{name}.parquet") for name in ("plan", "unplanned"))) == DUE


def test_what_nothing_else_is_named_for_counts_on_the_default(day):
    tables = {**POLICY["calendar"], "noon": {"hours": "12:00-13:00", "default": True}}
    result = plan(day / "snapshot", policy={"calendar": tables}, **OPTIONS)
    found = due(result.plan, result.unplanned)
    assert (found["T4"], found["T5"]) == ("2026-01-07T13:00", "2026-01-07T13:00")
    assert {name: found[name] for name in ("T1", "T2", "T3", "T6")} == {k: DUE[k] for k in ("T1", "T2", "T3", "T6")}


def test_the_run_names_the_calendars_that_were_used_and_the_policy_all(day):
    run = run_of(day)
    bank = {"hours": "Mo-Fr 08:00-18:00", "holidays": "DE-BY", "closed": ["2026-01-07"]}
    assert run["policy"]["calendar"]["bank"] == bank
    assert run["calendars"]["bank"] == {**bank, "timezone": "Europe/Berlin"}
    assert set(run["calendars"]) == {"bank", "nights"}
    assert "holidays" in run["versions"]


def test_without_calendars_nothing_is_said_of_them(tmp_path):
    write_folder(tmp_path / "snapshot")
    assert "calendars" not in plan(tmp_path / "snapshot", **OPTIONS).run


def test_the_check_works_the_deadlines_out_by_itself(day):
    assert audit_folder(day / "snapshot", day / "run").ok


@pytest.mark.parametrize(
    ("key", "value"),
    [("hours", "Mo-Fr 08:00-17:00"), ("holidays", "DE-BE"), ("closed", []), ("timezone", "Asia/Tokyo")],
)
def test_the_check_sees_deadlines_of_another_calendar(day, tmp_path, key, value):
    run = run_of(day)
    run["policy"]["calendar"]["bank"][key] = value
    for file in (day / "run").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "run.json").write_text(json.dumps(run), encoding="utf-8")
    report = audit_folder(day / "snapshot", tmp_path)
    assert any("due_at" in str(violation) and "T1" in str(violation) for violation in report.violations)


def test_the_check_refuses_calendars_it_cannot_read(day, tmp_path):
    run = run_of(day)
    run["policy"]["calendar"]["bank"]["hours"] = "Xy 08:00-17:00"
    for file in (day / "run").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "run.json").write_text(json.dumps(run), encoding="utf-8")
    snapshot = read_snapshot(day / "snapshot", calendars=POLICY["calendar"])
    with pytest.raises(CheckError, match="the calendar 'bank' cannot be read"):
        audit_run(snapshot, tmp_path)


def test_planning_again_keeps_the_calendars_and_added_tasks_count_on_them(day):
    rows = [{"task_id": "N1", "process": "claim", "created_at": "2026-01-05T17:30"}]
    pl.DataFrame(rows).write_csv(day / "more.csv")
    request = ReplanRequest(
        source=day / "snapshot",
        earlier=day / "run",
        out=day / "again",
        edits=[("add_task", str(day / "more.csv"))],
        **OPTIONS,
    )
    result = replan(request)
    assert due(result.plan, result.unplanned) == {**DUE, "N1": "2026-01-08T09:30"}
    assert audit_folder(day / "snapshot", day / "again").ok


def test_another_calendar_is_another_problem(day):
    snapshot = read_snapshot(day / "snapshot", as_of=run_of(day)["as_of"], calendars=POLICY["calendar"])
    earlier = read_earlier(day / "run")
    assert earlier.is_of(snapshot, read_policy(POLICY))
    other = {"calendar": {**POLICY["calendar"], "bank": {"hours": "Mo-Fr 08:00-17:00"}}}
    assert not earlier.is_of(snapshot, read_policy(other))


def test_explanations_know_the_deadline(day):
    assert explain_task(read_past_run(day / "run"), "T1", None)["due_at"].startswith("2026-01-08T09:00")


def test_a_process_that_names_an_unknown_calendar_is_set_aside_with_the_nearest_name(day):
    tables = {"bnak": POLICY["calendar"]["bank"]}
    rejects = read_snapshot(day / "snapshot", calendars=tables, max_reject_share=1).rejects
    (row,) = rejects.filter(pl.col("table") == "processes").to_dicts()
    assert (row["row"], row["id"], row["column"], row["rule"]) == (2, "claim", "calendar", "unknown_reference")
    assert row["message"] == "calendar 'bank' is not a calendar of the policy; did you mean 'bnak'?"
    assert set(rejects.filter(pl.col("table") == "tasks")["id"]) == {"T1", "T2", "T6"}
    with pytest.raises(SnapshotError, match="which has none"):
        read_snapshot(day / "snapshot", strict=True)


def test_holidays_without_their_package_name_what_installs_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "holidays", None)
    with pytest.raises(PolicyError, match=r"install it with: pip install 'allot\[calendars\]'"):
        read_policy(POLICY)
    assert read_policy({"calendar": {"plain": {"hours": "24/7"}}}).calendar
