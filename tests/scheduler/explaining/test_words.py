"""Explanations of whole runs, in the words of another language."""

import time

import polars as pl
import polars.selectors as cs
import pytest

from models import Limits
from reports import agent_lines, task_lines
from scheduler.explaining import PastRun, explain_agent, explain_task
from tests.models.solving import cut_short
from tests.reports.english import english_in


@pytest.fixture(scope="module")
def names(past: PastRun) -> set[str]:
    """The words of the data: names, skills, statuses, columns, rules and bad values."""
    frames = (past.snapshot.tasks, past.snapshot.agents, past.snapshot.agent_skills, past.snapshot.rejects)
    columns = [column for frame in frames for column in frame.select(cs.string()) if column.name != "message"]
    return english_in(text for column in columns for text in column) | {"limit", "time"}  # as in --time-limit


def test_every_task_is_explained_in_chinese(past: PastRun, names: set[str]) -> None:
    for task_id in past.build.tasks["task_id"]:
        lines = task_lines(explain_task(past, task_id, None), "zh")
        assert english_in(lines, names) == set(), "\n".join(lines)


def test_every_agents_day_is_explained_in_chinese(past: PastRun, names: set[str]) -> None:
    for agent_id in past.problem.agent_ids:
        lines = agent_lines(explain_agent(past, agent_id), "zh")
        assert english_in(lines, names) == set(), "\n".join(lines)


@pytest.mark.slow
def test_what_other_choices_cost_is_told_in_chinese(past: PastRun, names: set[str]) -> None:
    planned, outbid = past.planned.filter(~pl.col("pinned")), past.unplanned.filter(reason="outbid")
    with cut_short():
        for rows in (planned, outbid):
            told = explain_task(past, rows["task_id"][0], Limits(deadline=time.monotonic() + 0.5))
            lines = task_lines(told, "zh")
            assert english_in(lines, names) == set(), "\n".join(lines)
            assert any("整个计划会损失" in line for line in lines)


def test_what_value_is_counted_in_is_told(past: PastRun) -> None:
    assert explain_task(past, past.planned["task_id"][0], None)["unit"] == "points"
    assert explain_agent(past, past.problem.agent_ids[0])["unit"] == "points"
