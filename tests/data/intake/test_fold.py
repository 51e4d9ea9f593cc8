"""The table of operations, row by row: allowed and not; their order; ownership."""

from datetime import timedelta
from typing import Any

import pytest

from data import Operation, OutcomeKind, fold
from data.intake.operations import AHEAD
from data.intake.order import in_order
from tests.data.intake.operation_case import NOON, at, op


def told(*operations: Operation, **more: Any) -> tuple[str | None, list[str]]:
    """The status of the task, and what became of each operation in the order given."""
    folded = fold(operations, **more)
    status = folded.task.status if folded.task else None
    return status, [folded.outcomes[operation.arrival].kind.value for operation in operations]


def steps(*kinds: str | tuple[str, dict[str, Any]]) -> list[Operation]:
    """A create and operations that arrive after it, one a minute."""
    every = ["create", *kinds]
    pairs = [(each, {}) if isinstance(each, str) else each for each in every]
    return [op(kind, arrival, **more) for arrival, (kind, more) in enumerate(pairs)]


A7, A8 = {"agent_id": "A7"}, {"agent_id": "A8"}
BY_A7, BY_A8 = {**A7, "person": True, "source": "people"}, {**A8, "person": True, "source": "people"}
REOPEN = {"reopen": True}


@pytest.mark.parametrize(
    ("kinds", "status", "last"),
    [
        ((), "queued", "applied"),
        (("create",), "queued", "duplicate"),
        (("update",), "queued", "applied"),
        (("hold",), "held", "applied"),
        (("hold", "hold"), "held", "duplicate"),
        (("hold", "update"), "held", "applied"),
        (("hold", "resume"), "queued", "applied"),
        ((("assign", A7), "hold", "resume"), "assigned", "applied"),
        ((("start", A7), "hold", "resume"), "in_progress", "applied"),
        (("resume",), "queued", "refused"),
        ((("assign", A7),), "assigned", "applied"),
        ((("assign", A7), ("start", A7)), "in_progress", "applied"),
        ((("assign", A7), ("assign", A7)), "assigned", "duplicate"),
        ((("start", A7), ("start", A7)), "in_progress", "duplicate"),
        ((("assign", A7), ("assign", A8)), "assigned", "applied"),
        ((("assign", BY_A7), ("assign", BY_A8)), "assigned", "refused"),
        ((("assign", A7), ("start", A8)), "assigned", "refused"),
        ((("assign", A7), "start"), "in_progress", "applied"),
        (("start",), "queued", "refused"),
        (("assign",), "queued", "refused"),
        (("hold", ("assign", A7)), "held", "refused"),
        (("hold", ("start", A7)), "held", "refused"),
        ((("assign", A7), "cancel"), "canceled", "applied"),
        ((("start", A7), "complete"), "completed", "applied"),
        (("hold", "complete"), "completed", "applied"),
        (("cancel", "cancel"), "canceled", "duplicate"),
        (("complete", "complete"), "completed", "duplicate"),
        (("cancel", "complete"), "canceled", "refused"),
        (("complete", "hold"), "completed", "refused"),
        (("complete", "resume"), "completed", "refused"),
        (("complete", ("assign", A7)), "completed", "refused"),
        (("complete", ("update", {"values": {"value": 2.0}})), "completed", "refused"),
        (("complete", ("create", {"values": {"value": 2.0}})), "completed", "refused"),
        (("complete", "create"), "completed", "duplicate"),
        (("complete", "restart"), "completed", "refused"),
        (("complete", ("restart", REOPEN)), "queued", "applied"),
        (("hold", "restart"), "queued", "applied"),
        ((("assign", A7), "restart"), "queued", "applied"),
    ],
)
def test_the_table_of_operations(kinds, status, last):
    found, outcomes = told(*steps(*kinds))
    assert (found, outcomes[-1]) == (status, last)


def test_a_refusal_and_a_duplicate_have_a_reason():
    operations = [*steps("hold", "hold", ("assign", A7), "cancel", "hold"), op("resume", 9)]
    outcomes = fold(operations).outcomes
    reasons = {outcome.reason for outcome in outcomes.values() if outcome.kind is not OutcomeKind.APPLIED}
    assert reasons == {
        "it is held already",
        "the task is held",
        "the task is canceled",
        "the task is canceled, not held",
    }


def test_values_are_those_that_came_last_and_none_clears():
    first = {"process": "claim", "value": 1.0, "segment": "gold"}
    operations = [
        op("create", 0, values=first),
        op("update", 1, values={"value": 2.0, "segment": None}),
        op("create", 2, values={"process": "claim", "value": 3.0}),
    ]
    folded = fold(operations)
    assert folded.task is not None
    assert folded.task.values == {"process": "claim", "value": 3.0}
    assert [outcome.kind for outcome in folded.outcomes.values()] == [OutcomeKind.APPLIED] * 3


def test_a_row_that_would_reopen_a_final_task_changes_it_only_where_that_is_allowed():
    done, again = op("create", 0, status="completed"), {"status": "queued", "values": {"value": 2.0}}
    closed = fold([done, op("update", 1, **again)])
    assert (closed.task.status, closed.task.values, closed.outcomes[1].kind) == ("completed", {}, OutcomeKind.REFUSED)
    opened = fold([done, op("update", 1, **again, reopen=True)]).task
    assert (opened.status, opened.values) == ("queued", {"value": 2.0})


def test_assign_gives_the_agent_and_restart_takes_it_away():
    assert fold(steps(("assign", A7), ("assign", A8))).task.agent_id == "A8"
    assert fold(steps(("assign", A7), "restart")).task.agent_id is None


STATUSES = [
    ("held", "held"),
    ("errorheld", "errorheld"),
    ("completed", "completed"),
    ("canceled", "canceled"),
    ("rejected", "rejected"),
    ("new", "queued"),
    ("captured", "queued"),
    ("queued", "queued"),
]


@pytest.mark.parametrize(("stated", "status"), STATUSES)
def test_a_status_in_a_row_acts_as_the_operation_that_leads_there(stated, status):
    assert told(op("create", 0, status=stated)) == (status, ["applied"])
    assert told(op("create", 0), op("update", 1, status=stated))[0] == status


def test_a_status_that_is_not_new_leaves_alone_what_others_did():
    row = {"status": "queued"}
    held = op("hold", 1, person=True, source="people")
    assert told(op("create", 0, **row), held, op("update", 2, **row, values={"value": 2.0}))[0] == "held"
    theirs = op("hold", 1)
    assert told(op("create", 0, **row), theirs, op("update", 2, **row))[0] == "queued"


def test_a_row_gives_work_to_somebody():
    rows = [op("create", 0), op("create", 1, status="assigned", **A7), op("create", 2, status="in_progress", **A8)]
    folded = fold(rows)
    assert (folded.task.status, folded.task.agent_id) == ("in_progress", "A8")


def test_work_that_a_row_says_is_with_somebody_else_moves():
    rows = [op("create", 0, status="assigned", **A7), op("update", 1, status="assigned", **A8)]
    folded = fold(rows)
    assert (folded.task.status, folded.task.agent_id) == ("assigned", "A8")
    by_hand = [op("restart", 2, person=True, source="people"), op("assign", 3, **BY_A7)]
    again = op("update", 4, status="assigned", **A8, values={"value": 2.0})
    assert fold([*rows, *by_hand, again]).task.agent_id == "A7"
    begun = [op("create", 0, status="in_progress", **A7), op("update", 1, status="in_progress", **A8)]
    assert fold(begun).task.agent_id == "A8"


def test_work_that_is_said_to_begin_is_with_whom_it_was():
    folded = fold([op("create", 0, status="assigned", **A7), op("update", 1, status="in_progress")])
    assert (folded.task.status, folded.task.agent_id) == ("in_progress", "A7")


def test_a_status_that_cannot_be_is_told_and_the_values_count():
    folded = fold([op("create", 0, status="assigned", values={"value": 2.0})])
    assert (folded.task.status, folded.task.values) == ("queued", {"value": 2.0})
    assert folded.outcomes[0].reason == "but not the status 'assigned': agent_id is missing: who is to have it?"


def fails(operation: object, values: Any) -> str | None:
    return "rule 'double': value is not a number" if values.get("value") == "x" else None


def test_a_task_whose_rule_fails_is_held_for_an_error():
    create = op("create", 0, values={"value": "x"})
    assert told(create, rule=fails) == ("errorheld", ["applied"])
    assert told(create, op("assign", 1, **A7), rule=fails) == ("errorheld", ["applied", "refused"])
    assert told(create, op("resume", 1), rule=fails) == ("queued", ["applied", "applied"])
    assert told(create, op("hold", 1), op("resume", 2), rule=fails)[0] == "errorheld"
    mended = op("update", 1, values={"value": 2.0})
    assert told(create, mended, rule=fails) == ("errorheld", ["applied", "applied"])
    assert told(create, mended, op("restart", 2), rule=fails)[0] == "queued"
    assert told(create, op("restart", 1), rule=fails)[0] == "errorheld"


def test_versions_order_within_a_source():
    create, hold, cancel = op("create", 2, version=1), op("hold", 0, version=2), op("cancel", 1, version=3)
    assert in_order([cancel, hold, create]) == [create, hold, cancel]
    assert told(create, hold, cancel)[0] == "canceled"


def test_without_versions_the_moments_order_and_then_the_arrival():
    operations = [op("create", 0, at=at(-9)), op("hold", 1, at=at(-3)), op("resume", 2, at=at(-4))]
    assert told(*operations) == ("held", ["applied", "applied", "refused"])
    same = [op("create", 0, at=at(-9)), op("hold", 1, at=at(-3)), op("resume", 2, at=at(-3))]
    assert told(*same)[0] == "queued"


def test_equal_versions_keep_the_order_of_arrival():
    operations = [op(kind, n, version=1) for n, kind in enumerate(("create", "hold", "resume"))]
    assert told(*operations) == ("queued", ["applied"] * 3)


def test_a_clock_that_is_far_ahead_is_not_believed():
    assert op("hold", 0, at=NOON + AHEAD).moment == NOON + AHEAD
    assert op("hold", 0, at=NOON + AHEAD + timedelta(seconds=1)).moment == NOON


def test_operations_of_several_sources_have_one_order():
    # by their moments p would come between the versions, which run the other way
    first, second = op("create", 0, version=1, at=at(0)), op("update", 1, version=2, at=at(-8))
    hold = op("hold", 2, source="people", person=True, at=at(-4))
    assert in_order([second, hold, first]) == [hold, first, second]


def test_what_comes_late_is_put_in_its_place():
    create, update, hold = op("create", 0, version=1), op("update", 1, version=5), op("hold", 2, version=3)
    assert told(create, update, hold) == ("held", ["applied"] * 3)


def test_what_comes_late_and_changes_nothing_is_stale():
    create, new = op("create", 0, version=1), op("update", 1, version=5, values={"value": 5.0})
    old = op("update", 2, version=3, values={"value": 3.0})
    folded = fold([create, new, old])
    assert folded.outcomes[2].kind is OutcomeKind.STALE
    assert folded.task.values == {"value": 5.0}


@pytest.mark.parametrize("order", [("version", 3, 5), ("at", at(-5), at(-3))])
@pytest.mark.parametrize("first", [True, False])
def test_an_update_that_is_older_than_the_create_gives_way_to_it(order, first):
    name, old, new = order
    create = op("create", 1, **{name: new}, values={"value": 5.0, "segment": None})
    update = op("update", 0 if first else 2, **{name: old}, values={"value": 3.0, "segment": "x"})
    folded = fold([create, update])
    assert (folded.task.values, folded.outcomes[update.arrival].kind) == ({"value": 5.0}, OutcomeKind.STALE)
    more = op("update", 3, **{name: old}, values={"value": 3.0, "channel": "mail"})
    folded = fold([create, update, more])
    assert folded.task.values == {"value": 5.0, "channel": "mail"}
    assert folded.outcomes[3].kind is OutcomeKind.APPLIED


def test_an_update_that_only_arrives_before_the_create_comes_after_it():
    assert fold([op("update", 0, values={"value": 3.0}), op("create", 1, values={"value": 5.0})]).task.values == {
        "value": 3.0
    }
    assert told(op("hold", 0, version=1), op("create", 1, version=2))[0] == "held"


def test_a_late_cancel_changes_what_became_of_later_ones():
    create, hold, cancel = op("create", 0, version=1), op("hold", 1, version=3), op("cancel", 2, version=2)
    assert told(create, hold, cancel) == ("canceled", ["applied", "refused", "applied"])


def test_what_comes_before_its_task_waits():
    hold = op("hold", 0)
    assert told(hold) == (None, ["early"])
    assert told(hold, op("create", 1)) == ("held", ["applied", "applied"])


def test_what_waits_longer_than_a_day_is_refused():
    hold, late = op("hold", 0), NOON + timedelta(hours=24, seconds=1)
    assert told(hold, now=NOON + timedelta(hours=24)) == (None, ["early"])
    assert told(hold, now=late) == (None, ["refused"])
    assert told(hold, op("create", 1, received_at=late)) == ("queued", ["refused", "applied"])
    assert told(op("hold", 0, version=2), op("create", 1, version=1, received_at=late))[0] == "queued"


def test_a_task_belongs_to_the_source_that_created_it():
    create, other = op("create", 0), op("update", 1, source="files", values={"value": 2.0})
    folded = fold([create, other])
    assert folded.outcomes[1].kind is OutcomeKind.REFUSED
    assert folded.outcomes[1].reason.startswith("the task belongs to source host; set shared = true")
    assert told(create, op("create", 1, source="files", at=at(-9))) == ("queued", ["applied", "refused"])
    assert told(create, op("hold", 1, source="people", person=True)) == ("held", ["applied", "applied"])


@pytest.mark.parametrize("sharing", ["host", "files"])
def test_sources_that_share_speak_of_the_same_tasks(sharing):
    create = op("create", 0, shared=sharing == "host")
    hold = op("hold", 1, source="files", shared=sharing == "files")
    assert told(create, hold) == ("held", ["applied", "applied"])


def test_what_cannot_be_read_is_refused_with_its_fault():
    folded = fold([op("create", 0), op("cancel", 1, fault="value 'x' is not a number")])
    assert folded.task.status == "queued"
    assert folded.outcomes[1].reason == "value 'x' is not a number"


@pytest.mark.parametrize("wrong", [{"received_at": NOON.replace(tzinfo=None)}, {"version": 2**63}])
def test_an_operation_is_sound_or_is_not_made(wrong):
    with pytest.raises(ValueError, match="operation"):
        op("create", 0, **wrong)
