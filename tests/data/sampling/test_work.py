"""The open tasks of a sample look like those of a business."""

import polars as pl
import pytest

from data.snapshot.snapshot import Snapshot
from tests.data.sampling.figures import FINAL, per_task, share


def test_tasks_are_spread_over_tenants_segments_channels_and_processes(snapshot: Snapshot) -> None:
    tasks, processes = snapshot.tasks, snapshot.processes
    segments = dict(tasks["segment"].value_counts(normalize=True).iter_rows())
    assert segments == pytest.approx({"platinum": 0.1, "gold": 0.3, "silver": 0.6}, abs=0.01)
    assert set(tasks["channel"].drop_nulls()) == {"mail", "phone", "web", "branch", "app"}
    assert 20 <= processes.height <= 60
    assert processes["tenant"].n_unique() == 4  # three clients, and work that is shared
    assert tasks.filter(pl.col("tenant").is_not_null())["process"].n_unique() >= 3
    by_tenant = processes.filter(pl.col("process").str.ends_with("motor-claim"))
    assert by_tenant["sla_minutes"].n_unique() == by_tenant["penalty"].n_unique() == 3


def test_platinum_work_is_worth_more(snapshot: Snapshot) -> None:
    mean = dict(snapshot.tasks.group_by("segment").agg(pl.col("value").mean()).iter_rows())
    assert mean["platinum"] > 1.5 * mean["gold"] > 2 * mean["silver"]


def test_deadlines_run_from_overdue_through_hours_to_weeks(snapshot: Snapshot) -> None:
    ahead = (per_task(snapshot)["due_at"] - snapshot.as_of).dt.total_hours()
    assert share(((ahead >= 0) & (ahead < 24)).fill_null(False)) > 0.1
    assert share((ahead >= 7 * 24).fill_null(False)) > 0.05
    assert share(ahead.is_null()) > 0.01
    assert snapshot.tasks["created_at"].max() < snapshot.as_of
    assert snapshot.tasks["created_at"].is_sorted()


def test_a_few_tasks_start_later_or_expire(snapshot: Snapshot) -> None:
    tasks = per_task(snapshot)
    later = tasks.filter(pl.col("not_before").is_not_null())
    assert 0.04 < later.height / tasks.height < 0.06
    assert (later["not_before"] > snapshot.as_of).all()
    assert (later["not_before"] < later["due_at"]).fill_null(True).all()
    assert share(later["not_before"] < snapshot.horizon_end) > 0.85
    assert 0.02 < share(tasks["expires_at"].is_not_null()) < 0.04


def test_minutes_are_known_for_most_tasks_to_one_decimal(snapshot: Snapshot) -> None:
    minutes = snapshot.tasks["minutes"]
    assert 0.8 < share(minutes.is_not_null()) < 0.95
    assert (minutes.round(1) == minutes).fill_null(True).all()


def test_statuses_and_hands_fit(snapshot: Snapshot) -> None:
    tasks = snapshot.tasks
    assert 0.015 < share(tasks["status"].is_in(FINAL)) < 0.025
    has_agent = tasks["status"].is_in(["assigned", "in_progress"])
    assert (tasks["agent_id"].is_not_null() == has_agent).all()
    assert 0.03 < share(tasks["status"] == "assigned") < 0.07
    assert 0.04 < share(tasks["requested_agent"].is_not_null()) < 0.06


def test_most_agents_on_shift_have_one_task_in_progress_that_they_can_do(snapshot: Snapshot) -> None:
    work = snapshot.shifts.filter(
        pl.col("kind") == "work", pl.col("start") <= snapshot.as_of, pl.col("end") > snapshot.as_of
    )
    started = per_task(snapshot).filter(pl.col("status") == "in_progress")
    assert started["agent_id"].is_unique().all()
    assert started["agent_id"].is_in(work["agent_id"].implode()).all()
    assert 0.5 < started.height / work["agent_id"].n_unique() < 0.65
    first_skill = started["skills"].str.extract(r"^([\w-]+)").alias("skill")
    mine = started.select("agent_id", first_skill).join(snapshot.agent_skills, on=["agent_id", "skill"])
    assert mine.height / started.height > 0.85


def test_pairs_are_mostly_exclusions(snapshot: Snapshot) -> None:
    pairs = snapshot.pairs
    assert 0.025 < share(~pairs["allowed"]) * pairs.height / snapshot.tasks.height < 0.035
    assert pairs["minutes"].count() > 0
    assert pairs["bonus"].min() < 0 < pairs["bonus"].max()
