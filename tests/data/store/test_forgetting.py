"""What is old is removed up to its moment, exclusive, and nothing that something else needs."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import Store, apply_operations, check_store, plans_known_since, publish_plan, refresh_actuals
from data.store.forgetting import forget_days, forget_plans, forget_tasks
from tests.data.intake.operation_case import NOON, op
from tests.data.store.planned import EIGHT, plan_of, published, run_record
from tests.data.store.test_history import add

MICROSECOND = timedelta(microseconds=1)


def left(store: Store, query: str) -> list[object]:
    with store.reading() as connection:
        assert check_store(connection).differences == []
        return list(connection.execute(sa.text(query)).scalars())


@pytest.fixture
def closed(store: Store) -> Store:
    """T1 and T2 closed at noon, T3 open, T4 closed by the newest operation; operations were repeated and refused."""
    log = [op("create", task_id=f"T{number}", key=f"c{number}") for number in range(1, 5)]
    log += [op("complete", task_id="T1", key="d1"), op("complete", task_id="T1", key="d1")]
    log += [op("hold", task_id="T1"), op("cancel", task_id="T2"), op("complete", task_id="T4")]
    with store.writing() as connection:
        apply_operations(connection, log)
    return store


def test_closed_tasks_go_with_all_their_operations_but_for_the_newest(closed: Store) -> None:
    with closed.writing() as connection:
        assert forget_tasks(connection, NOON) == 0
        assert forget_tasks(connection, NOON + MICROSECOND) == 2
    assert left(closed, "SELECT task_id FROM task ORDER BY task_id") == ["T3", "T4"]
    assert left(closed, "SELECT DISTINCT task_id FROM event ORDER BY task_id") == ["T3", "T4"]


def test_no_number_of_an_operation_is_given_twice(closed: Store) -> None:
    last = left(closed, "SELECT max(event_id) FROM event")
    with closed.writing() as connection:
        forget_tasks(connection, NOON + MICROSECOND)
        apply_operations(connection, [op("create", task_id="T5")])
    assert left(closed, "SELECT max(event_id) - 1 FROM event") == last


def test_plans_that_were_replaced_go_and_what_the_current_one_goes_by_stays(store: Store) -> None:
    published(store, "R1", T1="A", T2="A")
    published(store, "R2", T1="A", T2="B")
    with store.writing() as connection:
        assert forget_plans(connection, EIGHT) == 0
        assert forget_plans(connection, EIGHT + MICROSECOND) == 1
    assert left(store, "SELECT task_id FROM assignment ORDER BY task_id") == ["T1", "T2"]
    assert left(store, "SELECT version FROM publication ORDER BY version") == [1, 2]
    published(store, "R3", T3="A")
    with store.writing() as connection:
        forget_plans(connection, EIGHT + MICROSECOND)
    assert left(store, "SELECT version FROM publication") == [3]
    assert left(store, "SELECT run_id FROM run") == ["R3"]


def test_days_go_before_a_day(store: Store) -> None:
    for number in range(3):
        add(store, f"R{number}", EIGHT + timedelta(days=number), 0.9)
    with store.writing() as connection:
        assert forget_days(connection, date(2026, 3, 3), EIGHT) == 1
        assert forget_days(connection, date(2026, 3, 3), EIGHT) == 0
    assert len(left(store, "SELECT day FROM day")) == 2
    assert len(left(store, "SELECT DISTINCT day FROM kpi_day")) == 2


def test_what_a_plan_said_of_work_begun_by_it_stays_as_long_as_the_work(store: Store) -> None:
    begun, later = EIGHT + timedelta(minutes=5), EIGHT + timedelta(minutes=15)
    published(store, "R1", T1="A", T2="A")
    with store.writing() as connection:
        publish_plan(connection, run_record("R2", as_of=later), Path("R2"), plan_of(T2="B"), later)
        log = [
            op("create", task_id="T1"),
            op("start", task_id="T1", agent_id="A", at=begun),
            op("complete", 1, at=begun),
        ]
        apply_operations(connection, log)
        refresh_actuals(connection)
        assert plans_known_since(connection) is None
        assert forget_plans(connection, EIGHT + timedelta(hours=1)) == 1
        assert plans_known_since(connection) == EIGHT + timedelta(hours=1)
        forget_plans(connection, EIGHT)
        assert plans_known_since(connection) == EIGHT + timedelta(hours=1)
    said = "SELECT task_id FROM assignment WHERE until_version IS NOT NULL"
    assert left(store, said) == ["T1"]
    with store.writing() as connection:
        forget_days(connection, date(2026, 3, 3), EIGHT + timedelta(days=1))
        assert forget_plans(connection, EIGHT + timedelta(hours=1)) == 1
    assert left(store, said) == []
