"""Takes in a topic of Kafka. The store keeps the offsets, and writes them in the transaction of the operations."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from data.brokers.kafka import quiet_logger, said
from data.feeds.messages import Message, take_messages
from data.intake.intake import Intake, UnreadableSourceError
from data.store.errors import missing_extra

if TYPE_CHECKING:
    from confluent_kafka import Consumer

_PATIENCE_S = 10.0
_AT_ONCE, _AT_ONCE_S = 1000, 0.3

Options = Mapping[str, str | int | bool]


@dataclass(frozen=True)
class KafkaReading:
    """A topic, and the settings of librdkafka."""

    settings: Options = field(repr=False)
    topic: str


def take_topic(intake: Intake, reading: KafkaReading) -> None:
    """Takes in all messages up to the present end of each partition.

    Raises:
        UnreadableSourceError: no broker answers, or there is no such topic.
    """
    try:
        from confluent_kafka import Consumer, KafkaException
    except ModuleNotFoundError as error:
        raise missing_extra("a source of kind kafka", "kafka") from error
    settings = {
        "group.id": f"allot-{intake.source}",
        "socket.timeout.ms": int(_PATIENCE_S * 1000),
        **reading.settings,
        # not configurable: the store keeps the offsets, and reading ends at the end of each partition
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "enable.partition.eof": False,
        "auto.offset.reset": "error",
    }
    try:
        consumer = Consumer(settings, logger=quiet_logger())
        try:
            _drain(intake, reading, consumer)
        finally:
            consumer.close()
    except KafkaException as error:
        raise UnreadableSourceError(_told(reading, error)) from error


def _told(reading: KafkaReading, error: Exception) -> str:
    """Why a topic cannot be read."""
    servers = reading.settings.get("bootstrap.servers")
    first = error.args[0] if error.args else None
    if first is not None and first.name() in ("_TRANSPORT", "_ALL_BROKERS_DOWN", "_TIMED_OUT"):
        return f"{servers} does not answer: {said(error)}"
    return f"{servers}, topic {reading.topic}: {said(error)}"


def _drain(intake: Intake, reading: KafkaReading, consumer: "Consumer") -> None:
    """Reads every partition from the stored offset up to its end."""
    offsets: dict[str, int] = dict((intake.cursor() or {}).get("offsets", {}))
    ends = _assign(intake, reading, consumer, offsets)
    began = time.monotonic()
    while any(offsets[str(partition)] < end for partition, end in ends.items()):
        messages = consumer.consume(_AT_ONCE, timeout=_AT_ONCE_S)
        if messages:
            _take(intake, reading, messages, offsets)
        elif not _moved(reading, consumer, offsets, ends) and time.monotonic() - began > _PATIENCE_S:
            raise UnreadableSourceError(f"topic {reading.topic}: no message arrives, although there are more")
        else:
            continue
        began = time.monotonic()


def _assign(intake: Intake, reading: KafkaReading, consumer: "Consumer", offsets: dict[str, int]) -> dict[int, int]:
    """Assigns the partitions at the stored offsets; returns the end of each partition that has unread messages.

    Messages that the broker has dropped since the last read are reported as faults.
    """
    from confluent_kafka import TopicPartition

    known = consumer.list_topics(reading.topic, timeout=_PATIENCE_S).topics[reading.topic]
    if known.error is not None or not known.partitions:
        raise UnreadableSourceError(f"topic {reading.topic}: {known.error or 'it has no partitions'}")
    ends, places = {}, []
    for partition in sorted(known.partitions):
        place = TopicPartition(reading.topic, partition)
        low, high = consumer.get_watermark_offsets(place, timeout=_PATIENCE_S)
        start = offsets.get(str(partition), low)
        if start < low:
            intake.faults.append(
                f"topic {reading.topic}, partition {partition}: the broker has dropped the messages from {start} to "
                f"{low - 1} before they were read; keep them longer or run intake more often"
            )
            start = low
        if start > high:
            intake.faults.append(
                f"topic {reading.topic}, partition {partition} ends at {high}, before {start}, up to which it was "
                "read; it was created anew, and is read from its start"
            )
            start = low
        offsets[str(partition)] = start
        if start < high:
            ends[partition] = high
            places.append(TopicPartition(reading.topic, partition, start))
    consumer.assign(places)
    return ends


def _take(intake: Intake, reading: KafkaReading, received: list[Any], offsets: dict[str, int]) -> None:
    messages = []
    for each in received:
        if each.error() is not None:
            raise UnreadableSourceError(f"topic {reading.topic}: {each.error().str()}")
        offsets[str(each.partition())] = each.offset() + 1
        if each.value() is not None:  # a message without a body (tombstone) deletes its key; keys are not used here
            key = f"{reading.topic}:{each.partition()}:{each.offset()}"
            messages.append(Message(key, f"message {key}", each.value()))
    take_messages(intake, messages, cursor=lambda: {"offsets": offsets})


def _moved(reading: KafkaReading, consumer: "Consumer", offsets: dict[str, int], ends: Mapping[int, int]) -> bool:
    """Moves offsets past entries without a message, such as transaction markers; whether there were any."""
    from confluent_kafka import TopicPartition

    moved = False
    for place in consumer.position([TopicPartition(reading.topic, partition) for partition in ends]):
        if place.offset > offsets[str(place.partition)]:
            offsets[str(place.partition)], moved = place.offset, True
    return moved
