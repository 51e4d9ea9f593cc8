"""The status of sources: those that are configured first, whether or not they have ever brought anything."""

from datetime import timedelta

import pytest

from data import Store, apply_operations, source_moments
from data.intake.status import OperationCounts, is_stale, source_status
from data.store.tables import event
from tests.data.intake.operation_case import at, op

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("age", "longest", "stale"),
    [
        (None, None, False),
        (None, HOUR, True),
        (HOUR, None, False),
        (HOUR, HOUR, False),
        (HOUR + timedelta(microseconds=1), HOUR, True),
        (timedelta(0), timedelta(0), False),
    ],
)
def test_news_is_stale_when_it_is_older_than_it_may_be(
    age: timedelta | None, longest: timedelta | None, stale: bool
) -> None:
    assert is_stale(age, longest) is stale


def test_a_store_into_which_nothing_came_knows_the_configured_sources(store: Store) -> None:
    with store.reading() as connection:
        assert source_status(connection, {}, at(0)) == []
        [one] = source_status(connection, {"crm": HOUR}, at(0))
        assert source_moments(connection) == {}
    assert (one.source, one.last_event, one.age, one.stale, one.error, one.counts) == (
        "crm",
        None,
        None,
        True,
        None,
        {},
    )


def test_operations_count_by_what_became_of_them_in_the_end(store: Store) -> None:
    operations = [
        op("hold", 1, key="early"),
        op("create", 2, key="create"),
        op("create", 3, key="create"),
        op("create", 4, task_id="", key="refused"),
    ]
    with store.writing() as connection:
        apply_operations(connection, operations)
    with store.reading() as connection:
        first, host = source_status(connection, {"crm": None}, at(64), OperationCounts())
        assert [one.counts for one in source_status(connection, {"crm": None}, at(64))] == [{}, {}]
        assert source_moments(connection) == {"host": at(4)}
    assert (first.source, first.counts) == ("crm", {})
    assert (host.source, host.age, host.stale) == ("host", HOUR, False)
    assert host.counts == {"applied": 2, "duplicate": 1, "refused": 1}


def test_operations_are_counted_on_from_the_last(store: Store) -> None:
    counting = OperationCounts()

    def counted() -> dict[str, int]:
        with store.reading() as connection:
            found = counting.count(connection)
            assert found == OperationCounts().count(connection)
        return dict(found.get("host", {}))

    assert counted() == {}
    with store.writing() as connection:
        apply_operations(connection, [op("hold", 1), op("create", task_id="T2"), op("create", task_id="T3")])
    assert counted() == {"applied": 2, "early": 1}
    with store.writing() as connection:
        apply_operations(connection, [op("create", 2), op("cancel", 3, task_id="T2")])
    assert counted() == {"applied": 5}
    with store.writing() as connection:
        connection.execute(event.delete().where(event.c.task_id == "T2"))
    assert counted() == {"applied": 3}


def test_news_from_the_future_is_of_now(store: Store) -> None:
    with store.writing() as connection:
        apply_operations(connection, [op("create", 30)])
    with store.reading() as connection:
        [host] = source_status(connection, {"host": HOUR}, at(0))
    assert (host.age, host.stale) == (timedelta(0), False)
