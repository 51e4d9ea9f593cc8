"""Explanations in words."""

import pytest

from models import Code, Message, message_table
from reports import agent_lines, task_lines
from tests.reports.terminal.told import AGENT, LEFT, PLANNED, WAY, day, text


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
    assert "nobody may do it" in said
    assert "claims>=2 0 people" in said
    assert "A1 (Ann) lacks claims>=2 (has claims at level 1)" in said
    assert "claims>=2 for A1 (Ann), whose time would leave it 8.00" in said


def test_no_time_says_who_comes_nearest_and_by_how_much():
    near = {"agent_id": "A1", "name": "Ann", "minutes": 30.0, "minutes_there": 25.0, "minutes_short": 5.0}
    said = text({**LEFT, "reason": "no_time", "best": [], "in_time": [near], "change": {}})
    assert "A1 (Ann) needs 30 minutes and has 25 minutes: 5 minutes short" in said


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


def test_an_explanation_in_chinese():
    lines = task_lines({**LEFT, "unit": "EUR"}, "zh")
    assert lines[0] == "T1：claim，30 分钟，价值 20.00，需要 claims>=2，截止时间 2026年3月2日 周一 12:00"
    assert lines[1] == "未安排，让位：所需的 30 分钟用于其他任务收益更高（有 4 人可承接）"
    assert lines[3] == "由 A1 Ann 处理可得 20.00；其 30 分钟的时间价值 26.00（每小时 24.00 EUR），比所得高出 6.00"


def test_the_unit_of_the_policy_is_told():
    assert "(24.00 EUR an hour)" in text({**PLANNED, "unit": "EUR"})
    assert "  8.00 EUR   0 minutes left" in day(unit="EUR")


def test_an_unknown_language_is_refused():
    for lines, told in ((task_lines, PLANNED), (agent_lines, AGENT)):
        with pytest.raises(ValueError, match="there is no language 'xx'"):
            lines(told, "xx")
