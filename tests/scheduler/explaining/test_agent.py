"""An agent's day, told as the run has it."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from models import UNIT_BITS, priced_modes
from scheduler.explaining import PastRun, explain_agent
from scheduler.explaining.task import UnknownNameError


def everybody(past: PastRun) -> list[str]:
    return past.problem.agent_ids.to_list()


def test_the_day_has_every_task_of_the_plan_in_its_order(past: PastRun) -> None:
    for agent_id in everybody(past):
        told = explain_agent(past, agent_id)
        rows = past.planned.filter(pl.col("agent_id") == agent_id).sort("sequence")
        tasks = [entry for entry in told["day"] if entry["what"] == "task"]
        assert [entry["task_id"] for entry in tasks] == rows["task_id"].to_list()
        assert [entry["minutes"] for entry in tasks] == rows["minutes"].to_list()
        assert [datetime.fromisoformat(entry["start_at"]) for entry in tasks] == rows["start_at"].to_list()
        assert told["tasks"] == rows.height


def test_free_and_planned_minutes_add_up_to_the_capacity(past: PastRun) -> None:
    for agent_id in everybody(past):
        told = explain_agent(past, agent_id)
        minutes = told["minutes"]
        free = sum(entry["minutes"] for entry in told["day"] if entry["what"] == "free")
        assert minutes["free"] == pytest.approx(free, abs=0.01)
        assert minutes["free"] + minutes["planned"] == pytest.approx(minutes["capacity"], abs=0.01)


def test_what_time_is_worth_falls_and_is_the_certificates(past: PastRun) -> None:
    assert past.prices is not None
    for a, agent_id in enumerate(everybody(past)):
        stretches = explain_agent(past, agent_id)["time"]
        hours = [s["points_per_hour"] for s in stretches]
        assert hours == sorted(hours, reverse=True)
        for s in stretches:
            until = datetime.fromisoformat(s["until_at"]) - past.build.as_of
            grain = int(until / timedelta(seconds=past.problem.grain_s))
            bucket = np.searchsorted(past.prices.edges, grain, side="right") - 1
            price = past.prices.price[a, bucket] / 2.0**UNIT_BITS
            assert s["points_per_hour"] == pytest.approx(price * 36 / past.problem.grain_s, abs=0.01)


def test_what_is_said_to_fit_does_and_what_is_not_does_not(past: PastRun) -> None:
    """Without releases earliest deadline first decides whether one more task fits an agent's day."""
    problem, result = past.problem, past.evaluation
    for a, agent_id in enumerate(everybody(past)):
        told = explain_agent(past, agent_id)["waiting"]
        rows = np.flatnonzero((result.agents == a) & problem.free[result.tasks])
        own = [(int(problem.deadline[i, s]), int(p)) for i, s, p in zip(
            result.tasks[rows], result.step[rows], result.grains[rows], strict=True)]  # fmt: skip
        fitting = set()
        for i in np.flatnonzero((past.plan.agent < 0) & problem.free).tolist():
            if problem.eligibility.entry(np.array([problem.requirement[i]], np.int64), np.array([a]))[0] < 0:
                continue
            row = problem.pairs.row(np.array([i]), np.array([a]), problem.n_agents)[0]
            if row >= 0 and not problem.pairs.allowed[row]:
                continue
            modes = priced_modes(problem, None, np.array([i]), np.array([a])).in_time()
            for k in np.flatnonzero(modes.gain > 0).tolist():
                more = [*own, (int(problem.deadline[i, modes.step[k]]), int(modes.grains[k]))]
                if _in_time(past, a, more) and len(result.tasks[result.agents == a]) < problem.max_tasks[a]:
                    fitting.add(i)
        assert told["fits"] == len(fitting)


def _in_time(past: PastRun, a: int, work: list[tuple[int, int]]) -> bool:
    clock = int(past.problem.pinned_load[a])
    for deadline, grains in sorted(work):
        clock += grains
        if clock > past.problem.clocks.capacity(a, deadline):
            return False
    return True


def test_a_skill_that_helps_opens_tasks_and_is_not_one_the_agent_has(past: PastRun) -> None:
    helped = 0
    for agent_id in everybody(past):
        held = dict(
            past.snapshot.agent_skills.filter(pl.col("agent_id") == agent_id).select("skill", "level").iter_rows()
        )
        found = explain_agent(past, agent_id)["training"]
        assert [one["adds_at_most"] for one in found] == sorted((one["adds_at_most"] for one in found), reverse=True)
        for one in found:
            skill, _, level = one["skill"].partition(">=")
            assert held.get(skill, 0) < int(level or 1)
            assert 0 < one["tasks"] <= one["opens"]
        helped += len(found)
    assert helped


def test_an_unknown_agent_is_refused_with_the_nearest(past: PastRun) -> None:
    with pytest.raises(UnknownNameError, match="no agent 'nobody'"):
        explain_agent(past, "nobody")
