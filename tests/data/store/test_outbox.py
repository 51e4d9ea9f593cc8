"""The outbox: what is new for an outlet, once; the newest of each task; and whose turn it is."""

import threading

import pytest

from data import count_waiting, fill_outbox, one_at_a_time, open_store
from models import LockError
from tests.data.outlets.rows import settling, waiting
from tests.data.store.planned import published


def told(rows):
    return [tuple(row) for row in rows.select("task_id", "version", "agent_id", "state").iter_rows()]


def test_an_outlet_is_told_all_at_first_and_then_what_is_new(store):
    published(store, "one", T1="A", T2="A", T3="B")
    first = waiting(store)
    assert told(first) == [(name, 1, agent, "planned") for name, agent in (("T1", "A"), ("T2", "A"), ("T3", "B"))]
    settling(store)(first)
    assert not waiting(store).height
    published(store, "two", T1="A", T3="A", T4="B")
    second = waiting(store)
    assert told(second) == [("T2", 2, None, "withdrawn"), ("T3", 2, "A", "planned"), ("T4", 2, "B", "planned")]
    settling(store)(second)
    assert not waiting(store).height


def test_what_is_not_known_to_have_arrived_stays_and_becomes_the_newest(store):
    published(store, "one", T1="A", T2="A")
    waiting(store)
    published(store, "two", T1="B")
    assert told(waiting(store)) == [("T1", 2, "B", "planned"), ("T2", 2, None, "withdrawn")]
    settling(store)(waiting(store).head(1))
    assert told(waiting(store)) == [("T2", 2, None, "withdrawn")]


def test_versions_that_an_outlet_was_not_told_are_left_out(store):
    published(store, "one", T1="A")
    settling(store)(waiting(store))
    published(store, "two", T2="A")
    published(store, "three", T1="A")
    assert told(waiting(store)) == [("T1", 3, "A", "planned"), ("T2", 3, None, "withdrawn")]


def test_a_new_outlet_is_told_nothing_of_what_was_withdrawn_before(store):
    published(store, "one", T1="A", T2="A")
    published(store, "two", T2="A")
    assert told(waiting(store, "late")) == [("T2", 2, "A", "planned")]


def test_an_outlet_that_was_there_before_the_first_plan(store):
    assert not waiting(store).height
    published(store, "one", T1="A")
    assert told(waiting(store)) == [("T1", 1, "A", "planned")]


def test_everything_is_handed_out_again_when_asked_for(store):
    published(store, "one", T1="A", T2="A")
    settling(store)(waiting(store))
    published(store, "two", T1="A")
    settling(store)(waiting(store))
    assert told(waiting(store, whole=True)) == [("T1", 2, "A", "planned"), ("T2", 2, None, "withdrawn")]


def test_outlets_do_not_know_each_other(store):
    published(store, "one", T1="A")
    settling(store, "one")(waiting(store, "one"))
    with store.writing() as connection:
        fill_outbox(connection, "two")
        assert (count_waiting(connection, "one"), count_waiting(connection, "two")) == (0, 1)


def test_one_has_the_turn_and_the_next_waits_for_it(store, store_url):
    other, order = open_store(store_url), []

    def later() -> None:
        with one_at_a_time(other, "outlet out", 30):
            order.append("second")

    with one_at_a_time(store, "outlet out", 0):
        with one_at_a_time(other, "outlet another", 0):
            pass
        with (
            pytest.raises(LockError, match="another process is at work on outlet out"),
            one_at_a_time(other, "outlet out", 0),
        ):
            pass
        thread = threading.Thread(target=later)
        thread.start()
        order.append("first")
    thread.join()
    other.close()
    assert order == ["first", "second"]
