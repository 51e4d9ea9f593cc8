"""The line for cron, on a configuration with two folders: tasks and people."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from scheduler.audit import audit_folder
from tests.scheduler.command import Done

Call = Callable[..., Done]

CONFIG = """
timezone = "UTC"
horizon = "8h"
[source.crm]
kind = "folder"
path = "crm"
max_age = "30m"
[source.people]
kind = "folder"
path = "people"
tables = ["agents", "agent_skills", "shifts", "processes"]
"""
PEOPLE = {
    "agents": "agent_id\nA\nB\n",
    "agent_skills": "agent_id,skill,level\nA,motor,1\nB,motor,1\n",
    "shifts": "agent_id,start,end\nA,2026-03-02T08:00Z,2026-03-02T16:00Z\nB,2026-03-02T08:00Z,2026-03-02T16:00Z\n",
    "processes": "process,minutes,value,skills\nmotor,30,10,motor\n",
}
QUICK = ("--effort", "1", "--no-xlsx", "--no-html")
MADE = ("intake", "snapshot", "plan", "check", "history")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_store: Path) -> Path:
    """A folder with a configuration and an empty store."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "allot.toml").write_text(CONFIG, encoding="utf-8")
    shutil.copy(empty_store, tmp_path / "allot.db")
    return tmp_path


def drop(file: Path, text: str) -> None:
    """A file that somebody dropped a while ago."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    os.utime(file, (1, 1))


def cycle_at(moment: str, inside: Call, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    monkeypatch.setenv("ALLOT_NOW", moment)
    done = inside("cycle", "--json", *QUICK)
    said: dict[str, object] = json.loads(done.out)
    said["code"] = done.code
    said["stages"] = {stage["name"]: stage for stage in json.loads(done.out)["stages"]}
    return said


def planned(place: Path, name: str) -> dict[str, str]:
    plan = pl.read_parquet(place / "runs" / name / "plan.parquet")
    return dict(plan.select("task_id", "agent_id").iter_rows())


def test_two_cycles(place: Path, inside: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in PEOPLE.items():
        drop(place / "people" / "inbound" / f"{name}.csv", text)
    drop(place / "crm" / "inbound" / "monday.csv", "task_id,process\nT1,motor\nT2,motor\nT3,motor\n")
    first = cycle_at("2026-03-02T08:00:00Z", inside, monkeypatch)
    assert first["code"] == 0, first
    assert [stage["ok"] for stage in first["stages"].values()] == [True] * 8
    assert list(first["stages"]) == [*MADE, "publish", "distribute", "alerts"]
    assert first["stages"]["distribute"]["message"] == "no outlet is configured"
    assert first["stages"]["alerts"]["message"] == "none is configured"
    assert Path(first["run"]).name == "20260302T0800Z"
    before = planned(place, "20260302T0800Z")
    assert before.keys() == {"T1", "T2", "T3"}

    drop(place / "crm" / "inbound" / "news.csv", "operation,task_id,process\ncomplete,T1,\ncreate,T4,motor\n")
    second = cycle_at("2026-03-02T08:15:00Z", inside, monkeypatch)
    assert second["code"] == 0, second
    how, good, changes = second["stages"]["plan"]["message"].split("; ", 2)
    assert (how, changes.partition(";")[0]) == ("planned near 20260302T0800Z", "changes: 1 gone, 1 new in the plan")
    assert "of what could be gained, proved" in good
    after = planned(place, "20260302T0815Z")
    assert after.keys() == {"T2", "T3", "T4"}
    assert {name: after[name] for name in ("T2", "T3")} == {name: before[name] for name in ("T2", "T3")}
    run = place / "runs" / "20260302T0815Z"
    assert audit_folder(run / "snapshot", run).ok
    assert sorted(path.name for path in (place / "runs").iterdir() if path.is_dir()) == [
        "20260302T0800Z",
        "20260302T0815Z",
    ]


@pytest.mark.slow
def test_what_nobody_took_up_in_time_is_queued_again(
    place: Path, inside: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in PEOPLE.items():
        drop(place / "people" / "inbound" / f"{name}.csv", text)
    drop(place / "crm" / "inbound" / "monday.csv", "task_id,process\nT1,motor\n")
    cycle_at("2026-03-02T08:00:00Z", inside, monkeypatch)
    assert json.loads(inside("next", "--agent", "A", "--json").out)["task_id"] == "T1"
    statuses = {}
    for minutes in (5, 15):
        cycle_at(f"2026-03-02T08:{minutes:02}:00Z", inside, monkeypatch)
        (listed,) = json.loads(inside("tasks", "list", "--json").out)
        statuses[minutes] = listed["status"]
    assert statuses == {5: "assigned", 15: "queued"}


@pytest.mark.slow
def test_a_dead_source_takes_nothing_down(place: Path, inside: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    with (place / "allot.toml").open("a", encoding="utf-8") as file:
        file.write('[source.lost]\nkind = "sql"\nurl = "sqlite:///nowhere/at.all"\nread = "SELECT 1 AS task_id"\n')
    for name, text in PEOPLE.items():
        drop(place / "people" / "inbound" / f"{name}.csv", text)
    drop(place / "crm" / "inbound" / "monday.csv", "task_id,process\nT1,motor\n")
    said = cycle_at("2026-03-02T08:00:00Z", inside, monkeypatch)
    assert (said["code"], said["stages"]["intake"]["ok"], said["stages"]["plan"]["ok"]) == (0, False, True)
    assert "lost: " in said["stages"]["intake"]["message"]
    later = cycle_at("2026-03-02T09:00:00Z", inside, monkeypatch)
    assert later["stages"]["snapshot"]["message"] == "what crm has sent is 1 h 0 min old"


def test_work_that_is_set_aside_is_said(place: Path, inside: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in PEOPLE.items():
        drop(place / "people" / "inbound" / f"{name}.csv", text)
    drop(place / "crm" / "inbound" / "work.csv", "task_id,process\nT1,motor\nT2,mtoor\n")
    said = cycle_at("2026-03-02T08:00Z", inside, monkeypatch)["stages"]["plan"]
    assert said["counts"]["planned"] == 1
    assert "; 1 of 2 tasks was set aside and is not planned: tasks.csv row 3 (T2)" in said["message"]


def test_alerts_are_the_last_stage_and_a_delivery_that_fails_fails_no_cycle(
    place: Path, inside: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (place / "allot.toml").open("a", encoding="utf-8") as file:
        file.write('[[alert]]\nname = "idle"\nmeasure = "planned"\nred = 1\nbelow = true\nenabled = true\n')
        file.write('[notify.log]\nkind = "file"\npath = "crm"\n')  # a folder
    drop(place / "crm" / "inbound" / "monday.csv", "task_id,process\nT1,motor\n")
    said = cycle_at("2026-03-02T08:00:00Z", inside, monkeypatch)
    stages = said["stages"]
    assert (said["code"], list(stages)[-1], stages["alerts"]["ok"]) == (0, "alerts", False)
    assert stages["alerts"]["counts"] == {"firing": 1, "pending": 0, "waiting": 1}
    assert stages["alerts"]["message"].startswith("allot, red: idle (Enterprise); log: ")


@pytest.mark.slow
def test_without_people_an_empty_plan_is_written(place: Path, inside: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    said = cycle_at("2026-03-02T08:00:00Z", inside, monkeypatch)
    assert said["code"] == 0, said
    assert planned(place, "20260302T0800Z") == {}


def test_a_cycle_that_cannot_plan_ends_with_the_plans_code(
    place: Path, inside: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "allot.toml").write_text(CONFIG.replace('horizon = "8h"', ""), encoding="utf-8")
    said = cycle_at("2026-03-02T08:00:00Z", inside, monkeypatch)
    assert (said["code"], said["run"], said["stages"]["snapshot"]["ok"]) == (3, None, False)


@pytest.mark.slow
def test_a_plan_of_the_list_keeps_its_snapshot(place: Path, inside: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOT_NOW", "2026-03-02T08:00:00Z")
    for name, text in PEOPLE.items():
        drop(place / "people" / "inbound" / f"{name}.csv", text)
    drop(place / "crm" / "inbound" / "monday.csv", "task_id,process\nT1,motor\n")
    assert inside("intake", "run").code == 0
    done = inside("plan", "store:", "--out", "run", *QUICK)
    assert done.code == 0, done.err
    assert inside("check", "run/snapshot", "run").code == 0


def outlets(place: Path, text: str) -> None:
    """Sources of people and a first task, and these outlets."""
    with (place / "allot.toml").open("a", encoding="utf-8") as file:
        file.write(text)
    for name, content in PEOPLE.items():
        drop(place / "people" / "inbound" / f"{name}.csv", content)
    drop(place / "crm" / "inbound" / "monday.csv", "task_id,process\nT1,motor\n")


SHARE = '[outlet.share]\nkind = "folder"\npath = "out"\n'


@pytest.mark.slow
def test_a_cycle_hands_out_and_a_failed_outlet_is_said(
    place: Path, inside: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = '[outlet.gone]\nkind = "sql"\nurl = "sqlite:///nowhere/x.db"\ntable = "plan"\n'
    by_hand = '[outlet.by_hand]\nkind = "folder"\npath = "never"\ncycle = false\n'
    outlets(place, SHARE + gone + by_hand)
    said = cycle_at("2026-03-02T08:00:00Z", inside, monkeypatch)
    handed = said["stages"]["distribute"]
    assert (said["code"], said["stages"]["publish"]["ok"], handed["ok"]) == (0, True, False)
    assert handed["counts"] == {"rows": 1, "withdrawn": 0, "left": 1}
    assert "gone: there is no folder" in handed["message"]
    assert (place / "out" / "changes-000001.csv").is_file()
    assert not (place / "never").exists()
    (place / "nowhere").mkdir()
    later = cycle_at("2026-03-02T08:15:00Z", inside, monkeypatch)
    assert (later["code"], later["stages"]["distribute"]["ok"]) == (0, True)
    assert later["stages"]["publish"]["counts"]["version"] == 2


@pytest.mark.slow
def test_a_plan_is_near_the_published_run_and_not_published_where_people_do_that(
    place: Path, inside: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlets(place, "[cycle]\npublish = false\n" + SHARE)
    first = cycle_at("2026-03-02T08:00:00Z", inside, monkeypatch)
    assert list(first["stages"]) == [*MADE, "alerts"]
    assert inside("publish", first["run"]).code == 0
    for minute in (15, 30):
        later = cycle_at(f"2026-03-02T08:{minute}:00Z", inside, monkeypatch)
        assert later["stages"]["plan"]["message"].startswith("planned near 20260302T0800Z;")
    assert not (place / "out").exists()


@pytest.mark.slow
def test_a_snapshot_of_the_list_is_planned_with_the_policy_and_calendars_of_the_configuration(
    place: Path, inside: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOT_NOW", "2026-03-02T08:00:00Z")
    calendar = '[calendar.bank]\nhours = "Mo-Fr 08:00-18:00"\nclosed = ["2026-03-02"]\n'
    (place / "allot.toml").write_text(f'policy = "policy.toml"\n{CONFIG}{calendar}', encoding="utf-8")
    (place / "policy.toml").write_text("[time]\ngrain = '5m'\n", encoding="utf-8")
    processes = "process,minutes,value,skills,sla_minutes,calendar\nmotor,30,10,motor,60,bank\n"
    for name, text in {**PEOPLE, "processes": processes}.items():
        drop(place / "people" / "inbound" / f"{name}.csv", text)
    drop(place / "crm" / "inbound" / "monday.csv", "task_id,process,created_at\nT1,motor,2026-03-02T08:00Z\n")
    assert inside("intake", "run").code == 0
    assert inside("snapshot", "--out", "now").code == 0
    assert inside("validate", "now").code == 0
    assert inside("plan", "now", "--out", "run", *QUICK).code == 0
    said = json.loads((place / "run" / "run.json").read_text("utf-8"))
    assert (said["policy"]["time"]["grain"], list(said["calendars"])) == ("5m", ["bank"])
    assert str(pl.read_parquet(place / "run" / "plan.parquet")["due_at"][0]) == "2026-03-03 09:00:00+00:00"
    assert inside("check", "now", "run").code == 0
    monkeypatch.delenv("ALLOT_NOW")
    (place / "allot.toml").unlink()
    assert inside("validate", "now").code == 3  # nothing names the calendar now


@pytest.mark.slow
def test_runs_are_kept_as_long_as_the_configuration_says(
    place: Path, inside: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (place / "allot.toml").open("a", encoding="utf-8") as file:
        file.write('[runs]\nkeep = "30m"\n')
    for moment in ("08:00", "08:15", "08:45"):
        said = cycle_at(f"2026-03-02T{moment}:00Z", inside, monkeypatch)
    assert said["stages"]["prune"] == {
        "name": "prune",
        "ok": True,
        "seconds": said["stages"]["prune"]["seconds"],
        "counts": {"removed": 1},
        "message": "",
    }
    assert sorted(path.name for path in (place / "runs").iterdir()) == ["20260302T0815Z", "20260302T0845Z"]
