"""Tests whether a broker can be reached, for `allot config check`."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from data.brokers.amqp import opened_amqp
from data.brokers.kafka import quiet_logger
from data.store.errors import StoreUnreachableError, missing_extra

_PATIENCE_S = 5


def reach_amqp(url: str) -> None:
    """Connects to an AMQP broker and disconnects.

    Raises:
        StoreUnreachableError: it does not answer or refuses; the message contains no password.
        MissingExtraError: the client library is not installed.
    """
    with opened_amqp(url, "a source of kind amqp", lambda error: _fault(url, error)):
        pass


def _fault(url: str, error: Exception) -> StoreUnreachableError:
    """Why a broker of AMQP cannot be used, without the password of its URL."""
    parts, name = urlsplit(url), type(error).__name__
    host, text = parts.hostname or "the host of its url", str(error.args[-1]) if error.args else ""
    if not text or text == name or not name.startswith("Probable"):  # pika's guess of why it was refused
        return StoreUnreachableError(f"{host} does not answer: {text if isinstance(error, TimeoutError) else name}")
    return StoreUnreachableError(f"{host} refuses: {text.replace(parts.password, '***') if parts.password else text}")


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
    try:
        AdminClient(dict(settings), logger=quiet_logger()).list_topics(timeout=_PATIENCE_S)
    except KafkaException as error:
        said = error.args[0].str() if error.args else "no answer"
        raise StoreUnreachableError(f"{settings.get('bootstrap.servers')} does not answer: {said}") from error
