"""Tests whether a broker can be reached, for `allot config check`."""

import logging
from collections.abc import Mapping
from urllib.parse import urlsplit

from data.store.errors import StoreUnreachableError, missing_extra

_PATIENCE_S = 5


def reach_amqp(url: str) -> None:
    """Connects to an AMQP broker and disconnects.

    Raises:
        StoreUnreachableError: it does not answer or refuses; the message contains no password.
        MissingExtraError: the client library is not installed.
    """
    try:
        import pika
        from pika.exceptions import AMQPError
    except ModuleNotFoundError as error:
        raise missing_extra("a source of kind amqp", "amqp") from error
    try:
        parameters = pika.URLParameters(url)
        parameters.blocked_connection_timeout = parameters.socket_timeout = _PATIENCE_S
        pika.BlockingConnection(parameters).close()
    except (AMQPError, OSError, ValueError) as error:
        raise StoreUnreachableError(_told(url, error)) from error


def _told(url: str, error: Exception) -> str:
    """Why a broker of AMQP cannot be used, without the password of its URL."""
    parts, name = urlsplit(url), type(error).__name__
    host, text = parts.hostname or "the host of its url", str(error.args[-1]) if error.args else ""
    if not text or text == name or not name.startswith("Probable"):  # pika's guess of why it was refused
        return f"{host} does not answer: {name}"
    return f"{host} refuses: {text.replace(parts.password, '***') if parts.password else text}"


def reach_kafka(settings: Mapping[str, str | int | bool]) -> None:
    """Asks Kafka brokers for their topics.

    Raises:
        StoreUnreachableError: none answers.
        MissingExtraError: the client library is not installed.
    """
    try:
        from confluent_kafka import KafkaException
        from confluent_kafka.admin import AdminClient
    except ModuleNotFoundError as error:
        raise missing_extra("a source of kind kafka", "kafka") from error
    quiet = logging.getLogger("allot.kafka")
    try:
        AdminClient(dict(settings), logger=quiet).list_topics(timeout=_PATIENCE_S)
    except KafkaException as error:
        said = error.args[0].str() if error.args else "no answer"
        raise StoreUnreachableError(f"{settings.get('bootstrap.servers')} does not answer: {said}") from error
