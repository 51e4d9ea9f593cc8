"""Capacity clocks and durations against figures worked out by hand."""

import numpy as np
import pytest

from scheduler.audit import audit
from scheduler.audit.facts import derive
from tests.scheduler.audit.case import Reference, at, snapshot_of


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-29", 7), ("2026-10-25", 9), ("2026-06-10", 8)],
    ids=["clocks forward", "clocks back", "any night"],
)
def test_a_night_shift_over_a_clock_change_has_seven_or_nine_hours(day, hours):
    evening = np.datetime64(day) - np.timedelta64(1, "D")
    snapshot = snapshot_of(
        [{"task_id": "t", "minutes": hours * 60}, {"task_id": "u", "minutes": 1}],
        shifts=[{"agent_id": "ann", "start": f"{evening}T22:00:00", "end": f"{day}T06:00:00"}],
        as_of=f"{evening}T12:00:00",
        horizon="24h",
        timezone="Europe/Berlin",
    )
    run = Reference(snapshot).run({"ann": ["t", "u"]})
    assert run.plan["task_id"].to_list() == ["t"]
    assert run.plan["start_at"].to_list()[0].isoformat()[:16] == f"{evening}T22:00"
    assert run.plan["end_at"].to_list()[0].isoformat()[:16] == f"{day}T06:00"
    report = audit(snapshot, run.run, run.plan, run.unplanned, run.rejects)
    assert report.ok
    assert report.agents["working_minutes"] == hours * 60


def test_windows_are_joined_in_exact_time():
    snapshot = snapshot_of(
        [{"task_id": "t"}],
        shifts=[
            {"agent_id": "ann", "start": at(-3), "end": at(1.5)},
            {"agent_id": "ann", "start": at(1.5), "end": at(4)},
            {"agent_id": "ann", "start": at(3), "end": at(8)},
            {"agent_id": "ann", "start": at(5.5), "end": at(5.75), "kind": "reserved"},
            {"agent_id": "ann", "start": at(7), "end": at(12), "kind": "break"},
        ],
    )
    clocks = derive(snapshot, Reference(snapshot).run().run).clocks
    grains = np.arange(10)
    assert clocks.working(grains * 0, grains).tolist() == [0, 1, 2, 3, 4, 5, 5, 6, 6, 6]


def test_an_agent_without_shifts_never_works():
    snapshot = snapshot_of(
        [{"task_id": "t"}],
        [{"agent_id": "ann"}, {"agent_id": "bob"}],
        shifts=[{"agent_id": "bob", "start": at(0), "end": at(5)}],
    )
    facts = derive(snapshot, Reference(snapshot).run().run)
    assert [h.tolist() for h in facts.clocks.horizons()] == [[0, 5], [0, 5]]


def test_due_times_round_down_and_decide_the_outcome():
    for due, outcome in ((30, "on_time"), (30.5, "on_time"), (29.9, "late")):
        snapshot = snapshot_of([{"task_id": "t", "due_at": at(due)}])
        run = Reference(snapshot).run({"ann": ["t"]})
        assert run.plan["outcome"].to_list() == [outcome]
        assert audit(snapshot, run.run, run.plan, run.unplanned, run.rejects).ok
        other = "late" if outcome == "on_time" else "on_time"
        told = run.with_plan("t", outcome=other)
        assert audit(snapshot, told.run, told.plan, told.unplanned, told.rejects).totals == {"outcome": 1}
