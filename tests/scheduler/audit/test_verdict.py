"""An audit as a whole: changed inputs, runs that say too little, tables that lost their rows."""

from typing import Any

import polars as pl
import pytest

from models import CheckError
from tests.scheduler.audit.audited import audited, world
from tests.scheduler.audit.case import Reference, Run, at, snapshot_of


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
