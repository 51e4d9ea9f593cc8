"""Queues of a real RabbitMQ: acknowledged after the commit, dead letters for what fails, restarts in the middle."""

from collections.abc import Iterator
from typing import Any

import pika
import pytest

from data import AmqpReading, Intake, Ruled, StoreUnreachableError, Terms, reach_amqp, take_queue
from tests.data.feeds.case import fault_of, intake_of, outcomes, values
from tests.data.intake.operation_case import NOON
from tests.services.rabbitmq import Broker, rabbitmq

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    """A broker for these tests."""
    with rabbitmq() as running:
        yield running


class Queue:
    """A queue of the broker."""

    def __init__(self, broker: Broker, name: str) -> None:
        self.broker, self.name = broker, name

    def _do(self, act: Any) -> Any:
        connection = pika.BlockingConnection(pika.URLParameters(self.broker.url))
        try:
            channel = connection.channel()
            channel.queue_declare(self.name, durable=True)
            return act(channel)
        finally:
            connection.close()

    def put(self, *bodies: str, **properties: Any) -> None:
        """Puts messages into it that survive a restart."""

        def publish(channel: Any) -> None:
            channel.confirm_delivery()
            for body in bodies:
                channel.basic_publish("", self.name, body.encode(), pika.BasicProperties(delivery_mode=2, **properties))

        self._do(publish)

    def count(self, suffix: str = "") -> int:
        """How many messages wait in it, or in one called after it."""
        return self._do(lambda channel: channel.queue_declare(self.name + suffix, durable=True).method.message_count)

    def first(self, suffix: str) -> Any:
        """The properties and the body of the first message in a queue called after it."""
        return self._do(lambda channel: channel.basic_get(self.name + suffix, auto_ack=True)[1:])

    def reading(self, prefetch: int = 500) -> AmqpReading:
        """How it is read."""
        return AmqpReading(self.broker.url, self.name, prefetch)


@pytest.fixture
def queue(broker, request) -> Queue:
    """A queue of the test's own."""
    return Queue(broker, request.node.name[:60])


@pytest.fixture
def store_url(tmp_path) -> str:
    """One kind of store is enough here."""
    return f"sqlite:///{tmp_path / 'allot.db'}"


def taken(store, queue, **reading):
    """The intake of what waits in the queue."""
    intake = intake_of(store, "mq")
    take_queue(intake, queue.reading(**reading))
    return intake.counts


def test_messages_count_once_by_their_id_or_their_body(store, queue):
    queue.put(
        '{"task_id": "T1", "value": 1}', '{"task_id": "T1", "value": 1}', '[{"task_id": "T2"}, {"task_id": "T3"}]'
    )
    queue.put('{"task_id": "T4"}', '{"task_id": "T5"}', message_id="m1")
    queue.put('{"task_id": "T1", "value": 1}', message_id="m2")
    assert queue.count() == 6
    assert taken(store, queue).applied == 4
    assert queue.count() == 0
    assert values(store) == {"T1": 1.0, "T2": None, "T3": None, "T4": None}


def test_a_message_that_cannot_be_read_is_refused_and_goes_to_the_dead_letters(store, queue):
    queue.put('{"task_id": "T1"}', "nonsense", '{"task_id": "T2", "value": "x"}', '[{"task_id": "T3"}, 5]')
    counts = taken(store, queue)
    assert (counts.applied, counts.refused) == (2, 3)
    assert (queue.count(), queue.count(".dead")) == (0, 2)
    properties, body = queue.first(".dead")
    assert body == b"nonsense"
    assert "cannot be read" in properties.headers["x-allot-reason"]


def test_a_message_that_fails_three_times_goes_to_the_dead_letters_and_takes_no_other_down(store, queue):
    tries = []

    def ruling(tasks):
        if any(task["task_id"] == "T2" for task in tasks):
            tries.append(len(tasks))
            raise ZeroDivisionError("boom")
        return [Ruled({name: value for name, value in task.items() if name != "task_id"}) for task in tasks]

    queue.put('{"task_id": "T1"}', '{"task_id": "T2"}', '{"task_id": "T3"}')
    intake = Intake(store, Terms(source="mq"), lambda: NOON, lambda now: ruling)
    take_queue(intake, queue.reading())
    assert tries == [3, 1, 1, 1]
    assert set(values(store)) == {"T1", "T3"}
    assert "ZeroDivisionError: boom" in queue.first(".dead")[0].headers["x-allot-reason"]
    assert outcomes(store) == {"applied": 2, "refused": 1}


def test_what_is_in_the_store_and_not_acknowledged_comes_again_and_changes_nothing(store, queue, monkeypatch):
    queue.put(*(f'{{"task_id": "T{n}"}}' for n in range(7)))
    take = Intake.take

    def cut_off(intake, *arguments, **options):
        take(intake, *arguments, **options)
        raise StoreUnreachableError("killed before it was acknowledged")

    with monkeypatch.context() as patch:
        patch.setattr(Intake, "take", cut_off)
        with pytest.raises(StoreUnreachableError):
            taken(store, queue, prefetch=3)
    assert taken(store, queue, prefetch=3).duplicate == 3
    assert len(values(store)) == 7
    assert outcomes(store) == {"applied": 7, "duplicate": 3}


def test_a_broker_that_is_restarted_in_the_middle(store, queue, broker, monkeypatch):
    queue.put(*(f'{{"task_id": "T{n}"}}' for n in range(6)))
    take, calls = Intake.take, []

    def restarted(intake, *arguments, **options):
        take(intake, *arguments, **options)
        calls.append(1)
        if len(calls) == 2:
            broker.stop()

    with monkeypatch.context() as patch:
        patch.setattr(Intake, "take", restarted)
        said = fault_of(take_queue, intake_of(store, "mq"), queue.reading(prefetch=2))
    assert said.startswith("127.0.0.1, queue ")
    assert fault_of(take_queue, intake_of(store, "mq"), queue.reading())
    broker.start()
    taken(store, queue)
    assert (len(values(store)), queue.count()) == (6, 0)
    assert outcomes(store)["applied"] == 6


def test_a_queue_that_is_not_there_is_told_without_the_password(store, queue):
    assert "no queue" in fault_of(take_queue, intake_of(store, "mq"), queue.reading())
    away = AmqpReading("amqp://me:hush@127.0.0.1:1/", "q")
    assert "hush" not in fault_of(take_queue, intake_of(store, "mq"), away) + repr(away)


def test_why_a_broker_refuses_is_told_without_the_password(broker):
    with pytest.raises(StoreUnreachableError, match=r"^127.0.0.1 refuses: .*ACCESS_REFUSED") as refused:
        reach_amqp(broker.url.replace("guest:guest", "guest:hush"))
    assert "hush" not in str(refused.value)
