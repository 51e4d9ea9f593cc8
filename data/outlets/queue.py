"""A queue or exchange of RabbitMQ or another broker of AMQP: a message a task, each confirmed by the broker."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import polars as pl

from data.brokers.amqp import opened_amqp
from data.outlets.side import Done, OutletError, batches, messages

if TYPE_CHECKING:
    from pika.adapters.blocking_connection import BlockingChannel

_AT_ONCE = 500
_LONGEST_NAME = 255


@dataclass(frozen=True)
class QueueTarget:
    """Where in which broker. Without an ``exchange``, ``routing_key`` is the name of a queue."""

    url: str = field(repr=False)
    routing_key: str
    exchange: str = ""


def hand_to_queue(target: QueueTarget, rows: pl.DataFrame, done: Done) -> None:
    """Publishes a message for each row; a queue that is not there is made.

    Raises:
        OutletError: the broker does not answer, or stops to, or routes a message to no queue; those that it has
            confirmed are done.
    """
    with opened_amqp(target.url, "an outlet of kind amqp", lambda error: _fault(target, error)) as connection:
        channel = _ready(connection, target)
        for some in batches(rows, _AT_ONCE):
            _publish(channel, target, some, done)


def _ready(connection: Any, target: QueueTarget) -> "BlockingChannel":
    """A channel on which messages are confirmed, to a queue or exchange that is there."""
    from pika.exceptions import ChannelClosedByBroker

    channel = connection.channel()
    if target.exchange:
        channel.exchange_declare(target.exchange, passive=True)
    else:
        try:
            channel.queue_declare(target.routing_key, passive=True)
        except ChannelClosedByBroker as error:
            if error.reply_code != 404:
                raise
            channel = connection.channel()
            channel.queue_declare(target.routing_key, durable=True)
    channel.confirm_delivery()
    return channel


def _publish(channel: "BlockingChannel", target: QueueTarget, rows: pl.DataFrame, done: Done) -> None:
    from pika import BasicProperties

    confirmed = 0
    try:
        for (task, body), version in zip(messages(rows), rows["version"], strict=True):
            name = f"{task}:{version}".encode()[-_LONGEST_NAME:].decode(errors="ignore")
            properties = BasicProperties(message_id=name, content_type="application/json", delivery_mode=2)
            channel.basic_publish(target.exchange, target.routing_key, body, properties, mandatory=True)
            confirmed += 1
    finally:
        done(rows.head(confirmed))


def _fault(target: QueueTarget, error: Exception) -> OutletError:
    """Why a broker could not be told, without the password of its URL."""
    from pika.exceptions import UnroutableError

    host = urlsplit(target.url).hostname or "the host of its url"
    where = f"{host}, {f'exchange {target.exchange}' if target.exchange else f'queue {target.routing_key}'}"
    if isinstance(error, UnroutableError):
        return OutletError(f"{where}: no queue takes messages with the routing key {target.routing_key!r}")
    text = str(error).strip() or str(error.args[-1:] and error.args[-1]).strip("()'\", ")
    text = "does not answer" if text in ("", type(error).__name__) else f"{type(error).__name__}: {text}"
    secret = urlsplit(target.url).password
    text = text.replace(secret, "***") if secret else text
    return OutletError(f"{where}: {text[:200]}")
