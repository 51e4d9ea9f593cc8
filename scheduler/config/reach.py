"""Tries to reach the store and every source of a configuration, for `allot config check`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from models import AllotError
from scheduler.config.alerts import FileNotify, MailNotify, Notify, WebhookNotify
from scheduler.config.model import (
    AmqpOutlet,
    AmqpSource,
    Config,
    FolderOutlet,
    FolderSource,
    HttpOutlet,
    HttpSource,
    KafkaOutlet,
    KafkaSource,
    MailOutlet,
    Outlet,
    Source,
    SqlOutlet,
    SqlSource,
)
from scheduler.config.opened import opened_store, terms_of, workers_in
from scheduler.config.read import has_store, secret, shown_url, url_of
from scheduler.config.targets import (
    kafka_settings,
    mail_server,
    queue_target,
    sql_reading,
    table_target,
    topic_target,
    web_target,
    webhook_target,
)
from scheduler.workers import opened_workers


@dataclass(frozen=True)
class Tried:
    """The result of trying to reach something; ``fault`` is why it cannot be reached, if so."""

    name: str
    what: str
    fault: str | None = None


def try_all(config: Config) -> Iterator[Tried]:
    """Tries the store, where something needs one, the cluster, every source and every outlet."""
    if has_store(config) or config.source or config.outlet or config.alert:
        yield _tried("store", shown_url(config), partial(_store, config))
    if config.executor.workers.startswith("tls://"):
        yield _tried("executor", config.executor.workers, partial(_executor, config))
    for name, source in config.source.items():
        yield _tried(f"source {name}", source.kind, partial(_source, config, name, source))
    for name, outlet in config.outlet.items():
        yield _tried(f"outlet {name}", outlet.kind, partial(_outlet, config, name, outlet))
    for name, notify in config.notify.items():
        yield _tried(f"notify {name}", notify.kind, partial(_notify, config, name, notify))


def _tried(name: str, what: str, reach: Callable[[], None]) -> Tried:
    try:
        reach()
    except (AllotError, OSError) as error:
        return Tried(name, what, str(error))
    return Tried(name, what)


def _store(config: Config) -> None:
    with opened_store(config):
        pass


def _executor(config: Config) -> None:
    with opened_workers(workers_in(config)):
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
        case SqlSource(read=str(read)):
            from data import try_sql

            try_sql(terms_of(config, name), sql_reading(config, name, source, read))
        case SqlSource(read=dict(reads)):
            from data import try_people_sql

            try_people_sql(url_of(config, source, f"source.{name}"), reads)
        case AmqpSource():
            from data import reach_amqp

            reach_amqp(url_of(config, source, f"source.{name}"))
        case KafkaSource():
            from data import reach_kafka

            reach_kafka(kafka_settings(f"source.{name}", source))
        case HttpSource():
            if source.token_env:
                secret(source.token_env, f"source.{name}.token_env")


def _outlet(config: Config, name: str, outlet: Outlet) -> None:
    """Tries one outlet; nothing is handed out.

    Raises:
        AllotError, OSError: it cannot be reached; the message says why.
    """
    match outlet:
        case SqlOutlet():
            from data import reach_database

            reach_database(table_target(config, name, outlet).url, may_make=True)
        case AmqpOutlet():
            from data import reach_amqp

            reach_amqp(queue_target(config, name, outlet).url)
        case KafkaOutlet():
            from data import reach_kafka

            reach_kafka(topic_target(name, outlet).settings)
        case HttpOutlet():
            from data import reach_web

            reach_web(web_target(config, name, outlet))
        case FolderOutlet():
            from data import require_folder

            require_folder(config.path(outlet.path))
        case MailOutlet():
            from data import reach_mail

            reach_mail(mail_server(name, outlet))


def _notify(config: Config, name: str, notify: Notify) -> None:
    """Reaches who is told of alerts; nothing is sent.

    Raises:
        AllotError: they cannot be reached; the message says why.
    """
    match notify:
        case MailNotify():
            from data import reach_mail

            reach_mail(mail_server(name, notify))
        case WebhookNotify():
            from data import reach_web

            reach_web(webhook_target(config, name, notify))
        case FileNotify():
            from data import require_folder

            require_folder(config.path(notify.path).parent)
