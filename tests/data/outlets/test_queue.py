"""Queues of a real RabbitMQ: each message confirmed, a broker that dies in the middle gets the rest later."""

import json
from collections.abc import Iterator

import pika
import pytest

from data import OutletError, QueueTarget, hand_to_queue
from data.outlets import queue as queue_outlet
from tests.data.outlets.rows import Known, frame, row, settling, waiting
from tests.data.store.planned import published
from tests.services.rabbitmq import Broker, rabbitmq

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    """A broker for these tests."""
    with rabbitmq() as running:
        yield running


@pytest.fixture
def store_url(tmp_path) -> str:
    """One kind of store is enough here."""
    return f"sqlite:///{tmp_path / 'allot.db'}"


def drained(broker, queue):
    """All messages of a queue, in their order."""
    connection = pika.BlockingConnection(pika.URLParameters(broker.url))
    channel = connection.channel()
    found = []
    while (got := channel.basic_get(queue, auto_ack=True))[0] is not None:
        found.append(got)
    connection.close()
    return found


def newest(messages):
    """What a consumer that keeps the highest version has in the end."""
    kept = {}
    for _, _, body in messages:
        told = json.loads(body)
        if told["version"] >= kept.get(told["task_id"], (0,))[0]:
            kept[told["task_id"]] = (told["version"], told["agent_id"], told["state"])
    return kept


def test_messages_survive_a_restart_and_say_what_they_are(broker):
    known = Known()
    strange = "ü" * 300
    hand_to_queue(QueueTarget(broker.url, "plan"), frame(row("T1"), row("T2", 1, None), row(strange)), known)
    assert known.tasks == ["T1", "T2", strange]
    broker.stop()
    broker.start()
    messages = drained(broker, "plan")
    assert [json.loads(body)["state"] for _, _, body in messages] == ["planned", "withdrawn", "planned"]
    assert messages[0][1].message_id == "T1:1"
    assert messages[0][1].content_type == "application/json"


def test_a_broker_that_dies_in_the_middle_gets_the_rest_later(broker, store, monkeypatch):
    monkeypatch.setattr(queue_outlet, "_AT_ONCE", 10)
    published(store, "one", **{f"T{n:03}": "A" for n in range(100)})
    target, settle = QueueTarget(broker.url, "middle"), settling(store)
    batches = 0

    def dying(rows):
        nonlocal batches
        settle(rows)
        batches += 1
        if batches == 4:
            broker.stop()

    with pytest.raises(OutletError, match="queue middle"):
        hand_to_queue(target, waiting(store), dying)
    assert waiting(store).height == 60
    published(store, "two", **{f"T{n:03}": "B" if n % 2 else "A" for n in range(99)})
    broker.start()
    hand_to_queue(target, waiting(store), settle)
    assert not waiting(store).height
    kept = newest(drained(broker, "middle"))
    assert len(kept) == 100
    assert kept["T099"] == (2, None, "withdrawn")
    assert {name: agent for name, (_, agent, _) in kept.items() if agent} == {
        f"T{n:03}": "B" if n % 2 else "A" for n in range(99)
    }


def test_an_exchange_that_leads_nowhere_keeps_nothing(broker):
    connection = pika.BlockingConnection(pika.URLParameters(broker.url))
    channel = connection.channel()
    channel.exchange_declare("plans", "topic", durable=True)
    known, target = Known(), QueueTarget(broker.url, "plan.day", "plans")
    with pytest.raises(OutletError, match=r"no queue takes messages with the routing key 'plan\.day'"):
        hand_to_queue(target, frame(row("T1")), known)
    assert known.tasks == []
    channel.queue_declare("day", durable=True)
    channel.queue_bind("day", "plans", "plan.*")
    connection.close()
    hand_to_queue(target, frame(row("T1")), known)
    assert len(drained(broker, "day")) == 1


def test_a_broker_or_exchange_that_is_not_there_is_told_without_the_password(broker):
    with pytest.raises(OutletError, match="localhost, queue plan") as refused:
        hand_to_queue(QueueTarget("amqp://ann:hidden@localhost:1/", "plan"), frame(row("T1")), Known())
    assert "hidden" not in str(refused.value)
    with pytest.raises(OutletError, match="exchange none"):
        hand_to_queue(QueueTarget(broker.url, "plan", "none"), frame(row("T1")), Known())
