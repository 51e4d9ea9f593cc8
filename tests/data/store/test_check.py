"""The check sees a task that is not what its operations say, and nothing else."""

import pytest
import sqlalchemy as sa

from data import (
    apply_operations,
    check_store,
)
from tests.data.intake.operation_case import at, op


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE task SET status = 'held' WHERE task_id = 'T1'",
        "UPDATE task SET agent_id = 'A9' WHERE task_id = 'T1'",
        "UPDATE task SET value = 9 WHERE task_id = 'T1'",
        "DELETE FROM task WHERE task_id = 'T1'",
        "UPDATE task SET task_id = 'T3' WHERE task_id = 'T1'",
    ],
)
def test_the_check_sees_a_task_that_is_not_what_its_operations_say(store, tampering):
    with store.writing() as connection:
        apply_operations(connection, [op("create", task_id=name, values={"value": 2.0}) for name in ("T1", "T2")])
        found = check_store(connection)
        assert (found.tasks, found.events, found.differences) == (2, 2, [])
        connection.execute(sa.text(tampering))
        told = check_store(connection).differences
    assert told
    assert all("T2" not in line for line in told)


def told(store, *operations, change=""):
    """What the check says of operations, after a change."""
    with store.writing() as connection:
        apply_operations(connection, operations)
        if change:
            connection.execute(sa.text(change))
        return check_store(connection).differences


def test_a_difference_says_what_stands_and_what_follows(store):
    assert told(store, op("create"), change="UPDATE task SET status = 'held'") == [
        "task T1: status is 'held', but 'queued' follows from its operations"
    ]


@pytest.mark.parametrize(
    "operations",
    [
        [op("create", 0, status="assigned", agent_id="A"), op("update", 1, status="assigned", agent_id="B")],
        [op("create", 0, status="assigned", agent_id="A"), op("start", 1), op("update", 2, status="in_progress")],
        [op("create", 0, status="in_progress", agent_id="A"), op("update", 1, status="in_progress", agent_id="B")],
        [
            op("create", 0, version=5, values={"value": 5.0}),
            op("update", 1, version=3, values={"value": 3.0, "segment": "x"}),
            op("hold", 2, version=2),
        ],
        [op("update", 0, at=at(-9), values={"value": 3.0}), op("create", 1, at=at(-5), values={"value": 5.0})],
        [op("update", 0, values={"value": 3.0}), op("create", 1, values={"value": 5.0})],
    ],
)
def test_it_agrees_with_the_fold(store, operations):
    assert told(store, *operations) == []


def test_at_most_so_many_differences_are_listed_and_all_are_counted(store):
    creates = [op("create", task_id=f"T{number}") for number in range(30)]
    assert len(told(store, *creates, change="UPDATE task SET agent_id = 'A9'")) == 20
    with store.reading() as connection:
        found = check_store(connection, most=3)
    assert (found.tasks, found.events, len(found.differences)) == (30, 30, 3)


def test_a_task_without_operations_is_told(store):
    change = "UPDATE task SET task_id = 'lost'"
    assert told(store, op("create"), change=change) == [
        "task T1: its operations make a task, but it is not in the list",
        "task lost: is in the list, but no operation is about it",
    ]


@pytest.mark.parametrize(
    "operations",
    [
        [op("create", 1, version=2, values={"value": 2.0}), op("update", 2, version=1, values={"value": 1.0})],
        [op("hold", 1), op("create", 2), op("resume", 3)],
        [op("create", 1), op("complete", 2, source="other"), op("assign", 3, agent_id="A1")],
        [op("create", 1), op("assign", 2, agent_id="A1"), op("start", 3, agent_id="A2"), op("start", 4, agent_id="A1")],
        [op("create", 1), op("complete", 2), op("restart", 3), op("restart", 4, reopen=True)],
        [op("create", 1, status="held"), op("update", 2, status="queued"), op("create", 3, status="completed")],
        [op("create", 1, at=at(-60)), op("update", 2, at=at(-90), values={"value": 1.0})],
        [op("cancel", 1), op("update", 2)],
    ],
)
def test_late_foreign_and_useless_operations_are_no_difference(store, operations):
    assert told(store, *operations) == []
