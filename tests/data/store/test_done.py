"""What was done and what plans said of it, from one moment to another."""

from datetime import timedelta

import pytest

from data import Store, apply_operations
from data.store.done import read_actuals, read_begun, read_kinds, read_planned, read_publications, read_told
from data.store.rows import put_rows
from data.store.tables import actual
from tests.data.intake.operation_case import op
from tests.data.store.planned import EIGHT, published

HOUR = timedelta(hours=1)


@pytest.fixture
def done(store: Store) -> Store:
    """Two turns of T1, one of T2 without its beginning, and T3 that goes on."""
    turns = [("T1", 1, 0, 1), ("T1", 2, 2, 3), ("T2", 1, None, 2), ("T3", 1, 1, None)]
    rows = [
        {
            "task_id": task,
            "number": number,
            "agent_id": "A",
            "started_at": None if begun is None else EIGHT + begun * HOUR,
            "ended_at": None if ended is None else EIGHT + ended * HOUR,
        }
        for task, number, begun, ended in turns
    ]
    with store.writing() as connection:
        filled = {column.name: None for column in actual.c} | {"result": "completed"}
        put_rows(connection, actual, [{**filled, **row} for row in rows])
    return store


def test_work_counts_from_a_moment_to_before_another(done: Store) -> None:
    with done.reading() as connection:
        assert read_actuals(connection, EIGHT + HOUR, EIGHT + 3 * HOUR)["task_id"].to_list() == ["T1", "T2"]
        assert read_actuals(connection, EIGHT + HOUR)["task_id"].to_list() == ["T1", "T2", "T1"]


def test_what_goes_on_has_begun_and_what_nobody_began_has_when_it_was_done(done: Store) -> None:
    with done.reading() as connection:
        begun = dict(read_begun(connection, EIGHT + 2 * HOUR).iter_rows())
    assert begun == {"T1": EIGHT + 2 * HOUR, "T2": EIGHT + 2 * HOUR, "T3": EIGHT + HOUR}


def test_what_plans_said_and_until_when(store: Store) -> None:
    published(store, "R1", T1="A", T2="B")
    published(store, "R2", T1="B")
    with store.reading() as connection:
        said = read_planned(connection, ["T1", "T9"]).select("planned_agent", "state", "until_at").rows()
        assert said == [("A", "planned", EIGHT), ("B", "planned", None)]
        told = read_told(connection, EIGHT).select("task_id", "agent_id", "from_version", "until_version", "state")
        assert told.rows() == [
            ("T1", "A", 1, 2, "planned"),
            ("T1", "B", 2, None, "planned"),
            ("T2", "B", 1, 2, "planned"),
            ("T2", None, 2, None, "withdrawn"),
        ]
        assert read_told(connection, EIGHT + HOUR)["until_version"].to_list() == [None, None]
        assert read_publications(connection, EIGHT)["version"].to_list() == [1, 2]
        assert read_publications(connection, EIGHT + HOUR).is_empty()
        assert read_planned(connection, []).is_empty()


def test_what_tasks_belong_to_as_far_as_they_are_there(store: Store) -> None:
    with store.writing() as connection:
        apply_operations(connection, [op("create", values={"process": "claim", "tenant": "acme"})])
        kinds = read_kinds(connection, ["T1", "T9"])
    assert kinds.select("task_id", "process", "tenant", "channel").rows() == [("T1", "claim", "acme", None)]
