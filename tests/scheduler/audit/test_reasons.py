"""The reasons of unplanned tasks, in their order."""

import pytest

from tests.scheduler.audit.audited import audited
from tests.scheduler.audit.case import Reference, at, snapshot_of


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        ({"status": "held", "expires_at": at(-1)}, "held"),
        ({"status": "errorheld"}, "held"),
        ({"status": "completed"}, "final"),
        ({"status": "rejected", "skills": "z"}, "final"),
        ({"expires_at": at(0), "not_before": at(999)}, "expired"),
        ({"not_before": at(240), "skills": "z"}, "not_yet"),
        ({"not_before": at(239.5)}, "no_time"),
        ({"skills": "z"}, "no_skill"),
        ({"skills": "a"}, "no_skill"),  # ann is excluded
        ({"value": 0}, "no_gain"),
        ({"value": 0, "minutes": 241}, "no_gain"),
        ({"value": 0, "skills": "z"}, "no_skill"),
        ({"value": 0, "due_at": at(100), "penalty": 3}, "outbid"),
        ({"value": 0, "due_at": at(100), "penalty": 3, "minutes": 90}, "no_time"),
        ({"minutes": 241}, "no_time"),
        ({"minutes": 211}, "no_time"),  # 30 minutes are in progress
        ({"minutes": 210}, "outbid"),
        ({"expires_at": at(59.5)}, "no_time"),
        ({"expires_at": at(60.5)}, "outbid"),
        ({"due_at": at(10)}, "outbid"),
        ({"due_at": at(-10)}, "outbid"),
        ({"not_before": at(100.5), "expires_at": at(130.9)}, "no_time"),
        ({"not_before": at(100), "expires_at": at(130.9)}, "outbid"),
        ({"status": "in_progress", "agent_id": "ann", "minutes": 300, "expires_at": at(-1)}, "no_time"),
    ],
)
def test_reasons_in_their_order(task, reason):
    snapshot = snapshot_of(
        [{"task_id": "t", **task}, {"task_id": "p", "status": "in_progress", "agent_id": "ann"}],
        agent_skills=[{"agent_id": "ann", "skill": "a"}],
        pairs=[{"task_id": "t", "agent_id": "ann", "allowed": False}] if task.get("skills") == "a" else [],
    )
    run = Reference(snapshot).run()
    run = run.with_unplanned("t", reason=reason)
    assert audited(snapshot, run).ok
    other = "outbid" if reason != "outbid" else "no_time"
    assert audited(snapshot, run.with_unplanned("t", reason=other)).totals == {"reason": 1}


def test_under_a_hard_sla_the_due_time_is_the_last_useful_moment():
    snapshot = snapshot_of([{"task_id": "t", "due_at": at(10)}, {"task_id": "u", "due_at": at(-10)}])
    run = Reference(snapshot, {"sla": "hard"}).run()
    assert run.unplanned["reason"].to_list() == ["no_time", "outbid"]
    assert audited(snapshot, run).ok


@pytest.mark.parametrize(("limit", "reason"), [(0, "no_places"), (1, "no_places"), (2, "outbid"), (None, "outbid")])
def test_whether_there_is_a_place_left_follows_from_the_plan(limit, reason):
    people = [{"agent_id": "ann", "max_tasks": limit}, {"agent_id": "bob", "max_tasks": 0}]
    snapshot = snapshot_of([{"task_id": "s", "status": "in_progress", "agent_id": "ann"}, {"task_id": "t"}], people)
    run = Reference(snapshot).run()
    assert run.unplanned.rows_by_key("task_id", named=True)["t"][0]["reason"] == reason
    assert audited(snapshot, run).ok
    other = {"no_places": "outbid", "outbid": "no_places"}[reason]
    assert audited(snapshot, run.with_unplanned("t", reason=other)).totals == {"reason": 1}


@pytest.mark.parametrize(("cost", "reason"), [(20.000000000000004, "no_gain"), (19.980000000000004, "outbid")])
def test_reasons_where_costs_have_too_many_digits_to_be_swept(cost, reason):
    """Half an hour of a value of 10; what is left is a hundredth or nothing."""
    people = [{"agent_id": name, "cost_per_hour": each} for name, each in (("ann", cost), ("bob", 1 / 3 + 77))]
    snapshot = snapshot_of([{"task_id": "t", "value": 10}], people)
    reference = Reference(snapshot, {"payoff": {"cost_weight": 1}})
    run = reference.run()
    assert run.unplanned["reason"].to_list() == [reason]
    assert audited(snapshot, run).ok


def test_work_longer_than_the_period_gains_by_all_its_hours():
    """Twenty hours cost 20: within the four of the period they would seem to cost 4."""
    snapshot = snapshot_of(
        [{"task_id": "t", "value": 15, "minutes": 1200}, {"task_id": "u", "value": 21, "minutes": 1200}],
        [{"agent_id": "ann", "cost_per_hour": 1}],
    )
    run = Reference(snapshot, {"payoff": {"cost_weight": 1}}).run()
    assert run.unplanned["reason"].to_list() == ["no_gain", "no_time"]
    assert audited(snapshot, run).ok
