"""The tables of a run, from small snapshots whose plan is known."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from scheduler import plan
from scheduler.run.result import Result
from tests.scheduler.cli import test_plan

ZONE = "Europe/Berlin"
PLAN, LEFT = ([name for name in columns if name != "note"] for columns in (test_plan.PLAN, test_plan.UNPLANNED))
EIGHT, NOON = "2026-01-05T08:00", "2026-01-05T12:00"


def at(clock: str, day: int = 5) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 1, day, hour, minute, tzinfo=ZoneInfo(ZONE))


def planned(tasks: list[dict[str, Any]], **tables: list[dict[str, Any]]) -> Result:
    """The best plan of tasks of half an hour each for Ann, who works from eight to noon."""
    base: dict[str, Any] = {
        "processes": [{"process": "p", "minutes": "30"}],
        "agents": [{"agent_id": "Ann"}],
        "agent_skills": [],
        "shifts": [{"agent_id": "Ann", "start": EIGHT, "end": NOON}],
    }
    columns = {"agent_skills": {"agent_id": pl.String, "skill": pl.String}}
    frames = {
        name: pl.DataFrame(rows, schema=None if rows else columns[name], infer_schema_length=None)
        for name, rows in (base | tables | {"tasks": [{"process": "p", **task} for task in tasks]}).items()
    }
    settings = {"as_of": EIGHT, "horizon": "4h", "timezone": ZONE}
    return plan({"snapshot": settings, **frames}, engine="exact", effort=1, gap=0.0, allow_empty=True)


def test_tasks_of_an_agent_are_numbered_in_the_order_of_their_start():
    people = [{"agent_id": "Bob"}, {"agent_id": "Ann"}]
    shifts = [{"agent_id": name, "start": EIGHT, "end": NOON} for name in ("Ann", "Bob")]
    result = planned([{"task_id": f"T{i}"} for i in range(16)], agents=people, shifts=shifts)
    rows = result.plan.select("agent_id", "sequence", "start_at", "end_at")
    assert rows["agent_id"].to_list() == ["Bob"] * 8 + ["Ann"] * 8  # as in the snapshot
    assert rows["sequence"].to_list() == [*range(1, 9), *range(1, 9)]
    assert rows["start_at"][:3].to_list() == [at("8:00"), at("8:30"), at("9:00")]
    assert rows["end_at"][7] == at("12:00")


def test_a_task_goes_on_after_a_break():
    shifts = [
        {"agent_id": "Ann", "start": EIGHT, "end": NOON, "kind": "work"},
        {"agent_id": "Ann", "start": "2026-01-05T08:20", "end": "2026-01-05T08:50", "kind": "break"},
    ]
    result = planned([{"task_id": "T1"}], shifts=shifts)
    row = result.plan.row(0, named=True)
    assert (row["start_at"], row["end_at"], row["minutes"]) == (at("8:00"), at("9:00"), 30.0)
    assert result.run["agents"] == {
        "working_minutes": 210.0,
        "capacity_minutes": 210.0,
        "planned_minutes": 30.0,
        "utilization": 30 / 210,
    }


def test_times_carry_the_zone_over_a_change_of_the_clock():
    night = {"as_of": "2026-03-29T01:00", "horizon": "4h", "timezone": ZONE}
    frames = {
        "processes": pl.DataFrame({"process": ["p"], "minutes": [90]}),
        "tasks": pl.DataFrame({"task_id": ["T1"], "process": ["p"], "due_at": ["2026-03-29T03:30"]}),
        "agents": pl.DataFrame({"agent_id": ["Ann"]}),
        "agent_skills": pl.DataFrame(schema={"agent_id": pl.String, "skill": pl.String}),
        "shifts": pl.DataFrame({"agent_id": ["Ann"], "start": ["2026-03-29T00:00"], "end": ["2026-03-29T06:00"]}),
    }
    row = plan({"snapshot": night, **frames}, effort=1).plan.row(0, named=True)
    assert row["end_at"].isoformat() == "2026-03-29T03:30:00+02:00"
    assert row["due_at"].isoformat() == "2026-03-29T03:30:00+02:00"
    assert row["outcome"] == "on_time"


def test_outcome_and_payoff():
    tasks = [
        {"task_id": "on time", "value": 10, "due_at": "2026-01-05T08:30", "penalty": 3},
        {"task_id": "late", "value": 10, "due_at": "2026-01-05T08:10", "penalty": 3},
        {"task_id": "overdue", "value": 10, "due_at": "2026-01-04T08:00", "penalty": 3},
        {"task_id": "no deadline", "value": 0.125, "due_at": None, "penalty": None},
    ]
    result = planned(tasks)
    rows = {row["task_id"]: (row["outcome"], row["payoff"]) for row in result.plan.iter_rows(named=True)}
    assert rows == {
        "on time": ("on_time", 10.0),
        "late": ("late", 2.0),  # 10 x 0.5 - 3
        "overdue": ("late", 5.5),  # 10 x 0.5 x 1.1, the fine is lost already
        "no deadline": ("on_time", 0.12),  # half to even
    }
    assert result.run["objective"] == 17.62
    assert result.run["empty_objective"] == -6.0


def test_started_work_is_pinned_to_its_agent():
    tasks = [{"task_id": "other"}, {"task_id": "started", "status": "in_progress", "agent_id": "Ann", "minutes": 12}]
    rows = planned(tasks).plan.select("task_id", "sequence", "pinned", "minutes").rows()
    assert rows == [("started", 1, True, 12.0), ("other", 2, False, 30.0)]


def test_descriptions_come_from_task_or_process():
    process = {"process": "p", "minutes": 30, "department": "claims", "tenant": "acme", "channel": "mail", "value": 4}
    tasks = [{"task_id": "T1", "tenant": "own", "segment": "gold", "value": None}]
    row = planned(tasks, processes=[process | {"penalty": 2.5}]).plan.row(0, named=True)
    told = {key: row[key] for key in ("process", "tenant", "department", "segment", "channel", "value", "penalty")}
    assert told == {
        "process": "p",
        "tenant": "own",
        "department": "claims",
        "segment": "gold",
        "channel": "mail",
        "value": 4.0,
        "penalty": 2.5,
    }


def test_a_column_that_clashes_is_prefixed_until_it_does_not():
    own = {"outcome": "a", "x_outcome": "b", "payoff": "c", "reason": "d", "Outcome": "e"}
    result = planned([{"task_id": "T1", "skills": None, **own}, {"task_id": "T2", "skills": "none has", **own}])
    (done,), (left,) = result.plan.rows(named=True), result.unplanned.rows(named=True)
    assert (done["outcome"], done["payoff"], left["reason"], left["payoff"]) == ("on_time", 1.0, "no_skill", 0.0)
    assert {key: done[key] for key in ("x_outcome", "x_x_outcome", "x_payoff", "reason", "Outcome")} == {
        "x_outcome": "a",
        "x_x_outcome": "b",
        "x_payoff": "c",
        "reason": "d",  # no column of the plan
        "Outcome": "e",
    }
    assert {key: left[key] for key in ("outcome", "x_outcome", "x_payoff", "x_reason")} == {
        "outcome": "a",
        "x_outcome": "b",
        "x_payoff": "c",
        "x_reason": "d",
    }


@pytest.mark.parametrize(
    "name",
    [
        *("index", "agent", "clock", "place", "why", "skilled", "short", "stuck"),
        *("sla_minutes", "process minutes", "cost_per_hour", "name", "note"),
    ],
)
def test_a_column_of_any_other_name_comes_through_as_it_is(name):
    tasks = [{"task_id": "T1", "skills": None, name: "mine"}, {"task_id": "T2", "skills": "none has", name: "too"}]
    result = planned(tasks)
    assert result.plan.columns == [*PLAN, name]
    assert result.unplanned.columns == [*LEFT, name]
    assert (result.plan[name].to_list(), result.unplanned[name].to_list()) == (["mine"], ["too"])


UNPLANNED: dict[str, tuple[dict[str, Any], str, str]] = {
    "held": ({"status": "held"}, "held", "its status is held"),
    "error": ({"status": "errorheld"}, "held", "its status is errorheld"),
    "done": ({"status": "completed"}, "final", "its status is completed"),
    "called off": ({"status": "canceled"}, "final", "its status is canceled"),
    "expired": ({"expires_at": EIGHT}, "expired", "it expired on 2026-01-05 08:00"),
    "later": ({"not_before": "2026-01-05T12:00"}, "not_yet", "it may not start before 2026-01-05 12:00"),
    "skill": ({"skills": "welding>=2"}, "no_skill", "nobody has the skills it needs (welding>=2)"),
    "excluded": ({}, "no_skill", "it asks for no skill, but everybody is excluded from this task (people: 1)"),
    "long": ({"minutes": 250}, "no_time", "Ann comes nearest and would need 10.0 more minutes"),
    "brief": ({"expires_at": "2026-01-05T08:20"}, "no_time", "Ann comes nearest and would need 10.0 more minutes"),
    "tiny": (
        {"value": 0.004},
        "no_gain",
        "what it pays (value 0.004) rounds to nothing, so nothing is gained by doing it",
    ),
    "poor": ({"value": 1}, "outbid", "its 30.0 minutes earn more elsewhere (people who could do it: 1)"),
}


@pytest.fixture(scope="module")
def crowded() -> Result:
    """Ann's four hours are full of what is worth more, and everything else is left for some reason."""
    columns = dict.fromkeys(key for task, _, _ in UNPLANNED.values() for key in task)
    left = [{"task_id": name, **columns, "value": 5, **task} for name, (task, _, _) in UNPLANNED.items()]
    rich = [{"task_id": f"rich {i}", **columns, "value": 100} for i in range(8)]
    excluded = [{"task_id": "excluded", "agent_id": "Ann", "allowed": "false"}]
    return planned([*left, *rich], pairs=excluded)


@pytest.mark.parametrize("name", UNPLANNED)
def test_every_unplanned_task_says_why(crowded, name):
    _, reason, detail = UNPLANNED[name]
    (row,) = crowded.unplanned.filter(pl.col("task_id") == name).rows(named=True)
    assert (row["reason"], row["detail"]) == (reason, detail)


def test_who_could_do_an_outbid_task_is_who_is_not_excluded_from_it():
    people = [{"agent_id": name} for name in ("Ann", "Bob", "Cy")]
    shifts = [{"agent_id": name, "start": EIGHT, "end": "2026-01-05T08:30"} for name in ("Ann", "Bob", "Cy")]
    tasks = [{"task_id": "poor", "value": 1}, *({"task_id": f"rich {i}", "value": 100} for i in range(3))]
    excluded = [
        {"task_id": "poor", "agent_id": "Bob", "allowed": "false"},
        {"task_id": "rich 0", "agent_id": "Ann", "allowed": "false"},
    ]
    result = planned(tasks, agents=people, shifts=shifts, pairs=excluded)
    assert result.unplanned["detail"].to_list() == ["its 30.0 minutes earn more elsewhere (people who could do it: 2)"]


def test_what_one_more_hour_is_worth_in_the_words_and_times_of_the_snapshot():
    """Ann is busy from eight to noon with what is worth 20 points an hour, and nobody welds."""
    due = {"due_at": "2026-01-05T10:00", "expires_at": "2026-01-05T10:00"}
    tasks = [
        *({"task_id": f"T{i}", "skills": " müller ; 溶接|x>=2", "value": 10.0} for i in range(9)),
        {"task_id": "same", "skills": "x>=2|溶接;müller", "value": 10.0},
        {"task_id": "none", "value": 1.0},
        {"task_id": "weld", "skills": "weld", "value": 8.0, **due},
    ]
    tasks = [{"due_at": None, "expires_at": None, "skills": None} | task for task in tasks]
    skills = [{"agent_id": "Ann", "skill": name} for name in ("müller", "溶接")]
    hours = planned(tasks, agent_skills=skills).hours
    assert hours is not None
    rows = {(row["requirement"], row["from_time"], row["until_time"]): row for row in hours.iter_rows(named=True)}
    welding = rows["weld", at("8:00"), at("10:00")]
    assert (welding["points_per_hour"], welding["agents"], welding["minutes_asked"]) == (8.0, 0, 30.0)
    assert rows["weld", at("10:00"), at("12:00")]["points_per_hour"] == 0
    busy = rows[" müller ; 溶接|x>=2".strip(), at("8:00"), at("12:00")]
    assert (busy["agents"], busy["minutes_asked"]) == (1, 300.0)
    assert busy["points_per_hour"] == pytest.approx(20, abs=1)
    assert rows["", at("8:00"), at("12:00")]["points_per_hour"] == pytest.approx(1, abs=0.01)
    assert {name for name, _, _ in rows} == {"müller ; 溶接|x>=2", "", "weld"}


def test_every_task_is_in_one_table(crowded):
    assert crowded.plan["task_id"].str.starts_with("rich").all()
    assert crowded.plan.height == 8
    assert sorted(crowded.unplanned["task_id"]) == sorted(UNPLANNED)
    assert crowded.run["counts"]["plannable"] == 8 + len(UNPLANNED) - 4


def test_what_is_fined_is_fined_in_the_tables_too():
    fined = {"penalty": 7, "due_at": "2026-01-05T09:00", "skills": "x"}
    later = fined | {"due_at": "2026-01-06T09:00"}
    rows = [
        {"task_id": "fined", **fined},
        {"task_id": "later", **later},
        {"task_id": "held", **fined, "status": "held"},
    ]
    result = planned(rows)
    assert dict(result.unplanned.select("task_id", "payoff").rows()) == {"fined": -7.0, "later": 0.0, "held": 0.0}
    assert result.run["objective"] == result.run["bound"] == -7.0
    assert (result.run["gap"], result.run["gain_gap"]) == (0.0, 0.0)


def test_people_with_and_without_work_are_in_the_table():
    people = [
        {"agent_id": "Ann", "name": "Ann Lee", "team": "north", "max_utilization": 0.5},
        {"agent_id": "Cy", "name": None, "team": None, "max_utilization": 1.0},
    ]
    tasks = [{"task_id": "T1"}, {"task_id": "T2", "due_at": "2026-01-05T08:05"}]
    first, second = planned([t | {"due_at": t.get("due_at")} for t in tasks], agents=people).agents.rows(named=True)
    assert first == {
        "agent_id": "Ann",
        "name": "Ann Lee",
        "team": "north",
        "site": None,
        "organisation": None,
        "working_minutes": 240.0,
        "capacity_minutes": 120.0,
        "planned_minutes": 60.0,
        "tasks": 2,
        "late": 1,
        "first_start": at("8:01"),  # the clock of half the time moves in every second minute
        "last_end": at("10:00"),
    }
    assert (second["working_minutes"], second["planned_minutes"], second["tasks"], second["late"]) == (0, 0, 0, 0)
    assert (second["first_start"], second["last_end"]) == (None, None)


def test_nobody_and_nothing():
    idle = planned([{"task_id": "T1"}], shifts=[{"agent_id": "Ann", "start": NOON, "end": "2026-01-05T13:00"}])
    assert idle.plan.is_empty()
    assert idle.run["agents"]["utilization"] is None
    assert idle.unplanned["reason"].to_list() == ["no_time"]
