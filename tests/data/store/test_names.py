"""People in what is kept: found, renamed where their work is over, and told apart from those with a similar name."""

import json

import pytest
import sqlalchemy as sa

from data import Store, apply_operations, check_store
from data.store.names import history_of_person, open_work_of, people_in_history, rename_in_history
from tests.data.intake.operation_case import op
from tests.data.store.planned import published

ANA = 'Ä"%_1'
OTHER = 'Ä"xx1'  # like the other in SQL


@pytest.fixture
def worked(store: Store) -> Store:
    """T1 is closed, requested for Ana and done by her; T2 is hers and open; T3 is closed and somebody else's."""
    log = [
        op("create", task_id="T1", values={"requested_agent": ANA}),
        op("start", task_id="T1", agent_id=ANA),
        op("start", task_id="T1", agent_id=ANA),
        op("assign", task_id="T1", agent_id="B", person=True),
        op("complete", task_id="T1"),
        op("create", task_id="T2"),
        op("assign", task_id="T2", agent_id=ANA),
        op("create", task_id="T3", values={"requested_agent": OTHER}),
        op("start", task_id="T3", agent_id=OTHER),
        op("complete", task_id="T3"),
    ]
    with store.writing() as connection:
        apply_operations(connection, log)
    published(store, "R1", T1=ANA, T4=ANA)
    published(store, "R2", T4=OTHER)
    return store


def everything(connection: sa.Connection, *tables: str) -> str:
    rows = [tuple(row) for name in tables for row in connection.execute(sa.text(f"SELECT * FROM {name}"))]
    return repr(rows) + json.dumps([str(row) for row in rows])


def test_who_is_in_closed_work_and_in_plans_that_were_replaced(worked: Store) -> None:
    with worked.reading() as connection:
        assert people_in_history(connection) == {ANA, OTHER, "B"}
        assert open_work_of(connection, ANA) == ["T2"]
        assert open_work_of(connection, OTHER) == ["T4"]
        assert open_work_of(connection, "nobody") == []


def test_another_name_takes_the_place_in_closed_work_alone(worked: Store) -> None:
    with worked.writing() as connection:
        rename_in_history(connection, {ANA: "P7"})
        assert check_store(connection).differences == []
        found = history_of_person(connection, ANA)
        assert {kind: [row.get("task_id") for row in rows] for kind, rows in found.items() if rows} == {
            "operations": ["T2"],
            "tasks": ["T2"],
        }
        kept = history_of_person(connection, "P7")
        assert [row["task_id"] for row in kept["assignments"]] == ["T1", "T4"]
        assert [row["requested_agent"] for row in kept["tasks"]] == ["P7"]
        reasons = connection.execute(sa.text("SELECT reason FROM event WHERE task_id = 'T1'")).scalars()
        assert [reason for reason in reasons if ANA in reason] == []


def test_somebody_with_a_similar_name_keeps_theirs(worked: Store) -> None:
    with worked.writing() as connection:
        before = history_of_person(connection, OTHER)
        rename_in_history(connection, {ANA: "P7"})
        assert history_of_person(connection, OTHER) == before
