"""Capacity clocks and durations against figures worked out by hand."""

from fractions import Fraction

import numpy as np
import pytest

from scheduler.audit import audit
from scheduler.audit.exact import ceilings, share_within
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


@pytest.mark.parametrize("share", [0.1, 0.3, 1 / 3, 0.9375, 0.999999999, 1e-9, 0.7000000000000001])
def test_a_small_fraction_gives_the_same_clock(share):
    exact, small = Fraction(repr(share)), share_within(Fraction(repr(share)), 3000)
    assert small.denominator <= 3000
    assert [int(exact * w) for w in range(3001)] == [int(small * w) for w in range(3001)]


@pytest.mark.parametrize(
    ("minutes", "efficiency", "grain_s", "grains"),
    [
        (30, 1, 60, 30),
        (30, 1.2, 60, 25),
        (0.7, 0.1, 60, 7),  # 7.000000000000001 in floats
        (1.1, 1.1, 60, 1),
        (33.000000001, 1.1, 60, 31),
        (0.001, 5, 60, 1),
        (4.35, 1, 1, 261),  # 260.99999999999994 in floats
        (0.3, 0.1, 180, 1),
        (1e7, 1e-6, 60, 1 << 30),
    ],
)
def test_durations_are_exact_decimals(minutes, efficiency, grain_s, grains):
    assert ceilings(np.array([minutes], float), np.array([efficiency], float), grain_s).tolist() == [grains]


def test_minutes_of_a_pair_replace_the_computed_ones():
    snapshot = snapshot_of(
        [{"task_id": "t", "skills": "a"}],
        agent_skills=[{"agent_id": "ann", "skill": "a", "efficiency": 2}],
        pairs=[{"task_id": "t", "agent_id": "ann", "minutes": 44.5}],
    )
    run = Reference(snapshot).run({"ann": ["t"]})
    assert run.plan["minutes"].to_list() == [45.0]
    assert audit(snapshot, run.run, run.plan, run.unplanned, run.rejects).ok


def test_due_times_round_down_and_decide_the_outcome():
    for due, outcome in ((30, "on_time"), (30.5, "on_time"), (29.9, "late")):
        snapshot = snapshot_of([{"task_id": "t", "due_at": at(due)}])
        run = Reference(snapshot).run({"ann": ["t"]})
        assert run.plan["outcome"].to_list() == [outcome]
        assert audit(snapshot, run.run, run.plan, run.unplanned, run.rejects).ok
        other = "late" if outcome == "on_time" else "on_time"
        told = run.with_plan("t", outcome=other)
        assert audit(snapshot, told.run, told.plan, told.unplanned, told.rejects).totals == {"outcome": 1}
