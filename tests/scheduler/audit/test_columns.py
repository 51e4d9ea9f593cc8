"""The columns of result files: there, in their types, equal to the snapshot's."""

import polars as pl

from tests.scheduler.audit.audited import audited, world
from tests.scheduler.audit.case import Reference, Run, snapshot_of


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
