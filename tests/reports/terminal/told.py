"""Explanations as they are told in words: a task planned and one that is left, an agent's day."""

from typing import Any

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
