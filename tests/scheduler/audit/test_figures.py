"""The figures of run.json, the reasons, the columns and the rejects."""

from typing import Any

import polars as pl
import pytest

from data import Snapshot
from models import CheckError
from scheduler.audit import AuditReport, audit
from tests.scheduler.audit.case import Reference, Run, at, snapshot_of


def audited(snapshot: Snapshot, run: Run) -> AuditReport:
    return audit(snapshot, run.run, run.plan, run.unplanned, run.rejects, run.certificate)


def world() -> tuple[Snapshot, Reference, Run]:
    """Two tasks worth 10 and 5 with a fine of 1, of which one is planned."""
    tasks = [{"task_id": "t", "value": 10}, {"task_id": "u", "value": 5, "penalty": 1, "due_at": at(40)}]
    snapshot = snapshot_of([*tasks, {"task_id": "h", "status": "held"}])
    reference = Reference(snapshot)
    return snapshot, reference, reference.run({"ann": ["t"]})


def test_figures_are_worked_out_again():
    snapshot, _, run = world()
    report = audited(snapshot, run)
    assert report.ok
    assert (report.objective, report.empty_objective) == (900, -100)
    assert report.counts == {
        "tasks": 3,
        "rejected": 0,
        "plannable": 2,
        "planned": 1,
        "on_time": 1,
        "late": 0,
        "unplanned": 2,
    }
    assert report.agents == {
        "working_minutes": 240.0,
        "capacity_minutes": 240.0,
        "planned_minutes": 30.0,
        "utilization": 0.125,
    }


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ("run", {"schema_version": 2}),
        ("objective", {"objective": 9.01}),
        ("objective", {"objective": None}),
        ("objective", {"empty_objective": 0.0}),
        ("counts", {"counts": {"tasks": 3, "rejected": 0, "plannable": 2, "planned": 1, "on_time": 1, "late": 0}}),
        ("gap", {"gap": 0.0}),
        ("gap", {"proof": "optimal"}),
    ],
)
def test_a_wrong_figure_is_refused(rule, changed):
    snapshot, _, run = world()
    assert audited(snapshot, run.with_run(**changed)).totals == {rule: 1}


@pytest.mark.parametrize("key", ["working_minutes", "capacity_minutes", "planned_minutes", "utilization"])
def test_wrong_figures_of_the_agents_are_refused(key):
    snapshot, _, run = world()
    agents = {**run.run["agents"], key: run.run["agents"][key] + 0.001}
    assert audited(snapshot, run.with_run(agents=agents)).totals == {"agents": 1}


def test_gaps_follow_from_the_bound():
    snapshot, reference, run = world()
    bounded = reference.with_bound(run, 1500)
    assert bounded.run["gap"] == 0.4
    assert bounded.run["gain_gap"] == 0.375
    assert audited(snapshot, bounded).ok
    assert audited(snapshot, bounded.with_run(gap=0.41)).totals == {"gap": 1}
    assert audited(snapshot, bounded.with_run(gain_gap=None)).totals == {"gap": 1}


def test_a_bound_below_the_objective_is_refused():
    snapshot, reference, run = world()
    report = audited(snapshot, reference.with_bound(run, 899))
    assert report.totals == {"bound": 1}
    assert report.violations[0].message == "bound 8.99 is 0.01 below the objective 9.00"


def test_optimal_needs_a_bound_that_is_met():
    snapshot, reference, run = world()
    assert audited(snapshot, reference.with_bound(run, 900, "optimal")).ok
    assert audited(snapshot, reference.with_bound(run, 901, "optimal")).totals == {"bound": 1}
    assert audited(snapshot, reference.with_bound(run, 901, "none")).totals == {"bound": 1}


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


def test_columns_that_were_passed_through_are_compared():
    snapshot = snapshot_of([{"task_id": "t", "Note": "so", "outcome": "x"}, {"task_id": "u", "Note": None}])
    run = Reference(snapshot).run({"ann": ["t"]})
    assert run.plan.columns[-2:] == ["Note", "x_outcome"]
    assert audited(snapshot, run).ok
    assert audited(snapshot, run.with_plan("t", Note="no")).totals == {"columns": 1}
    assert audited(snapshot, run.with_plan("t", x_outcome=None)).totals == {"columns": 1}
    run.plan = run.plan.drop("Note")
    assert "Note of the snapshot's tasks is missing" in str(audited(snapshot, run).violations[0])


def test_a_missing_or_misplaced_column_is_named():
    snapshot, _, run = world()
    missing = Run(run.run, run.plan.drop("pinned"), run.unplanned, run.rejects)
    report = audited(snapshot, missing)
    assert report.totals == {"columns": 1, "H7": 1}
    assert report.violations[0].message == "plan: pinned missing"
    misplaced = Run(run.run, run.plan, run.unplanned.select(reversed(run.unplanned.columns)), run.rejects)
    assert audited(snapshot, misplaced).totals == {"columns": 1}


def test_times_are_in_the_time_zone_of_the_run():
    snapshot, _, run = world()
    run.plan = run.plan.with_columns(pl.col("start_at").dt.convert_time_zone("Asia/Tokyo"))
    report = audited(snapshot, run)
    assert report.totals == {"columns": 1}
    assert report.violations[0].message == "plan: start_at is in Asia/Tokyo, not in UTC"


def test_rejects_are_those_of_the_snapshot():
    snapshot = snapshot_of([{"task_id": "t"}, {"task_id": "u", "minutes": -1}, {"task_id": "v", "process": "?"}])
    run = Reference(snapshot).run({"ann": ["t"]})
    assert audited(snapshot, run).ok
    assert run.run["counts"]["rejected"] == 2
    lost = Run(run.run, run.plan, run.unplanned, run.rejects[1:])
    assert audited(snapshot, lost).totals == {"rejects": 1}
    extra = Run(run.run, run.plan, run.unplanned, pl.concat([run.rejects, run.rejects[:1]]))
    assert audited(snapshot, extra).totals == {"rejects": 1}


def test_changed_inputs_are_named_and_break_no_rule():
    snapshot, _, run = world()
    inputs = {**run.run["inputs"], "tasks": "0" * 64, "gone.csv": "1" * 64}
    report = audited(snapshot, run.with_run(inputs=inputs))
    assert report.ok
    assert report.changed_inputs == ("gone.csv", "tasks")
    assert report.notes == ("inputs changed since the run: gone.csv, tasks",)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"as_of": None}, "as_of, horizon_end and timezone are needed"),
        ({"timezone": "Mars/Base"}, "as_of, horizon_end and timezone are needed"),
        ({"policy": {"time": {"grain": "soon"}}}, "policy time.grain is 'soon'"),
        ({"policy": {"payoff": {"late_share": "half"}}}, "policy payoff.late_share is 'half'"),
    ],
)
def test_a_run_that_does_not_say_what_it_planned_cannot_be_checked(changed: dict[str, Any], message: str):
    snapshot, _, run = world()
    with pytest.raises(CheckError, match=message):
        audited(snapshot, run.with_run(**changed))


@pytest.mark.parametrize("empty", ["tasks", "agents", "shifts"])
def test_a_snapshot_may_lose_all_rows_of_a_table(empty):
    tables: dict[str, Any] = {
        "tasks": [{"task_id": "t"}, {"task_id": "u", "status": "in_progress", "agent_id": "ann"}],
        "agents": [{"agent_id": "ann"}],
        "shifts": [{"agent_id": "ann", "start": at(0), "end": at(100)}],
    }
    broken = {"tasks": {"minutes": -1}, "agents": {"max_tasks": -1}, "shifts": {"kind": "sleep"}}[empty]
    tables[empty] = [{**row, **broken} for row in tables[empty]]
    snapshot = snapshot_of(**tables)
    assert getattr(snapshot, empty).height == 0
    reference = Reference(snapshot)
    run = reference.run()
    run = reference.with_bound(run, 0, "optimal").with_run(bound_source="certificate")
    run.certificate = pl.DataFrame(schema={"agent_id": pl.String, "from_grain": pl.Int64, "price": pl.Int64})
    assert audited(snapshot, run).violations == ()


def test_an_empty_plan_file_is_no_plan():
    snapshot, _, run = world()
    report = audited(snapshot, Run(run.run, pl.DataFrame(), pl.DataFrame(), pl.DataFrame()))
    assert report.totals["tasks"] == 3
    assert report.objective == report.empty_objective


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
