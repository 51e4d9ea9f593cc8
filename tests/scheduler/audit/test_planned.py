"""The times of a plan as places on clocks: each kind of time that names no place is noted, and nothing else."""

from datetime import datetime
from typing import Any

import pytest

from tests.scheduler.audit.audited import audited
from tests.scheduler.audit.case import Reference, Run, at, snapshot_of

WORKED = (
    {"agent_id": "ann", "start": at(10), "end": at(60), "kind": "work"},
    {"agent_id": "ann", "start": at(30), "end": at(40), "kind": "break"},
    {"agent_id": "ann", "start": at(60), "end": at(180), "kind": "work"},
)


def planned() -> tuple[Any, Run]:
    """Two tasks of half an hour each, around a break from the thirtieth to the fortieth minute."""
    snapshot = snapshot_of([{"task_id": "t", "value": 10}, {"task_id": "u", "value": 10}], shifts=WORKED)
    return snapshot, Reference(snapshot).run({"ann": ["t", "u"]})


def moment(minutes: float) -> datetime:
    return datetime.fromisoformat(at(minutes))


def faults(run: Run, snapshot: Any) -> dict[str, int]:
    return {rule: n for rule, n in audited(snapshot, run).totals.items() if rule in ("timeline", "tasks")}


def test_work_runs_on_after_a_break() -> None:
    snapshot, run = planned()
    assert run.plan.select("start_at", "end_at").rows() == [(moment(10), moment(50)), (moment(50), moment(80))]
    assert audited(snapshot, run).violations == ()


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ({"start_at": moment(50.5)}, "no grain of 60 s between as_of and the horizon"),
        ({"start_at": moment(-1)}, "no grain of 60 s between as_of and the horizon"),
        ({"start_at": moment(240)}, "no grain of 60 s between as_of and the horizon"),
        ({"start_at": None}, "no grain of 60 s between as_of and the horizon"),
        ({"start_at": moment(35)}, "capacity clock stands still"),
        ({"start_at": moment(5)}, "capacity clock stands still"),
        ({"end_at": moment(79)}, "clock has not just run its 30 grains"),
        ({"end_at": moment(80.5)}, "clock has not just run its 30 grains"),
        ({"end_at": moment(300)}, "clock has not just run its 30 grains"),
        ({"end_at": None}, "clock has not just run its 30 grains"),
    ],
)
def test_times_that_are_none_of_the_clock_are_noted(times: dict[str, datetime | None], said: str) -> None:
    snapshot, run = planned()
    found = audited(snapshot, run.with_plan("u", **times))
    noted = [violation for violation in found.violations if violation.rule == "timeline"]
    assert [violation.who for violation in noted] == [("u", "ann")]
    assert said in noted[0].message


def test_an_end_in_the_break_after_the_work_is_none_but_one_before_it_is() -> None:
    tasks = [{"task_id": "t", "value": 10, "minutes": 20}]
    snapshot = snapshot_of(tasks, shifts=WORKED)
    run = Reference(snapshot).run({"ann": ["t"]})
    assert run.plan["end_at"].to_list() == [moment(30)]
    assert faults(run, snapshot) == {}
    assert faults(run.with_plan("t", end_at=moment(35)), snapshot) == {"timeline": 1}


@pytest.mark.parametrize(("column", "who"), [("task_id", "t"), ("agent_id", "ann")])
def test_rows_of_what_is_not_in_the_snapshot_are_noted_and_left_out(column: str, who: str) -> None:
    snapshot, run = planned()
    found = audited(snapshot, run.with_plan("t", **{column: "gone"}))
    assert any("among the good rows" in violation.message for violation in found.violations)
    assert all(violation.rule != "timeline" for violation in found.violations)
