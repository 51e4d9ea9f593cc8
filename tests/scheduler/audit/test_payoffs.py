"""Payoffs to the hundredth, by hand: rounded half-even once, after all terms."""

from typing import Any

import pytest

from data import Snapshot
from scheduler.audit import AuditReport, audit
from tests.scheduler.audit.case import Reference, Run, at, snapshot_of

DAY = 24 * 60


def audited(snapshot: Snapshot, run: Run) -> AuditReport:
    return audit(snapshot, run.run, run.plan, run.unplanned, run.rejects)


def claimed(task: dict[str, Any], payoff: float, policy: dict[str, Any] | None = None, **world: Any) -> AuditReport:
    """The audit of a plan that does the task first and claims a payoff for it."""
    snapshot = snapshot_of([{"task_id": "t", **task}], **world)
    run = Reference(snapshot, policy or {}).run({"ann": ["t"]})
    assert run.plan.height == 1
    empty = run.run["empty_objective"]
    return audited(snapshot, run.with_plan("t", payoff=payoff).with_run(objective=payoff, empty_objective=empty))


OVERDUE = {"due_at": at(-3 * DAY)}
LATE = {"due_at": at(10)}
PAYOFFS: dict[str, tuple[dict[str, Any], float, dict[str, Any]]] = {
    "on time": ({"value": 10.25}, 10.25, {}),
    "policy's value": ({}, 1.0, {}),
    "half a cent up to even": ({"value": 0.375}, 0.38, {}),
    "half a cent down to even": ({"value": 0.125}, 0.12, {}),
    "half a cent that floats miss": ({"value": 1.005}, 1.0, {}),
    "half a cent negative": ({"value": 0, "penalty": 0.125, **LATE}, -0.12, {}),
    "late": ({"value": 10.01, "penalty": 2, **LATE}, 3.0, {}),  # 5.005 - 2 = 3.005, a tie
    "overdue": ({"value": 10, "penalty": 2, **OVERDUE}, 6.5, {}),  # 10 x 0.5 x 1.3, no fine
    "overdue by part of a day": ({"value": 10, "due_at": at(-DAY / 2)}, 5.25, {}),
    "overdue at the cap": ({"value": 10, "due_at": at(-100 * DAY)}, 15.0, {}),
    "due at as_of is overdue": ({"value": 10, "penalty": 2, "due_at": at(0)}, 5.0, {}),
    "late share and ageing": (
        {"value": 10, **OVERDUE},
        2.5 * 2.5,
        {"payoff": {"late_share": 0.25, "ageing_per_day": 0.5}},
    ),
    "ageing cap": ({"value": 10, **OVERDUE}, 6.0, {"payoff": {"ageing_cap": 1.2}}),
    "weights multiply": (
        {"value": 10, "tenant": "acme", "segment": "gold", "channel": "web"},
        30.0,
        {"weights": {"tenant": {"acme": 1.5, "x": 9}, "segment": {"gold": 2}, "channel": {"phone": 5}}},
    ),
    "weight of the process": ({"value": 10}, 1.0, {"weights": {"process": {"p": 0.1}}}),
    "penalty is not weighted": (
        {"value": 10, "penalty": 1, "tenant": "acme", **LATE},
        9.0,
        {"weights": {"tenant": {"acme": 2}}},
    ),
    "requested agent": ({"value": 10, "requested_agent": "ann"}, 11.0, {}),
    "requested agent, late": ({"value": 10, "requested_agent": "ann", **LATE}, 6.0, {}),
    "requested share": (
        {"value": 10, "requested_agent": "ann"},
        10.5,
        {"payoff": {"requested_agent_share": 0.05}},
    ),
    "other agent requested": ({"value": 10, "requested_agent": "bob"}, 10.0, {}),
}


@pytest.mark.parametrize("name", PAYOFFS)
def test_payoff_of_a_planned_task(name):
    task, payoff, policy = PAYOFFS[name]
    world = {"agents": [{"agent_id": "ann"}, {"agent_id": "bob"}]}
    assert claimed(task, payoff, policy, **world).ok
    report = claimed(task, payoff + 0.01, policy, **world)
    assert report.totals == {"payoff": 1, "objective": 1}
    assert f"must be {payoff:.2f}" in report.violations[0].message


def test_cost_is_charged_for_whole_grains():
    agents = [{"agent_id": "ann", "cost_per_hour": 30}]
    policy = {"time": {"grain": "15m"}, "payoff": {"cost_weight": 0.1}}
    # 31 minutes are three grains of 15: 0.75 h x 30 x 0.1 = 2.25
    snapshot = snapshot_of([{"task_id": "t", "minutes": 31, "value": 10}], agents)
    run = Reference(snapshot, {**policy, "time": {"grain": "900s"}}).run({"ann": ["t"]})
    assert run.plan["payoff"].to_list() == [7.75]
    assert audited(snapshot, run.with_run(policy=policy)).ok


def test_bonus_of_a_pair_counts_for_that_agent():
    for bonus, payoff in ((2.5, 12.5), (-20, -10.0), (0.005, 10.0), (0.015, 10.02)):
        pairs = [{"task_id": "t", "agent_id": "ann", "bonus": bonus}]
        assert claimed({"value": 10}, payoff, pairs=pairs).ok


@pytest.mark.parametrize(
    ("task", "payoff"),
    [
        ({"penalty": 3}, 0.0),
        ({"penalty": 3, "due_at": at(30)}, -3.0),
        ({"penalty": 3, "due_at": at(240)}, -3.0),  # at the horizon
        ({"penalty": 3, "due_at": at(240.01)}, 0.0),
        ({"penalty": 3, "due_at": at(0)}, 0.0),  # overdue: the fine is sunk
        ({"penalty": 3, "due_at": at(0.01)}, -3.0),
        ({"penalty": 0.125, "due_at": at(30)}, -0.12),
        ({"penalty": 3, "due_at": at(30), "status": "held"}, 0.0),
        ({"penalty": 3, "due_at": at(30), "status": "completed"}, 0.0),
        ({"penalty": 3, "due_at": at(30), "expires_at": at(-1)}, -3.0),
        ({"penalty": 3, "due_at": at(30), "skills": "z"}, -3.0),
    ],
)
def test_payoff_of_an_unplanned_task(task, payoff):
    snapshot = snapshot_of([{"task_id": "t", **task}])
    run = Reference(snapshot).run()
    assert run.unplanned["payoff"].to_list() == [payoff]
    report = audited(snapshot, run)
    assert report.ok
    assert report.objective == report.empty_objective == round(payoff * 100)
    assert audited(snapshot, run.with_unplanned("t", payoff=payoff - 0.01)).totals == {"payoff": 1}
