"""Tasks handed out: who may get which, and when a lease is over."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.engine import Connection

from data import Store, apply_operations
from data.store.leases import (
    Lease,
    OpenTask,
    add_leases,
    end_leases,
    lease_of,
    leased_tasks,
    note_declined,
    open_among,
    planned_for,
    settle_leases,
)
from tests.data.intake.operation_case import op
from tests.data.store.looked import looking
from tests.data.store.planned import EIGHT, published

MINUTE = timedelta(minutes=1)


@pytest.fixture
def connection(store: Store):
    """A store with five tasks, of which a plan has three for A and one for B."""
    with store.writing() as writing:
        apply_operations(writing, [op("create", task_id=f"T{number}") for number in range(1, 6)])
    published(store, "R1", T3="A", T1="A", T2="A", T4="B")
    with store.writing() as writing:
        yield writing


def act(connection: Connection, kind: str, task: str, agent: str | None = None) -> None:
    apply_operations(connection, [op(kind, task_id=task, agent_id=agent, source="desk", person=True)])


def hand(connection: Connection, *tasks: str, agent: str = "A", minutes: int = 10, package: str = "P1") -> None:
    """Hands tasks out as a package."""
    for task in tasks:
        act(connection, "assign", task, agent)
    add_leases(
        connection,
        [
            Lease(
                task_id=task,
                agent_id=agent,
                package=package,
                planned=True,
                assigned=True,
                leased_at=EIGHT,
                lease_until=EIGHT + minutes * MINUTE,
            )
            for task in tasks
        ],
    )


def names(tasks: list[OpenTask]) -> list[str]:
    return [task.task_id for task in tasks]


def test_a_plan_is_handed_out_in_its_order_without_what_is_leased_held_or_given_back(connection: Connection) -> None:
    assert names(planned_for(connection, "A", 1, None)) == ["T3", "T1", "T2"]
    assert names(planned_for(connection, "A", 1, 2)) == ["T3", "T1"]
    act(connection, "hold", "T3")
    note_declined(connection, "T1", "A", 1, "busy", EIGHT)
    assert names(planned_for(connection, "A", 1, None)) == ["T2"]
    assert names(planned_for(connection, "A", 2, None)) == ["T1", "T2"]  # another plan asks again
    hand(connection, "T2")
    assert planned_for(connection, "A", 1, None) == []


def test_others_may_have_what_nobody_has(connection: Connection) -> None:
    act(connection, "assign", "T5", "B")
    assert names(open_among(connection, "A", 1, ["T9", "T5", "T4", "T1"])) == ["T4", "T1"]
    assert names(open_among(connection, "B", 1, ["T5", "T4"])) == ["T5", "T4"]
    assert open_among(connection, "A", 1, []) == []


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_tasks_that_are_named_are_not_looked_for_among_all_that_wait(connection: Connection) -> None:
    with looking(connection.engine) as steps:
        open_among(connection, "A", 1, ["T5", "T4"])
    assert "SEARCH task USING INDEX sqlite_autoindex_task_1 (task_id=?)" in steps
    assert not [step for step in steps if "ix_task_status" in step]


@pytest.mark.parametrize(
    ("not_before", "expires_at", "due"),
    [(None, None, True), (EIGHT, EIGHT + MINUTE, True), (EIGHT + MINUTE, None, False), (None, EIGHT, False)],
)
def test_work_may_begin_at_the_moment_and_expires_at_it(
    not_before: datetime | None, expires_at: datetime | None, due: bool
) -> None:
    assert OpenTask("T1", "queued", None, None, None, not_before, expires_at).is_due_now(EIGHT) is due


def test_a_lease_is_over_at_its_moment_and_its_task_is_queued_again(connection: Connection) -> None:
    hand(connection, "T1", minutes=10)
    assert settle_leases(connection, EIGHT + 9 * MINUTE) == []
    assert leased_tasks(connection, EIGHT + 9 * MINUTE) == ({"T1": "A"}, set())
    assert leased_tasks(connection, EIGHT + 10 * MINUTE) == ({}, {"T1"})
    assert settle_leases(connection, EIGHT + 10 * MINUTE) == ["T1"]
    assert lease_of(connection, "T1") is None


def test_one_of_a_package_that_is_begun_ends_the_others(connection: Connection) -> None:
    hand(connection, "T1", "T2")
    hand(connection, "T4", agent="B", package="P2")
    act(connection, "start", "T1", "A")
    assert settle_leases(connection, EIGHT, "A") == ["T2"]
    assert [lease_of(connection, task) is None for task in ("T1", "T2", "T4")] == [True, True, False]


def test_a_task_on_hold_keeps_its_lease_and_a_final_one_does_not(connection: Connection) -> None:
    hand(connection, "T1", "T2")
    act(connection, "hold", "T1")
    act(connection, "complete", "T2")
    assert settle_leases(connection, EIGHT + 60 * MINUTE, "A") == []
    held = lease_of(connection, "T1")
    assert held is not None
    assert held[1] is False
    assert lease_of(connection, "T2") is None


def test_leases_can_be_ended_and_none_is_no_fault(connection: Connection) -> None:
    hand(connection, "T1", "T2")
    end_leases(connection, [])
    end_leases(connection, ["T1", "T9"])
    assert lease_of(connection, "T1") is None
    found = lease_of(connection, "T2")
    assert found is not None
    assert (found[0].agent_id, found[0].lease_until, found[1]) == ("A", EIGHT + 10 * MINUTE, True)
    add_leases(connection, [])
