"""Every stated reason holds: checked against the snapshot's files by the audit's code and by loops."""

import time
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from data import build_problem
from models import Limits, modes_of
from scheduler.audit.bound import read_prices
from scheduler.audit.facts import Facts, derive
from scheduler.audit.market import best_margins, steps_of
from scheduler.audit.reasons import reasons_of
from scheduler.audit.skills import clauses_of
from scheduler.audit.sweep import SCALE
from scheduler.explaining import PastRun, explain_task
from scheduler.explaining.task import UnknownNameError
from tests.models.solving import cut_short


@pytest.fixture(scope="module")
def facts(past: PastRun) -> Facts:
    return derive(past.snapshot, past.earlier.run.as_json())


def told(past: PastRun, task_id: str) -> dict[str, Any]:
    """The explanation without what other choices cost."""
    return explain_task(past, task_id, None)


def left(past: PastRun, *reasons: str) -> list[str]:
    """The tasks that are not planned for one of the reasons; for any without one."""
    rows = past.unplanned
    return (rows.filter(pl.col("reason").is_in(reasons)) if reasons else rows)["task_id"].to_list()


def in_time(facts: Facts, i: int) -> dict[int, int]:
    """By how many grains everybody who is allowed task i fails to be in time with pinned work alone."""
    kind = np.array([facts.tasks.kind[i]])
    last = max(
        int(column[0]) for column in (steps_of(facts, np.array([i])).on_time, steps_of(facts, np.array([i])).late)
    )
    short = {}
    for a in range(len(facts.agents.ids)):
        task, agent = np.array([i]), np.array([a])
        efficiency = facts.kinds.efficiencies(kind, agent)
        if np.isnan(efficiency[0]) or not facts.pairs.allows(task, agent)[0] or last < 0:
            continue
        begin = max(facts.pins.load[a], facts.clocks.capacity(agent, facts.tasks.since[task])[0])
        end = begin + facts.grains(task, agent, efficiency)[0]
        short[a] = max(0, int(end - facts.clocks.capacity(agent, np.array([last]))[0]))
    return short


def place(facts: Facts, task_id: str) -> int:
    return int((facts.tasks.ids == task_id).arg_true()[0])


def test_every_reason_is_the_first_that_holds(past: PastRun, facts: Facts) -> None:
    tasks = left(past)
    assert len(tasks) > 10
    count = np.bincount(past.plan.agent[past.plan.agent >= 0], minlength=len(facts.agents.ids))
    full = count >= facts.agents.max_tasks
    for task_id in tasks:
        found = told(past, task_id)
        assert found["state"] == "unplanned"
        assert found["reason"] == reasons_of(facts, np.array([place(facts, task_id)]), full)[0]


def test_how_many_could_do_it_is_counted_right(past: PastRun, facts: Facts) -> None:
    for task_id in left(past, "outbid", "no_time", "no_skill"):
        found, i = told(past, task_id), place(facts, task_id)
        if facts.tasks.in_progress[i]:
            continue
        short = in_time(facts, i)
        assert found["people"]["allowed"] == len(short)
        assert found["people"]["in_time"] == sum(grains == 0 for grains in short.values())
        skilled = range(facts.kinds.first[facts.tasks.kind[i]], facts.kinds.first[facts.tasks.kind[i] + 1])
        assert found["people"]["skilled"] == len(skilled)


def test_who_comes_nearest_in_time_does(past: PastRun, facts: Facts) -> None:
    for task_id in left(past, "no_time"):
        found, i = told(past, task_id), place(facts, task_id)
        if "in_time" not in found:
            continue
        short = in_time(facts, i)
        minutes = facts.span.grain_s / 60
        assert [near["minutes_short"] for near in found["in_time"]] == [
            pytest.approx(grains * minutes, abs=0.01) for grains in sorted(short.values())[: len(found["in_time"])]
        ]
        for near in found["in_time"]:
            agent = int((facts.agents.ids == near["agent_id"]).arg_true()[0])
            assert near["minutes_short"] == pytest.approx(short[agent] * minutes, abs=0.01)


def test_who_lacks_least_of_the_skills_does(past: PastRun, facts: Facts) -> None:
    for task_id in left(past, "no_skill"):
        found, kind = told(past, task_id), int(facts.tasks.kind[place(facts, task_id)])
        missing = {}
        for a, agent in enumerate(facts.agents.ids):
            clauses = clauses_of(facts.kinds.texts[kind])
            missing[agent] = sum(not _meets(facts, clause, a) for clause in clauses)
        nearest = found["skill"]["nearest"]
        least = min((n for n in missing.values() if n), default=0)
        assert all(missing[near["agent_id"]] == near["lacks"].count(";") + 1 for near in nearest)
        assert not nearest or missing[nearest[0]["agent_id"]] == least
        for part in found["skill"]["meeting_each"]:
            (clause,) = clauses_of(part["skill"])
            assert part["people"] == sum(_meets(facts, clause, a) for a in range(len(facts.agents.ids)))


def _meets(facts: Facts, clause: Any, agent: int) -> bool:
    return any(
        agent in facts.kinds.held[skill][0][facts.kinds.held[skill][1] >= level].tolist()
        for skill, level in clause
        if skill in facts.kinds.held
    )


def test_the_outbid_leave_what_the_certificate_says(past: PastRun, facts: Facts) -> None:
    certificate = past.earlier.certificate
    assert certificate is not None
    prices = read_prices(certificate, facts)
    for task_id in left(past, "outbid"):
        best, i = told(past, task_id)["best"][0], place(facts, task_id)
        (margin,) = best_margins(facts, np.array([i]), prices)
        if best["gain"] > 0:
            assert best["margin"] == pytest.approx(margin / SCALE / 100, abs=0.011)
        assert best["margin"] == pytest.approx(best["gain"] - best["time_worth"], abs=0.011)


def margin_with(past: PastRun, task_id: str, column: str, value: object) -> float:
    """The best margin in points once the snapshot says something else of a task."""
    tasks = past.snapshot.tasks
    here = pl.col("task_id") == task_id
    changed = tasks.with_columns(
        pl.when(here).then(pl.lit(value).cast(tasks.schema[column])).otherwise(column).alias(column)
    )
    build = build_problem(replace(past.snapshot, tasks=changed), past.earlier.policy.terms())
    modes = modes_of(build.problem, past.prices, int((build.problem.task_ids == task_id).arg_true()[0])).in_time()
    return float(modes.margin.max(initial=-np.inf)) / 100


def test_each_change_that_is_named_is_enough_at_the_prices(past: PastRun) -> None:
    named = 0
    for task_id in left(past, "outbid", "no_time"):
        found = told(past, task_id)
        change = found.get("change") or {}
        paid_for = bool(found.get("best")) and found["best"][0]["margin"] >= 0
        if change.get("value"):
            named += 1
            value = change["value"]["value"]
            assert margin_with(past, task_id, "value", value) >= -0.011
            assert paid_for or margin_with(past, task_id, "value", max(0.0, value - 0.1)) < 0.011
        if change.get("minutes"):
            assert margin_with(past, task_id, "minutes", change["minutes"]["minutes"]) >= -0.011
        if change.get("due_at"):
            moment = pl.Series([change["due_at"]["due_at"]]).str.to_datetime("%+", time_zone="UTC")[0]
            assert margin_with(past, task_id, "due_at", moment) >= -0.011
    assert named


def test_a_planned_task_is_where_the_plan_has_it(past: PastRun) -> None:
    for row in past.planned.head(15).iter_rows(named=True):
        found = told(past, row["task_id"])
        assert (found["state"], found["agent_id"]) == ("planned", row["agent_id"])
        assert found["payoff"] == row["payoff"]
        if found["pinned_by"] is None:
            own = next(way for way in found["best"] if way["agent_id"] == row["agent_id"])
            assert own["minutes"] == row["minutes"]
            assert own["rank"] <= found["people"]["in_time"]


def test_a_set_aside_row_says_why(past: PastRun) -> None:
    rejects = past.snapshot.rejects.filter(pl.col("table") == "tasks")["id"].drop_nulls().unique()
    good = past.build.tasks["task_id"]
    for task_id in rejects.filter(~rejects.is_in(good.to_list())).to_list():
        found = told(past, task_id)
        assert found["state"] == "rejected"
        assert found["rejects"][0]["message"]


def test_unknown_names_are_refused_with_the_nearest(past: PastRun) -> None:
    with pytest.raises(UnknownNameError, match=r"no task 'T00001'.*did you mean 'T0000"):
        told(past, "T00001")
    known = past.planned["task_id"][0]
    with pytest.raises(UnknownNameError, match=r"no agent 'A00001'.*did you mean 'A000"):
        explain_task(past, known, None, "A00001")


@pytest.mark.slow
def test_what_other_choices_cost_is_told_with_its_range(past: PastRun) -> None:
    planned = past.planned.filter(~pl.col("pinned"))["task_id"][0]
    with cut_short():
        for task_id in (planned, left(past, "outbid")[0]):
            found = explain_task(past, task_id, Limits(deadline=time.monotonic() + 0.5))
            assert found["alternatives"]
            for one in found["alternatives"]:
                assert 0 <= one["at_least"] <= one["loses"] <= one["at_most"]
            assert found["replanned"]["objective"] >= past.earlier.run.objective


@pytest.mark.slow
def test_asked_about_one_agent_it_speaks_of_that_one(past: PastRun) -> None:
    task_id = left(past, "outbid")[0]
    able = told(past, task_id)["best"][-1]["agent_id"]
    with cut_short():
        found = explain_task(past, task_id, Limits(deadline=time.monotonic() + 0.5), able)
    assert (found["asked"]["agent_id"], found["asked"]["lacks"]) == (able, "")
    assert [one["agent_id"] for one in found["alternatives"] if one["choice"] == "agent"] == [able]
