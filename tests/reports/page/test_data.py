"""The data of the page: every task and person, listed or counted."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from reports import RunView
from tests.reports.page.seen import page_of, word
from tests.reports.runs import ZONE, agent, left, planned, view_of


def test_every_task_is_found(mixed: RunView, tmp_path: Path) -> None:
    tasks = page_of(mixed, tmp_path).tasks()
    assert [task["task"] for task in tasks] == [
        "t-late", "u-better", "u-outbid", "u-skill", "u-held", "t-overdue", "t-first", "t-second",
    ]  # fmt: skip
    assert tasks[0] == {
        "task": "t-late",
        "state": "late",
        "detail": None,
        "process": "claims",
        "agent": "A1",
        "start_at": 600,
        "end_at": 4500,
        "due_at": 3600,
        "payoff": 100,
        "due": 1,
    }
    assert (tasks[3]["state"], tasks[3]["detail"], tasks[3]["agent"]) == ("nobody may do it", "why", None)
    assert [task["task"] for task in tasks if not task["due"]] == ["u-better", "u-skill", "u-held", "t-overdue"]


def test_times_are_those_of_the_wall_clock(tmp_path: Path) -> None:
    # the clocks went forward at 2:00 on 29 March 2026
    moments = [datetime(2026, 3, 29, hour, tzinfo=ZoneInfo(ZONE)) for hour in (1, 4)]
    view = view_of(plan=[planned("t", start_at=moments[0], end_at=moments[1])], as_of="2026-03-29T00:00:00+01:00")
    (task,) = page_of(view, tmp_path).tasks()
    assert (task["start_at"], task["end_at"]) == (3600, 4 * 3600)


def test_people_have_their_places(mixed: RunView, tmp_path: Path) -> None:
    people = page_of(mixed, tmp_path).data[0]["people"]
    assert people["agent_id"] == ["A1", "A2", "A3"]
    assert [word(people["team"], i) for i in range(3)] == ["T2", "T1", None]
    assert (people["working_minutes"], people["planned_minutes"]) == ([100, 100, 100], [75, 20, 0])


def test_a_full_list_says_where_the_rest_is_and_counts_it(tmp_path: Path) -> None:
    tasks = [planned(f"t{i}", sequence=i, tenant="acme" if i < 2 else "zeta") for i in range(5)]
    page = page_of(view_of(plan=tasks, unplanned=[left("u")], agents=[agent("A1")]), tmp_path, most_tasks=2)
    assert "The first 2 tasks can be searched here" in page.text
    assert "the other 4 are in plan.parquet and unplanned.parquet" in page.text
    assert [task["task"] for task in page.tasks()] == ["u", "t0"]
    rest = page.data[0]["rest"]
    assert (rest["tasks"], rest["minutes"], rest["payoff"]) == ([1, 3], [10, 30], [1000, 3000])
    assert [page.data[0]["kinds"]["tenant"]["words"][kind] for kind in rest["kind"]] == ["acme", "zeta"]


def test_a_page_that_has_all_tasks_says_nothing(mixed: RunView, tmp_path: Path) -> None:
    page = page_of(mixed, tmp_path)
    assert "can be searched here" not in page.text
    assert page.data[0]["rest"]["tasks"] == []


def test_columns_that_the_planner_brought_are_listed_as_text(mixed: RunView, tmp_path: Path) -> None:
    own = {"tags": pl.lit(["vip", "mail"]), "size": pl.lit(7), "long": pl.lit("x" * 500)}
    (data,) = page_of(replace(mixed, plan=mixed.plan.with_columns(**own)), tmp_path).data
    listed = data["tasks"]["own"]
    words = {title: column["words"] for title, column in listed.items()}
    assert words == {"tags": ["vip;mail"], "size": ["7"], "long": ["x" * 100]}
    late = data["tasks"]["task_id"].index("t-late")
    assert word(listed["tags"], late) == "vip;mail"
    many = replace(mixed, plan=mixed.plan.with_columns(pl.lit(1).alias(f"own {i}") for i in range(20)))
    assert len(page_of(many, tmp_path).data[0]["tasks"]["own"]) == 6
