"""Full reads: what is new, changed or gone since the last one, and when too much is gone."""

import pytest

from data.intake.operations import OperationKind
from data.intake.people import act_on_tasks
from tests.data.feeds.case import fault_of, outcomes, values
from tests.data.feeds.host import EVERY, FULL, taken
from tests.data.intake.operation_case import NOON

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)


def test_a_full_read_finds_what_changed_and_what_is_gone(store, host):
    host.add(*range(1, 6))
    assert taken(store, host, **FULL).counts.applied == 5
    host.change(1, 10, minute=0)
    host.do("DELETE FROM work WHERE id = 2")
    counts = taken(store, host, **FULL).counts
    assert (counts.applied, counts.duplicate) == (2, 3)
    assert values(store, "status") == {"1": "queued", "2": "completed", "3": "queued", "4": "queued", "5": "queued"}
    assert taken(store, host, **FULL).counts.applied == 0


def test_a_row_that_is_again_what_it_once_was_counts(store, host):
    host.add(1)
    for amount in (1, 2, 1, 2, 2):
        host.change(1, amount, minute=0)
        taken(store, host, **FULL)
        assert values(store) == {"1": float(amount)}
    assert outcomes(store) == {"applied": 4}


def test_what_is_gone_is_kept_or_canceled_as_configured(store, host):
    host.add(1, 2)
    for missing, status in (("keep", "queued"), ("cancel", "canceled")):
        taken(store, host, **{**FULL, "missing": missing})
        host.do("DELETE FROM work WHERE id = 2")
        taken(store, host, **{**FULL, "missing": missing})
        assert values(store, "status")["2"] == status


def test_a_full_read_that_lost_a_third_of_its_rows_is_refused_until_accepted(store, host):
    host.add(*range(1, 91))
    taken(store, host, **FULL)
    host.do("DELETE FROM work WHERE id > 60")
    host.change(1, 10, minute=0)
    said = fault_of(lambda: taken(store, host, **FULL))
    assert said.startswith("30 of 90 open tasks are missing in the source at once; none of them was touched.")
    assert "--accept-missing" in said
    assert set(values(store, "status").values()) == {"queued"}
    assert values(store)["1"] == 10.0
    taken(store, host, **FULL, accept_missing=True)
    assert list(values(store, "status").values()).count("completed") == 30


def test_finished_tasks_whose_rows_are_gone_are_no_loss(store, host):
    host.add(*range(1, 61))
    read = {**FULL, "read": f"{EVERY.replace(' FROM', ', status FROM')}"}
    host.do("ALTER TABLE work ADD status TEXT")
    host.do("UPDATE work SET status = 'completed' WHERE id > 20")
    taken(store, host, **read)
    host.do("DELETE FROM work WHERE id > 20")
    taken(store, host, **read)
    assert outcomes(store) == {"applied": 60}


def test_few_rows_may_be_gone_whatever_their_share(store, host):
    host.add(*range(1, 21))
    taken(store, host, **FULL)
    host.do("DELETE FROM work")
    taken(store, host, **FULL)
    assert set(values(store, "status").values()) == {"completed"}


def test_a_row_that_comes_twice_in_one_read_counts_with_its_last_values(store, host):
    host.add(1, 2)
    twice = f"{EVERY} UNION ALL SELECT id, kind, amount + 10 FROM work WHERE id = 1"
    counts = taken(store, host, **{**FULL, "read": twice}).counts
    assert (counts.applied, counts.duplicate) == (2, 1)
    assert values(store) == {"1": 11.0, "2": 2.0}


@pytest.mark.parametrize("amount", [1, 30])
def test_a_row_that_comes_back_does_not_open_its_task_again_and_that_is_said(store, host, amount):
    canceling = {**FULL, "missing": "cancel"}
    _gone_and_back(store, host, amount, **canceling)
    counts = taken(store, host, **canceling).counts
    assert counts.applied == 0
    assert counts.reasons[0].startswith("missing before: restart 1 refused: the task is canceled; set reopen = true")
    assert values(store, "status") == {"1": "canceled"}
    assert taken(store, host, **canceling).counts.refused == 0


@pytest.mark.parametrize("amount", [1, 30])
def test_a_row_that_comes_back_opens_its_task_where_the_source_may_reopen(store, host, amount):
    completing = {**FULL, "missing": "complete", "reopen": True}
    _gone_and_back(store, host, amount, **completing)
    counts = taken(store, host, **completing).counts
    assert (counts.applied, counts.refused) == (1 + (amount != 1), 0)
    assert values(store, "status") == {"1": "queued"}
    assert values(store) == {"1": amount}


def test_a_row_that_comes_back_leaves_what_somebody_else_ended(store, host):
    completing = {**FULL, "missing": "complete", "reopen": True}
    host.add(1)
    taken(store, host, **completing)
    with store.writing() as connection:
        act_on_tasks(connection, OperationKind.COMPLETE, ["1"], by="ada", now=NOON)
    host.do("DELETE FROM work")
    taken(store, host, **completing)
    host.add(1)
    taken(store, host, **completing)
    assert values(store, "status") == {"1": "completed"}


def _gone_and_back(store, host, amount, **reading):
    host.add(1)
    taken(store, host, **reading)
    host.do("DELETE FROM work")
    taken(store, host, **reading)
    host.add(1)
    host.change(1, amount, minute=0)
