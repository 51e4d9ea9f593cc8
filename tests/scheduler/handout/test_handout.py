"""`allot next`: who is handed which task and why, how long it is theirs, and what becomes of it."""

import json
from pathlib import Path

import polars as pl
import pytest

from tests.scheduler.handout.desk import Desk, drop

pytestmark = pytest.mark.slow


def plan_of(desk: Desk, name: str) -> dict[str, list[str]]:
    plan = pl.read_parquet(desk.folder / name / "plan.parquet").sort("agent_id", "sequence")
    return {who: tasks["task_id"].to_list() for (who,), tasks in plan.group_by("agent_id", maintain_order=True)}


def test_people_get_what_is_planned_for_them_in_its_order(desk: Desk):
    plan = plan_of(desk, "first")
    assert sorted(task for tasks in plan.values() for task in tasks) == ["H1", "M1", "M2", "M3", "X1"]
    for who, tasks in plan.items():
        handed = [desk.next(who) for _ in tasks]
        assert [one["task_id"] for one in handed] == tasks
        assert all(one["planned"] and one["choices"] == [] for one in handed)
        assert handed[0]["lease_until"] == "2026-03-02T08:10:00+00:00"
        assert handed[0]["why"].startswith(f"planned for {who} as number 1, 08:00 to 08:30")
        assert desk.task(tasks[0])["agent_id"] == who
    assert [desk.next(who) for who in plan] == [None, None, None]


def test_what_nobody_takes_up_goes_back_after_the_lease(desk: Desk):
    first = desk.next("C")
    assert desk.at("08:09").next("C") is None
    assert desk.at("08:11").next("C")["task_id"] == first["task_id"]


def test_a_task_on_hold_stays_on_hold_when_the_lease_ends(desk: Desk):
    desk.next("C")
    desk.done("tasks", "hold", "H1")
    assert desk.at("08:11").next("C") is None
    assert desk.task("H1")["status"] == "held"
    desk.done("tasks", "resume", "H1")
    assert desk.at("08:12").next("C")["task_id"] == "H1"


def test_a_started_task_is_in_progress_and_not_leased(desk: Desk):
    started = desk.next("C", "--start")
    assert (started["task_id"], started["lease_until"]) == ("H1", None)
    task = desk.task("H1")
    assert (task["status"], task["agent_id"]) == ("in_progress", "C")
    assert desk.at("09:00").next("C") is None
    desk.done("tasks", "complete", "H1")
    assert desk.next("C") is None


def test_a_declined_task_keeps_its_age_and_goes_to_others(desk: Desk):
    desk.send("task_id,process,created_at\nM4,motor,2026-03-01T08:00Z\n")
    before = desk.task("M4")
    for who in ("A", "B"):
        while (one := desk.next(who)) and one["task_id"] != "M4":
            pass
        assert one["task_id"] == "M4"
        desk.done("next", "--decline", "M4", "--reason", "knows the client")
        assert desk.task("M4") == {**before, "changed_at": desk.task("M4")["changed_at"]}
        again = desk.next(who)
        assert again is None or again["task_id"] != "M4"
    desk.at("08:05").plan("second")
    handed = [desk.next(who) for who in ("A", "B")]
    assert "M4" in [one["task_id"] for one in handed if one]


def test_only_what_is_handed_out_can_be_declined(desk: Desk):
    refused = desk.call("next", "--decline", "M1", "--reason", "no")
    assert (refused.code, "is not handed out" in refused.err) == (2, True)
    desk.next("C")
    refused = desk.call("next", "--agent", "A", "--decline", "H1", "--reason", "no")
    assert (refused.code, "was handed to C, not to A" in refused.err) == (2, True)
    assert desk.call("next", "--decline", "H1").code == 2
    desk.at("08:20")
    assert desk.call("next", "--decline", "H1", "--reason", "no").code == 2


def test_who_has_nothing_planned_gets_the_open_task_with_the_best_margin(desk: Desk):
    for who in ("A", "B", "C"):
        while desk.next(who, "--start"):
            pass
    desk.send(
        "task_id,process,value,not_before\nN1,motor,3,\nN2,motor,30,\nN3,motor,90,2026-03-02T12:00Z\nN4,hard,99,\n"
    )
    one = desk.next("B")
    assert (one["task_id"], one["planned"]) == ("N2", False)
    assert "not planned; of all such tasks it has the best margin, " in one["why"]
    assert "points: it earns 30.00, and its 30 min are worth " in one["why"]
    assert desk.next("A")["task_id"] == "N4"


def test_nobody_gets_what_they_may_not_do(desk: Desk):
    handed = {who: [] for who in ("A", "B", "C")}
    for who, tasks in handed.items():
        while one := desk.next(who, "--start"):
            tasks.append(one["task_id"])
    assert sorted(task for tasks in handed.values() for task in tasks) == ["H1", "M1", "M2", "M3", "X1"]
    assert handed["C"] == ["H1"]
    assert "M3" not in handed["A"]
    assert "X1" not in handed["B"]


def test_a_skill_that_is_gone_since_counts(desk: Desk):
    drop(desk.folder / "people" / "inbound" / "agent_skills.csv", "agent_id,skill,level\nA,motor,2\nB,motor,1\n")
    desk.done("intake", "run")
    assert desk.next("C") is None


def test_a_package_is_leased_as_a_whole_and_the_rest_goes_back_when_one_is_begun(desk: Desk):
    package = desk.next("B", "--choice", "3")
    names = [choice["task_id"] for choice in package["choices"]]
    assert package["task_id"] == names[0]
    assert 2 <= len(names) <= 3
    assert len(set(names)) == len(names)
    assert {desk.task(name)["agent_id"] for name in names} == {"B"}
    desk.done("tasks", "start", names[1], "--agent", "B")
    assert desk.next("B")["task_id"] == names[0]


def test_what_somebody_was_handed_stays_theirs_in_the_next_plan(desk: Desk):
    leased = desk.next("B")["task_id"]
    desk.at("08:05").plan("second")
    assert plan_of(desk, "second")["B"][0] == leased
    desk.at("08:11").done("snapshot", "--out", "later")
    later = pl.read_csv(desk.folder / "later" / "tasks.csv").filter(pl.col("task_id") == leased)
    assert later.select("status", "agent_id").row(0) == ("queued", None)


def test_who_asks_has_to_be_known_and_a_plan_published(desk: Desk, tmp_path: Path, monkeypatch):
    refused = desk.call("next", "--agent", "a")
    assert refused.code == 2
    assert "nobody has the id 'a'" in refused.err
    assert desk.call("next").code == 2
    other = tmp_path / "other"
    other.mkdir()
    (other / "allot.toml").write_text("", encoding="utf-8")
    monkeypatch.chdir(other)
    desk.done("store", "upgrade")
    refused = desk.call("next", "--agent", "A")
    assert (refused.code, "no plan is published yet" in refused.err) == (2, True)


def test_people_read_the_reason(desk: Desk):
    said = desk.done("next", "--agent", "C").err
    assert "H1: planned for C as number 1" in said
    assert "start it by 08:10:00" in said
    assert "there is nothing for C to do now" in desk.done("next", "--agent", "C").err
    assert json.loads(desk.done("next", "--agent", "C", "--json").out) is None
