from dataclasses import replace

import pytest

from models import Terms
from scheduler.edits import Edit, EditError, refuse_conflicts, resolve, without_unfit
from tests.scheduler.edits.small import office, tasks


def conflict(*edits, terms=None, **tables):
    """What is said of edits that cannot hold together; empty when they can."""
    snapshot = office(**tables)
    try:
        refuse_conflicts(snapshot, terms or Terms(), resolve(edits, snapshot))
    except EditError as error:
        return str(error)
    return ""


def test_pins_that_can_be_kept_are_no_conflict():
    assert not conflict(*(("pin", f"T{k}=Ann") for k in range(1, 5)))


def test_two_pins_of_one_task():
    said = conflict(("pin", "T1=Ann"), ("pin", "T1=Bob"))
    assert said.startswith("these two cannot hold together: 'pin T1=Ann' and 'pin T1=Bob'")


@pytest.mark.parametrize("kind", ["hold", "cancel"])
def test_a_pin_of_a_task_that_is_put_out_of_the_plan(kind):
    assert f"'pin T1=Ann' and '{kind} T1'" in conflict(("pin", "T1=Ann"), (kind, "T1"))


def test_statuses_that_contradict_each_other():
    assert "'hold T1' and 'cancel T1'" in conflict(("hold", "T1"), ("cancel", "T1"))


def test_a_task_may_be_unpinned_and_put_on_hold():
    snapshot, pin = office(), Edit(kind="pin", text="T1=Ann", task="T1", agent="Ann")
    refuse_conflicts(snapshot, Terms(), resolve([("unpin", "T1"), ("hold", "T1")], snapshot, [pin]))


def test_the_same_edit_twice_is_none():
    assert not conflict(("pin", "T1=Ann"), ("pin", "T1=Ann"))
    assert not conflict(*(("pin", f"T{k}=Ann") for k in (1, 2, 3, 4, 4)))


def test_an_agent_without_the_skill():
    assert conflict(("pin", "T1=Cem")) == "'pin T1=Cem' cannot hold: agent Cem lacks a skill of claims"


def test_a_pin_and_a_forbid():
    said = conflict(("forbid", "T1=Ann"), ("hold", "T2"), ("pin", "T1=Ann"))
    assert said.startswith("these two cannot hold together: 'forbid T1=Ann' and 'pin T1=Ann'")


def test_a_pin_to_somebody_who_leaves_too_early():
    said = conflict(("pin", "T1=Ann"), ("pin", "T2=Bob"), ("agent_out", "Ann@08:30"))
    assert said.startswith("these two cannot hold together: 'pin T1=Ann' and 'agent_out Ann@08:30'")


def test_more_work_than_there_is_time_names_no_more_pins_than_needed():
    said = conflict(*(("pin", f"T{k}=Ann") for k in range(1, 7)))
    assert said.count("'pin ") == 5
    assert "has no time to do all of them before their last useful moments" in said


def test_who_is_late_with_how_much_is_pinned():
    said = conflict(("agent_late", "Ann=10:30"), ("pin", "T1=Ann"), ("pin", "T2=Ann"))
    assert said.startswith("these three cannot hold together")


def test_max_tasks():
    busy = office().agents.with_columns(max_tasks=1).select("agent_id", "max_tasks")
    assert "agent Ann may have at most 1 (max_tasks)" in conflict(("pin", "T1=Ann"), ("pin", "T2=Ann"), agents=busy)


def test_a_hard_deadline_that_another_edit_set():
    said = conflict(("due", "T1=08:30"), ("pin", "T1=Ann"), terms=Terms(sla_hard=True))
    assert said.startswith("these two cannot hold together: 'due T1=08:30' and 'pin T1=Ann'")


def test_begun_work_stays_where_it_is():
    begun = tasks(status=["in_progress", *["queued"] * 5], agent_id=["Ann", *[None] * 5])
    assert "task T1 was begun by agent Ann" in conflict(("pin", "T1=Bob"), tasks=begun)
    assert not conflict(("pin", "T1=Ann"), tasks=begun)
    assert not conflict(("pin", "T1=Bob"), ("agent_out", "Ann"), tasks=begun)


def test_a_held_task_is_pinned_only_when_it_is_resumed():
    held = tasks(status=["held", *["queued"] * 5])
    assert conflict(("pin", "T1=Ann"), tasks=held) == "'pin T1=Ann' cannot hold: task T1 is held"
    assert not conflict(("pin", "T1=Ann"), ("resume", "T1"), tasks=held)


def test_every_conflict_is_named():
    assert len(conflict(("pin", "T1=Cem"), ("pin", "T2=Ann"), ("forbid", "T2=Ann")).splitlines()) == 2


def fitting(carried, *new, **tables):
    """What is left of carried and new edits, and the notes."""
    snapshot = office(**tables)
    earlier = [replace(edit, carried=True) for edit in resolve(carried, snapshot)]
    left, notes = without_unfit(snapshot, Terms(), [*earlier, *resolve(new, snapshot)])
    return [str(edit) for edit in left], notes


def test_a_carried_pin_that_no_longer_fits_lapses():
    pins = [("pin", f"T{k}=Ann") for k in range(1, 6)]
    left, notes = fitting(pins)
    assert left == [f"pin T{k}=Ann" for k in range(1, 5)]
    (note,) = notes
    assert note.startswith("the earlier edit 'pin T5=Ann' no longer applies: agent Ann has no time to do all of them")


def test_a_new_pin_that_does_not_fit_lets_none_lapse():
    pins = [("pin", f"T{k}=Ann") for k in range(1, 5)]
    assert fitting(pins, ("pin", "T5=Ann")) == ([f"pin T{k}=Ann" for k in range(1, 6)], [])


def test_what_carried_pins_alone_cannot_keep_is_not_the_new_ones_fault():
    pins = [("pin", f"T{k}=Ann") for k in range(1, 6)]
    left, notes = fitting(pins, ("pin", "T6=Ann"))
    assert (left[-1], len(notes)) == ("pin T6=Ann", 1)


def test_a_carried_pin_of_a_held_task_stays_when_the_task_is_resumed():
    held = tasks(status=["held", *["queued"] * 5])
    assert fitting([("pin", "T1=Ann")], tasks=held)[0] == []
    assert fitting([("pin", "T1=Ann")], ("resume", "T1"), tasks=held)[1] == []
