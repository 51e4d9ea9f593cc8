"""Topics of Kafka: a message a task, confirmed. The broker is the one that librdkafka has for tests."""

import json

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from data import OutletError, TopicTarget, hand_to_topic
from data.outlets import topic as topic_outlet
from tests.data.outlets.rows import Known, frame, row


@pytest.fixture(scope="module")
def servers():
    """Brokers that run as long as this producer is there."""
    producer = Producer({"bootstrap.servers": "none", "test.mock.num.brokers": 1, "log_level": 0})
    brokers = producer.list_topics(timeout=10).brokers.values()
    yield ",".join(f"{broker.host}:{broker.port}" for broker in brokers)
    producer.flush()


def content(servers, topic):
    """The messages of a topic: key and body."""
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "test", "log_level": 0})
    places = [
        TopicPartition(topic, number, 0) for number in consumer.list_topics(topic, timeout=10).topics[topic].partitions
    ]
    total = sum(consumer.get_watermark_offsets(place, timeout=10)[1] for place in places)
    consumer.assign(places)
    found = []
    while len(found) < total:
        found += consumer.consume(total - len(found), timeout=5)
    consumer.close()
    return [(message.key().decode(), json.loads(message.value())) for message in found]


def test_each_task_is_a_message_by_its_key(servers):
    known, target = Known(), TopicTarget({"bootstrap.servers": servers, "log_level": 0}, "plan")
    hand_to_topic(target, frame(row("T1"), row("é 2", 4, None)), known)
    assert sorted(known.tasks) == ["T1", "é 2"]
    found = dict(content(servers, "plan"))
    assert (found["T1"]["agent_id"], found["T1"]["state"]) == ("A", "planned")
    assert (found["é 2"]["version"], found["é 2"]["state"]) == (4, "withdrawn")


def test_brokers_that_do_not_answer_are_told_and_nothing_is_done(monkeypatch):
    monkeypatch.setattr(topic_outlet, "_PATIENCE_S", 0.6)
    known = Known()
    target = TopicTarget({"bootstrap.servers": "127.0.0.1:1", "log_level": 0, "sasl.password": "hidden"}, "plan")
    with pytest.raises(OutletError, match="topic plan: "):
        hand_to_topic(target, frame(row("T1")), known)
    assert known.tasks == []
    assert "hidden" not in repr(target)
