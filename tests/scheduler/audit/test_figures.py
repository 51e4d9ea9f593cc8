"""The figures of run.json, the reasons, the columns and the rejects."""

import polars as pl
import pytest

from tests.scheduler.audit.audited import audited, world
from tests.scheduler.audit.case import Reference, Run, snapshot_of


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


@pytest.mark.parametrize("figure", [float("nan"), float("inf"), float("-inf"), 1e300, True, "9"])
@pytest.mark.parametrize("key", ["objective", "empty_objective", "bound", "gap", "gain_gap", "agents"])
def test_what_is_no_number_to_count_with_is_no_figure(key, figure):
    snapshot, reference, run = world()
    bounded = reference.with_bound(run, 1500)
    said = {**run.run["agents"], "planned_minutes": figure} if key == "agents" else figure
    assert not audited(snapshot, bounded.with_run(**{key: said})).ok


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


def test_rejects_are_those_of_the_snapshot():
    snapshot = snapshot_of([{"task_id": "t"}, {"task_id": "u", "minutes": -1}, {"task_id": "v", "process": "?"}])
    run = Reference(snapshot).run({"ann": ["t"]})
    assert audited(snapshot, run).ok
    assert run.run["counts"]["rejected"] == 2
    lost = Run(run.run, run.plan, run.unplanned, run.rejects[1:])
    assert audited(snapshot, lost).totals == {"rejects": 1}
    extra = Run(run.run, run.plan, run.unplanned, pl.concat([run.rejects, run.rejects[:1]]))
    assert audited(snapshot, extra).totals == {"rejects": 1}
