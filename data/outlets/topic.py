"""A topic of Kafka: a message a task, its key the task, so that a compacted topic keeps the newest of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from data.brokers.kafka import quiet_logger, said
from data.outlets.side import Done, OutletError, batches, messages
from data.store.errors import missing_extra

if TYPE_CHECKING:
    from confluent_kafka import Producer

_PATIENCE_S = 20
_AT_ONCE = 5000


@dataclass(frozen=True)
class TopicTarget:
    """Which topic, and what librdkafka is told."""

    settings: Mapping[str, str | int | bool] = field(repr=False)
    topic: str


def hand_to_topic(target: TopicTarget, rows: pl.DataFrame, done: Done) -> None:
    """Produces a message for each row.

    Raises:
        OutletError: no broker answers, or one refuses a message; those that arrived are done.
    """
    try:
        from confluent_kafka import KafkaException, Producer
    except ModuleNotFoundError as error:
        raise missing_extra("an outlet of kind kafka", "kafka") from error
    settings = {
        "message.timeout.ms": int(_PATIENCE_S * 1000 * 3 / 4),
        **target.settings,
        # ours: each message is written once, and said to be there when all replicas have it
        "acks": "all",
        "enable.idempotence": True,
    }
    try:
        producer = Producer(settings, logger=quiet_logger())
        for some in batches(rows, _AT_ONCE):
            _produce(producer, target, some, done)
    except (KafkaException, BufferError) as error:
        raise OutletError(f"topic {target.topic}: {said(error)}") from error


def _produce(producer: "Producer", target: TopicTarget, rows: pl.DataFrame, done: Done) -> None:
    arrived: list[str] = []
    faults: list[str] = []

    def told(error: Any, message: Any) -> None:
        if error is None:
            arrived.append(message.key().decode())
        else:
            faults.append(error.str())

    for task, body in messages(rows):
        producer.produce(target.topic, body, key=task.encode(), on_delivery=told)
    unsure = producer.flush(_PATIENCE_S)
    done(rows.filter(pl.col("task_id").is_in(arrived)))
    if faults or unsure:
        why = faults[0] if faults else "no answer from a broker"
        raise OutletError(f"topic {target.topic}: {why}")
