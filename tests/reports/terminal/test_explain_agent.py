"""An agent's day in words."""

from reports import agent_lines
from tests.reports.terminal.told import AGENT, WAY, day


def test_an_agents_day_is_told_with_what_binds_and_what_would_help():
    said = day()
    assert "A1 (Ann): 1 task, 90 minutes planned, 30 of 120 free (working 120)" in said
    assert "09:00-10:30  90 min  T1 claim  late  pays 20.00  time worth 12.00" in said
    assert said.index("Mon 2 Mar 2026") < said.index("Tue 3 Mar 2026") < said.index("30 min  free")
    assert "by Mon 2 Mar 2026 10:30  8.00 points   0 minutes left" in said
    assert "what binds is time before Mon 2 Mar 2026 10:30" in said
    assert "there is nothing left that they could do in time, so they are free" in said
    assert "claims>=2: up to 9.00, with 2 tasks" in said


def test_work_that_ends_on_another_day_says_so():
    overnight = {**AGENT["day"][0], "end_at": "2026-03-03T07:46:00+01:00"}
    assert "09:00-07:46+1" in day(day=[overnight])


def test_work_that_does_not_fit_is_named():
    waiting = {"in_time": 2, "fits": 0, "shortest_minutes": 45.0, "best": [{"task_id": "T7", **WAY}]}
    said = day(waiting=waiting)
    assert "of 2 tasks that are left and that they could do, none fits beside what is promised" in said
    assert "(the shortest takes 45 minutes)" in said
    assert "T7 would gain 20.00, 30 minutes of that time are worth 12.00" in said


def test_a_limit_of_tasks_that_is_reached_binds():
    assert "what binds is the limit of 1 task, each of which is worth 5.00" in day(max_tasks=1, fee=5.0)


def test_time_without_a_price_is_said_to_be_worth_nothing_more():
    flat = [{**AGENT["time"][1]}]
    assert "their time has no price" in day(time=flat)


def test_columns_stand_below_each_other_in_chinese_too():
    rows = [line for line in agent_lines(AGENT, "zh") if line.startswith("    ")]
    assert rows == [
        "    09:00-10:30  90 分钟  T1 claim  逾期  收益 20.00  时间价值 12.00",
        "    10:30-11:00  30 分钟  空闲",
    ]


def test_who_has_nothing_to_do_is_told_so_without_a_day():
    said = day(day=[], time=[], tasks=0, training=None, name=None)
    assert said.startswith("A1: 0 tasks, 90 minutes planned")
    assert "hour" not in said


def test_skills_that_would_add_nothing_are_told_and_those_not_looked_at_are_not():
    assert "no single skill would add anything" in day(training=[])
    assert "skill" not in day(training=None)


def test_a_limit_that_is_not_reached_binds_nobody():
    said = day(max_tasks=2, fee=5.0)
    assert "A1 (Ann): 1 task of at most 2" in said
    assert "limit of" not in said


def test_work_that_is_left_and_fits_is_told_to_wait_for_a_longer_search():
    waiting = {"in_time": 3, "fits": 2, "shortest_minutes": 5.0, "best": [{"task_id": "T7", **WAY, "margin": None}]}
    said = day(waiting=waiting)
    assert "of 3 tasks that are left and that they could do, 2 may fit: planning longer may place them" in said
    assert said.splitlines()[-3].strip() == "T7 would gain 20.00"
