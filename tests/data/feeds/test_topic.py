"""Kafka: offsets in the store. The broker is the one that librdkafka has for tests."""

from typing import Any

import pytest
from confluent_kafka import Producer

from data import Intake, KafkaReading, StoreUnreachableError, take_topic
from data.intake.intake import note_cursor
from tests.data.feeds.case import fault_of, intake_of, outcomes, values


class Topic:
    """A broker in this process, and what is put into a topic of it."""

    def __init__(self) -> None:
        self.producer = Producer({"bootstrap.servers": "none", "test.mock.num.brokers": 1, "log_level": 0})
        brokers = self.producer.list_topics(timeout=10).brokers.values()
        self.servers = ",".join(f"{broker.host}:{broker.port}" for broker in brokers)

    def put(self, *bodies: str | None, partition: int = 0) -> None:
        """Puts messages into a partition."""
        for body in bodies:
            self.producer.produce("tasks", None if body is None else body.encode(), partition=partition)
        self.producer.flush()

    def reading(self, topic: str = "tasks") -> KafkaReading:
        """How it is read."""
        return KafkaReading({"bootstrap.servers": self.servers, "log_level": 0}, topic)


@pytest.fixture(scope="module")
def broker() -> Topic:
    """A broker with a topic of these tests."""
    return Topic()


@pytest.fixture
def store_url(tmp_path) -> str:
    """One kind of store is enough here."""
    return f"sqlite:///{tmp_path / 'allot.db'}"


def test_messages_count_once_and_offsets_stand_in_the_store(store, broker, monkeypatch):
    broker.put('{"task_id": "T1", "value": 1}', None, "nonsense", '[{"task_id": "T2"}, {"task_id": "T3"}]')
    broker.put('{"task_id": "T4"}', partition=1)
    first = intake_of(store, "k")
    take_topic(first, broker.reading())
    assert (first.counts.applied, first.counts.refused) == (4, 1)
    assert first.cursor()["offsets"]["0"] == 4
    again = intake_of(store, "k")
    take_topic(again, broker.reading())
    assert again.counts.total == 0

    broker.put('{"task_id": "T1", "value": 2}')
    take = Intake.take

    def rolled_back(intake: Intake, *arguments: Any, cursor: Any, **options: Any) -> None:
        def fail() -> Any:
            raise StoreUnreachableError("gone")

        take(intake, *arguments, cursor=fail, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Intake, "take", rolled_back)
        with pytest.raises(StoreUnreachableError):
            take_topic(intake_of(store, "k"), broker.reading())
    assert values(store)["T1"] == 1.0
    take_topic(intake_of(store, "k"), broker.reading())
    assert values(store)["T1"] == 2.0
    assert outcomes(store) == {"applied": 5, "refused": 1}


def test_a_topic_or_broker_that_is_not_there_is_told(store, broker):
    assert "topic none: " in fault_of(take_topic, intake_of(store, "k"), broker.reading("none"))


def test_messages_that_the_broker_has_dropped_are_told(store, broker):
    broker.put('{"task_id": "T1"}')
    intake = intake_of(store, "k")
    take_topic(intake, broker.reading())
    with store.writing() as connection:
        note_cursor(connection, "k", {"offsets": {"0": 10_000}})
    late = intake_of(store, "k")
    take_topic(late, broker.reading())
    assert "it was created anew" in late.faults[0]
    assert late.counts.duplicate > 0
