"""Takes in a queue of RabbitMQ or another AMQP broker; acknowledges a message once its operations are in the store.

A message that cannot be read, or that fails three times, goes to a dead-letter queue with the reason; the store keeps a
refused operation for it.
"""

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from data.brokers.amqp import opened_amqp
from data.feeds.messages import Message, message_key, take_messages
from data.intake.apply import apply_operations
from data.intake.intake import Intake, UnreadableSourceError
from data.intake.operations import Operation, OperationKind
from data.store.errors import StoreError

if TYPE_CHECKING:
    from pika.adapters.blocking_connection import BlockingChannel

_log = logging.getLogger(__name__)

_TRIES = 3
_IDLE_S = 0.5
_REASON = "x-allot-reason"
_UNREADABLE = "it cannot be read; allot intake rejects has the reason"


@dataclass(frozen=True)
class AmqpReading:
    """A queue of a broker. ``dead_letter`` is the queue for failed messages, by default the queue's name and .dead"""

    url: str = field(repr=False)
    queue: str
    prefetch: int = 500
    dead_letter: str | None = None

    @property
    def dead(self) -> str:
        """The queue for failed messages."""
        return self.dead_letter or f"{self.queue}.dead"


@dataclass(frozen=True)
class _Delivered:
    tag: int
    properties: Any
    message: Message


def take_queue(intake: Intake, reading: AmqpReading) -> None:
    """Takes in all waiting messages.

    Raises:
        UnreadableSourceError: the broker does not answer (any more); it delivers unacknowledged messages again.
    """
    with opened_amqp(reading.url, "a source of kind amqp", lambda error: _fault(reading, error)) as connection:
        channel = connection.channel()
        channel.queue_declare(reading.queue, passive=True)
        channel.basic_qos(prefetch_count=reading.prefetch)
        _drain(intake, reading, channel)


def _fault(reading: AmqpReading, error: Exception) -> UnreadableSourceError:
    """Why a broker cannot be read, without the password in its URL."""
    host = urlsplit(reading.url).hostname or "the host of its url"
    text = str(error).strip() or str(error.args[-1:] and error.args[-1]) or type(error).__name__
    if text == "AMQPConnectionError":  # pika says no more of a host that is not there
        return UnreadableSourceError(f"{host} does not answer: {text}")
    secret = urlsplit(reading.url).password
    text = text.replace(secret, "***") if secret else text
    return UnreadableSourceError(f"{host}, queue {reading.queue}: {type(error).__name__}: {text[:200]}")


def _drain(intake: Intake, reading: AmqpReading, channel: "BlockingChannel") -> None:
    """Takes in messages until none has come for a while."""
    some: list[_Delivered] = []
    for method, properties, body in channel.consume(reading.queue, inactivity_timeout=_IDLE_S):
        if method is not None:
            key = message_key(properties.message_id, body)
            some.append(_Delivered(method.delivery_tag, properties, Message(key, f"message {key[:40]}", body)))
        if some and (method is None or len(some) >= reading.prefetch):
            _take(intake, reading, channel, some)
            some = []
        if method is None:
            break
    channel.cancel()


def _take(intake: Intake, reading: AmqpReading, channel: "BlockingChannel", some: list[_Delivered]) -> None:
    """Takes in messages in one transaction; if that fails, one by one."""
    readable, fault = _tried(intake, some)
    if fault is not None:
        for delivered in some:
            _take_alone(intake, reading, channel, delivered)
        return
    for delivered, whole in zip(some, readable, strict=True):
        if not whole:
            _bury(reading, channel, delivered, _UNREADABLE)
    channel.basic_ack(some[-1].tag, multiple=True)


def _take_alone(intake: Intake, reading: AmqpReading, channel: "BlockingChannel", delivered: _Delivered) -> None:
    for _ in range(_TRIES):
        readable, fault = _tried(intake, [delivered])
        if fault is None:
            break
    if fault is not None:
        _keep_refused(intake, delivered.message, fault)
        _bury(reading, channel, delivered, fault)
    elif not readable[0]:
        _bury(reading, channel, delivered, _UNREADABLE)
    channel.basic_ack(delivered.tag)


def _tried(intake: Intake, some: list[_Delivered]) -> tuple[list[bool], str | None]:
    """Whether each message can be read, and the error if they could not be taken in.

    Failures of the store are raised, since the messages are not to blame.
    """
    try:
        return take_messages(intake, [delivered.message for delivered in some]), None
    except StoreError:
        raise
    except Exception as error:  # no error that a message causes may stop the others
        _log.debug("a message failed", exc_info=True)
        return [], f"{type(error).__name__}: {error}"


def _keep_refused(intake: Intake, message: Message, reason: str) -> None:
    operation = Operation(
        source=intake.source,
        key=message.key,
        kind=OperationKind.CREATE,
        task_id="",
        received_at=intake.clock(),
        fault=f"taking it in failed {_TRIES} times: {reason[:300]}",
    )
    with intake.store.writing() as connection:
        outcomes = apply_operations(connection, [operation])
    intake.counts.add(message.place, operation, outcomes[0])


def _bury(reading: AmqpReading, channel: "BlockingChannel", delivered: _Delivered, reason: str) -> None:
    """Moves a message to the dead-letter queue: it is acknowledged after the broker has confirmed the copy."""
    import pika

    channel.queue_declare(reading.dead, durable=True)
    channel.confirm_delivery()
    given = delivered.properties
    properties = pika.BasicProperties(
        message_id=given.message_id,
        content_type=given.content_type,
        delivery_mode=2,
        headers={**(given.headers or {}), _REASON: reason[:500]},
    )
    channel.basic_publish("", reading.dead, delivered.message.body, properties, mandatory=True)
