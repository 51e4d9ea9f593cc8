"""Explanations in words."""

from typing import Any

import pytest

from models import Code, Message, message_table
from reports import agent_lines, task_lines
from tests.reports.english import english_in

NAMES = ("Ann", "Bob", "claim", "claims", "pin", "due", "value", "range", "limit", "time")
"""Words of the data, of edits and options."""
WAY = {
    "agent_id": "A1",
    "name": "Ann",
    "outcome": "on_time",
    "minutes": 30.0,
    "gain": 20.0,
    "points_per_hour": 24.0,
    "fee": 0.0,
    "time_worth": 12.0,
    "margin": 8.0,
    "rank": 1,
}
TASK = {
    "unit": "points",
    "task_id": "T1",
    "process": "claim",
    "minutes": 30.0,
    "value": 20.0,
    "skills": "claims>=2",
    "due_at": "2026-03-02T12:00:00+01:00",
    "not_before": None,
    "expires_at": None,
}
PEOPLE = {"skilled": 5, "allowed": 4, "in_time": 3}
PLANNED = {
    **TASK,
    "state": "planned",
    "agent_id": "A1",
    "name": "Ann",
    "sequence": 2,
    "of": 5,
    "before": "T0",
    "after": "T2",
    "outcome": "on_time",
    "payoff": 20.0,
    "pinned_by": None,
    "start_at": "2026-03-02T09:00:00+01:00",
    "end_at": "2026-03-02T09:30:00+01:00",
    "people": PEOPLE,
    "best": [WAY],
}
OUTBID = Message(Code.OUTBID, minutes="30", n="4")
LEFT = {
    **TASK,
    "state": "unplanned",
    "reason": "outbid",
    "detail": str(OUTBID),
    "messages": message_table([OUTBID]).to_dicts(),
    "people": PEOPLE,
    "best": [{**WAY, "time_worth": 26.0, "margin": -6.0}],
    "in_time": [],
    "skill": None,
    "change": {"value": {"value": 26.0, "agent_id": "A1", "name": "Ann"}, "minutes": None, "due_at": None},
}
NOBODY = {"choice": "nobody", "agent_id": None, "name": None}
LOSS = {"loses": 3.5, "at_least": 0.0, "at_most": 40.0, "proved": False, "left_out": [], "left_out_count": 0}
AGAIN = {"whole": False, "objective": 100.0, "better_by": 0.0, "bound": 120.0}


def text(told: dict[str, Any]) -> str:
    """What is said in English; whatever that is can be said in Chinese."""
    assert english_in(task_lines(told, "zh"), NAMES) == set()
    return "\n".join(task_lines(told))


def test_a_planned_task_says_where_and_why_there():
    said = text(PLANNED)
    assert "T1: claim, 30 minutes, value 20.00, needs claims>=2, due Mon 2 Mar 2026 12:00" in said
    assert "planned with A1 (Ann), Mon 2 Mar 2026 09:00 to 09:30, on time, pays 20.00" in said
    assert "number 2 of 5 there, after T0 and before T2" in said
    assert (
        "there it gains 20.00 over being left; 30 minutes of that time are worth 12.00 (24.00 points an hour)" in said
    )
    assert "nobody else's time would leave it more" in said


def test_work_that_ends_on_another_day_says_on_which():
    assert "09:00 to Tue 3 Mar 2026 09:30" in text({**PLANNED, "end_at": "2026-03-03T09:30:00+01:00"})


def test_one_that_is_better_off_elsewhere_at_the_prices_says_so():
    own = {**WAY, "margin": 5.0, "rank": 3}
    other = {**WAY, "agent_id": "A2", "name": "Bob"}
    said = text({**PLANNED, "best": [other, own]})
    assert "2 people would leave it more, A2 (Bob) most of all" in said
    assert "(8.00); but tasks are whole" in said


@pytest.mark.parametrize(
    ("by", "said"),
    [("started", "it is started there"), ("frozen", "it is frozen there"), ("pin", "a planner has pinned it there")],
)
def test_pinned_work_says_by_what(by, said):
    assert said in text({**PLANNED, "pinned_by": by})


def test_edits_are_told_with_what_they_cost():
    cost = {"points": 3.0, "at_least": 0.0, "at_most": 9.5}
    said = text({**PLANNED, "edits": [{"edit": "pin T1=A1", "cost": cost}, {"edit": "due T1=12:00", "cost": None}]})
    assert "a planner's edit: pin T1=A1; it cost 3.00 (proved: 0.00 to 9.50)\na planner's edit: due T1=12:00\n" in said


def test_an_outbid_task_says_what_its_time_is_worth_and_what_would_help():
    said = text(LEFT)
    assert "not planned, outbid: its 30 minutes earn more elsewhere" in said
    assert "26.00 (24.00 points an hour), which is 6.00 more than it gains" in said
    assert "a value of 26.00 instead of 20.00" in said


def test_one_that_would_pay_at_the_prices_says_that_too():
    said = text({**LEFT, "best": [WAY], "change": {"value": None, "minutes": None, "due_at": None}})
    assert "at the prices it would pay; but prices sell time by the minute" in said
    assert "no single change of its value, minutes or due time" not in said


def test_a_skill_that_nobody_has_is_named_with_who_comes_nearest():
    skill = {
        "meeting_each": [{"skill": "claims>=2", "people": 0}],
        "nearest": [{"agent_id": "A1", "name": "Ann", "lacks": "claims>=2", "levels": {"claims": 1}}],
        "training": {**WAY, "lacks": "claims>=2"},
    }
    said = text({**LEFT, "reason": "no_skill", "detail": "", "best": [], "skill": skill, "change": {}})
    assert "nobody has the skill" in said
    assert "claims>=2 0 people" in said
    assert "A1 (Ann) lacks claims>=2 (has claims at level 1)" in said
    assert "claims>=2 for A1 (Ann), whose time would leave it 8.00" in said


def test_no_time_says_who_comes_nearest_and_by_how_much():
    near = {"agent_id": "A1", "name": "Ann", "minutes": 30.0, "minutes_there": 25.0, "minutes_short": 5.0}
    said = text({**LEFT, "reason": "no_time", "best": [], "in_time": [near], "change": {}})
    assert "A1 (Ann) needs 30 minutes and has 25 minutes: 5 minutes short" in said


def test_alternatives_are_told_with_loss_and_range():
    agent = {"choice": "agent", "agent_id": "A2", "name": "Bob"}
    exact = {**NOBODY, **LOSS, "loses": 4.0, "at_least": 4.0, "at_most": 4.0, "proved": True}
    left = {**agent, **LOSS, "left_out": ["T9"], "left_out_count": 3}
    said = text({**PLANNED, "alternatives": [left, exact], "replanned": {**AGAIN, "better_by": 1.5}})
    assert "otherwise, with the people around it planned again, the whole plan would lose:" in said
    assert "with A2 (Bob)  3.50  (proved: 0.00 to 40.00); T9 and 2 more would be left" in said
    assert "not planned    4.00  exactly, proved" in said
    assert "a wide range says that more is not proved" in said
    assert "also found 1.50 more for the plan as it is" in said


def test_where_no_most_is_proved_only_the_least_is_told():
    said = text({**PLANNED, "alternatives": [{**NOBODY, **LOSS, "at_least": 1.0, "at_most": None}], "replanned": AGAIN})
    assert "not planned  3.50  (proved: 1.00 or more)" in said


def test_the_value_that_would_make_up_for_it_is_told():
    anybody = {"choice": "anybody", "agent_id": "A2", "name": "Bob", "value_needed": 23.5, "value_enough": 24.0}
    one = {**anybody, **LOSS, "at_least": 3.0, "at_most": 4.0}
    said = text({**LEFT, "alternatives": [one], "replanned": {**AGAIN, "whole": True}})
    assert "planned with whoever suits best (A2)" in said
    assert "its value would have to be 23.50 instead of 20.00; 24.00 is proved to be enough" in said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"lacks": "claims>=2", "excluded": False, "minutes_short": None}, "A3 cannot do it: lacks claims>=2"),
        ({"lacks": "", "excluded": True, "minutes_short": None}, "A3 is excluded from it"),
        ({"lacks": "", "excluded": False, "minutes_short": 7.0}, "A3 could not finish it in time: 7 minutes short"),
        (
            {"lacks": "", "excluded": False, "minutes_short": 0.0},
            "A3 may have no task but what is started there",
        ),
        (
            {"lacks": "", "excluded": False, "minutes_short": None, "settled": True},
            "A3 would make no difference: that comes before any choice",
        ),
    ],
)
def test_who_is_asked_about_and_cannot_is_told_why(asked, said):
    assert said in text({**PLANNED, "asked": {"agent_id": "A3", "name": None, "full": True, "settled": False, **asked}})


def test_a_row_set_aside_says_why():
    why = Message(Code.NOT_WITHIN, column="value", value="-1", low="0", high="9")
    row = {"row": 7, "column": "value", "rule": "range", "message": str(why)}
    said = text({"task_id": "T1", "state": "rejected", "rejects": [row], "messages": message_table([why]).to_dicts()})
    assert said.endswith("row 7, value: range: value '-1' must be at least 0 and at most 9")


AGENT = {
    "unit": "points",
    "agent_id": "A1",
    "name": "Ann",
    "minutes": {"working": 120.0, "capacity": 120.0, "planned": 90.0, "free": 30.0},
    "tasks": 1,
    "max_tasks": None,
    "fee": 0.0,
    "day": [
        {
            "what": "task",
            "start_at": "2026-03-02T09:00:00+01:00",
            "end_at": "2026-03-02T10:30:00+01:00",
            "minutes": 90.0,
            "task_id": "T1",
            "process": "claim",
            "outcome": "late",
            "payoff": 20.0,
            "pinned": False,
            "due_at": None,
            "time_worth": 12.0,
        },
        {
            "what": "free",
            "start_at": "2026-03-03T10:30:00+01:00",
            "end_at": "2026-03-03T11:00:00+01:00",
            "minutes": 30.0,
        },
    ],
    "time": [
        {"until_at": "2026-03-02T10:30:00+01:00", "points_per_hour": 8.0, "drop": 8.0, "left_minutes": 0.0},
        {"until_at": "2026-03-03T11:00:00+01:00", "points_per_hour": 0.0, "drop": 0.0, "left_minutes": 30.0},
    ],
    "waiting": {"in_time": 0, "fits": 0, "shortest_minutes": None, "best": []},
    "training": [{"skill": "claims>=2", "adds_at_most": 9.0, "tasks": 2, "opens": 5}],
}


def day(**changes: Any) -> str:
    """What is said in English; whatever that is can be said in Chinese."""
    assert english_in(agent_lines({**AGENT, **changes}, "zh"), NAMES) == set()
    return "\n".join(agent_lines({**AGENT, **changes}))


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


def test_an_explanation_in_chinese():
    lines = task_lines({**LEFT, "unit": "EUR"}, "zh")
    assert lines[0] == "T1：claim，30 分钟，价值 20.00，需要 claims>=2，截止时间 2026年3月2日 周一 12:00"
    assert lines[1] == "未安排，让位：所需的 30 分钟用于其他任务收益更高（有 4 人可承接）"
    assert lines[3] == "由 A1 Ann 处理可得 20.00；其 30 分钟的时间价值 26.00（每小时 24.00 EUR），比所得高出 6.00"


def test_columns_stand_below_each_other_in_chinese_too():
    rows = [line for line in agent_lines(AGENT, "zh") if line.startswith("    ")]
    assert rows == [
        "    09:00-10:30  90 分钟  T1 claim  逾期  收益 20.00  时间价值 12.00",
        "    10:30-11:00  30 分钟  空闲",
    ]


def test_the_unit_of_the_policy_is_told():
    assert "(24.00 EUR an hour)" in text({**PLANNED, "unit": "EUR"})
    assert "  8.00 EUR   0 minutes left" in day(unit="EUR")


def test_an_unknown_language_is_refused():
    for lines, told in ((task_lines, PLANNED), (agent_lines, AGENT)):
        with pytest.raises(ValueError, match="there is no language 'xx'"):
            lines(told, "xx")
