from datetime import timedelta

import polars as pl
import pytest

from scheduler.edits import Edit, carry_over
from tests.scheduler.edits.small import MONDAY, office, tasks

PIN = Edit(kind="pin", text="T1=Ann", task="T1", agent="Ann")
HOLD = Edit(kind="hold", text="T2", task="T2")
OUT = Edit(kind="agent_out", text="Ann@09:00", agent="Ann", at=MONDAY + timedelta(hours=1))
LATE = Edit(kind="agent_late", text="Bob=09:00", agent="Bob", at=MONDAY + timedelta(hours=1))
ADDED = Edit(kind="add_task", text="urgent.csv", rows=({"task_id": "U1", "process": "claim"},))


def carried(*earlier, new=(), same=False, **tables):
    """What still counts of earlier edits, and what is said of the rest."""
    kept, notes = carry_over(earlier, new, office(**tables), same=same)
    assert all(edit.carried for edit in kept)
    return [str(edit) for edit in kept], notes


def with_status(status, task="T1"):
    known = tasks()
    status = [status if name == task else "queued" for name in known["task_id"]]
    return known.with_columns(status=pl.Series(status))


def test_edits_carry_over():
    kept, notes = carried(PIN, HOLD, OUT, LATE, ADDED)
    assert kept == ["pin T1=Ann", "hold T2", "agent_out Ann@09:00", "agent_late Bob=09:00", "add_task urgent.csv"]
    assert notes == []


@pytest.mark.parametrize(
    ("earlier", "new"),
    [
        (PIN, Edit(kind="pin", text="T1=Bob", task="T1", agent="Bob")),
        (PIN, Edit(kind="unpin", text="T1", task="T1")),
        (PIN, Edit(kind="hold", text="T1", task="T1")),
        (PIN, Edit(kind="cancel", text="T1", task="T1")),
        (HOLD, Edit(kind="resume", text="T2", task="T2")),
        (HOLD, Edit(kind="cancel", text="T2", task="T2")),
        (OUT, Edit(kind="agent_out", text="Ann", agent="Ann", at=MONDAY)),
    ],
    ids=str,
)
def test_a_new_edit_takes_the_place_of_an_earlier_one(earlier, new):
    assert carried(earlier, new=[new]) == ([], [])


def test_an_unpin_is_done_with():
    assert carried(Edit(kind="unpin", text="T1", task="T1")) == ([], [])


def test_an_unpin_takes_back_the_pin_and_nothing_else():
    resume = Edit(kind="resume", text="T1", task="T1")
    unpin = Edit(kind="unpin", text="T1", task="T1")
    assert carried(resume, PIN, new=[unpin], same=True)[0] == ["resume T1"]


def test_what_is_gone_lapses_with_a_note():
    kept, notes = carried(PIN, HOLD, tasks=tasks().filter(pl.col("task_id") != "T1"))
    assert kept == ["hold T2"]
    assert notes == ["the earlier edit 'pin T1=Ann' no longer applies: task T1 is no longer in the snapshot"]


@pytest.mark.parametrize("status", ["in_progress", "completed"])
def test_a_pin_of_what_is_begun_or_done_lapses(status):
    assert carried(PIN, tasks=with_status(status))[0] == []


@pytest.mark.parametrize("status", ["in_progress", "held", "canceled"])
def test_the_snapshot_overrules_an_earlier_hold(status):
    assert carried(HOLD, tasks=with_status(status, "T2"))[0] == []


def test_in_the_same_snapshot_an_edit_overrules_as_before():
    assert carried(HOLD, same=True, tasks=with_status("in_progress", "T2"))[0] == ["hold T2"]


def test_somebody_who_has_left_is_out_from_now():
    later = {"as_of": "2026-03-02T10:00", "horizon": "2h"}
    kept, _ = carry_over([OUT], [], office(snapshot=later), same=False)
    assert kept[0].at == MONDAY + timedelta(hours=2)


def test_being_late_is_over_at_its_time():
    later = {"as_of": "2026-03-02T10:00", "horizon": "2h"}
    assert carried(LATE, snapshot=later)[1] == [
        "the earlier edit 'agent_late Bob=09:00' no longer applies: its time has passed"
    ]


def test_an_added_task_that_the_snapshot_has_is_added_no_more():
    known = pl.concat([tasks(), pl.DataFrame({"task_id": ["U1"], "process": ["claim"]})])
    assert carried(ADDED, tasks=known) == (
        [],
        ["the earlier edit 'add_task urgent.csv' no longer applies: task U1 is now in the snapshot"],
    )


def test_an_added_task_that_breaks_a_rule_of_the_snapshot_lapses():
    two = Edit(kind="add_task", text="two.csv", rows=(*ADDED.rows, {"task_id": "U2", "process": "clam"}))
    pin = Edit(kind="pin", text="U2=Ann", task="U2", agent="Ann")
    kept, notes = carried(two, pin)
    assert kept == ["add_task two.csv"]
    assert notes[0].startswith(
        "the earlier edit 'add_task two.csv' no longer applies: "
        "task U2 no longer fits the snapshot: process 'clam' is not"
    )
    assert notes[1].endswith("task U2 is no longer in the snapshot")


def test_who_comes_later_is_out_no_more():
    out = Edit(kind="agent_out", text="Bob", agent="Bob", at=MONDAY)
    assert carried(out, new=[LATE]) == ([], [])


def test_who_comes_later_still_leaves_at_noon():
    out = Edit(kind="agent_out", text="Bob@11:00", agent="Bob", at=MONDAY + timedelta(hours=3))
    assert carried(out, new=[LATE])[0] == ["agent_out Bob@11:00"]


def test_a_file_with_other_tasks_takes_the_place_of_no_earlier_one():
    more = Edit(kind="add_task", text="urgent.csv", rows=({"task_id": "U2", "process": "claim"},))
    assert carried(ADDED, new=[more])[0] == ["add_task urgent.csv"]


def test_a_task_that_is_added_again_takes_the_place_of_the_earlier_one():
    again = Edit(kind="add_task", text="more.csv", rows=tuple({"task_id": name} for name in ("U1", "U2")))
    pin = Edit(kind="pin", text="U1=Ann", task="U1", agent="Ann")
    assert carried(ADDED, pin, new=[again]) == (["pin U1=Ann"], [])


def test_a_pin_of_an_added_task_stays_with_it():
    pin = Edit(kind="pin", text="U1=Ann", task="U1", agent="Ann")
    assert carried(ADDED, pin)[0] == ["add_task urgent.csv", "pin U1=Ann"]
