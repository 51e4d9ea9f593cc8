"""Tries to reach the store and every source of a configuration, for `allot config check`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from models import AllotError
from scheduler.config.model import AmqpSource, Config, FolderSource, HttpSource, KafkaSource, Source, SqlSource
from scheduler.config.opened import opened_store
from scheduler.config.read import secret, shown_url, url_of


@dataclass(frozen=True)
class Tried:
    """The result of trying to reach something; ``fault`` is why it cannot be reached, if so."""

    name: str
    what: str
    fault: str | None = None


def try_all(config: Config) -> Iterator[Tried]:
    """Tries the store and every source."""
    yield _tried("store", shown_url(config), partial(_store, config))
    for name, source in config.source.items():
        yield _tried(f"source {name}", source.kind, partial(_source, config, name, source))


def _tried(name: str, what: str, reach: Callable[[], None]) -> Tried:
    try:
        reach()
    except (AllotError, OSError) as error:
        return Tried(name, what, str(error))
    return Tried(name, what)


def _store(config: Config) -> None:
    with opened_store(config):
        pass


def _source(config: Config, name: str, source: Source) -> None:
    """Tries one source.

    Raises:
        AllotError, OSError: the source cannot be reached; the message says why.
    """
    match source:
        case FolderSource():
            folder = config.path(source.path)
            if not folder.is_dir():
                raise NotADirectoryError(f"there is no folder {folder}")
        case SqlSource():
            from data import reach_database

            reach_database(url_of(config, source, f"source.{name}"))
        case AmqpSource():
            from data import reach_amqp

            reach_amqp(url_of(config, source, f"source.{name}"))
        case KafkaSource():
            from data import reach_kafka

            reach_kafka(kafka_settings(name, source))
        case HttpSource():
            if source.token_env:
                secret(source.token_env, f"source.{name}.token_env")


def kafka_settings(name: str, source: KafkaSource) -> dict[str, str | int | bool]:
    """The settings of librdkafka for a source.

    Raises:
        ConfigError: the environment variable of the password is not set.
    """
    settings: dict[str, str | int | bool] = {"bootstrap.servers": source.servers}
    if source.username is not None:
        settings |= {"sasl.username": source.username, "sasl.mechanisms": "PLAIN", "security.protocol": "SASL_SSL"}
    if source.password_env is not None:
        settings["sasl.password"] = secret(source.password_env, f"source.{name}.password_env")
    return settings | source.options
