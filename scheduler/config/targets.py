"""What the configuration says of an outlet or source, as the other side's own terms; secrets come from the environment
here.
"""

from typing import TYPE_CHECKING

from data import parse_duration
from scheduler.config.alerts import MailNotify, WebhookNotify
from scheduler.config.model import (
    AmqpOutlet,
    Config,
    HttpOutlet,
    KafkaOutlet,
    KafkaSource,
    MailOutlet,
    SqlOutlet,
    SqlSource,
)
from scheduler.config.read import secret, url_of

if TYPE_CHECKING:
    from data import MailServer, QueueTarget, SqlReading, TableTarget, TopicTarget, WebTarget


def sql_reading(
    config: Config, name: str, source: SqlSource, read: str, *, accept_missing: bool = False
) -> "SqlReading":
    """How the tasks of a database are read."""
    from data import SqlReading

    return SqlReading(
        url=url_of(config, source, f"source.{name}"),
        read=read,
        cursor=source.cursor,
        overlap=parse_duration(source.overlap),
        full=source.full,
        missing=source.missing,
        mark=source.mark,
        accept_missing=accept_missing,
    )


def table_target(config: Config, name: str, outlet: SqlOutlet) -> "TableTarget":
    """The table of an outlet."""
    from data import TableTarget

    return TableTarget(url_of(config, outlet, f"outlet.{name}"), outlet.table)


def queue_target(config: Config, name: str, outlet: AmqpOutlet) -> "QueueTarget":
    """The queue or exchange of an outlet."""
    from data import QueueTarget

    url = url_of(config, outlet, f"outlet.{name}")
    return QueueTarget(url, outlet.queue or outlet.routing_key, outlet.exchange or "")


def topic_target(name: str, outlet: KafkaOutlet) -> "TopicTarget":
    """The topic of an outlet."""
    from data import TopicTarget

    return TopicTarget(kafka_settings(f"outlet.{name}", outlet), outlet.topic)


def web_target(config: Config, name: str, outlet: HttpOutlet) -> "WebTarget":
    """The web service of an outlet."""
    from data import WebTarget

    return WebTarget(
        url_of(config, outlet, f"outlet.{name}"),
        token=secret(outlet.token_env, f"outlet.{name}.token_env") if outlet.token_env else None,
        at_once=outlet.batch,
        tries=outlet.retries + 1,
        timeout_s=parse_duration(outlet.timeout).total_seconds(),
    )


def webhook_target(config: Config, name: str, notify: WebhookNotify) -> "WebTarget":
    """The web service that is told of alerts."""
    from data import WebTarget

    return WebTarget(
        url_of(config, notify, f"notify.{name}"),
        secret=secret(notify.secret_env, f"notify.{name}.secret_env") if notify.secret_env else None,
        tries=notify.retries + 1,
        timeout_s=parse_duration(notify.timeout).total_seconds(),
    )


def mail_server(name: str, outlet: MailOutlet | MailNotify) -> "MailServer":
    """The mail server of an outlet, or of who is told of alerts."""
    from data import MailServer

    key = f"{'notify' if isinstance(outlet, MailNotify) else 'outlet'}.{name}"
    return MailServer(
        host=outlet.host,
        sender=outlet.sender,
        port=outlet.port,
        security=outlet.security,
        username=outlet.username,
        password=secret(outlet.password_env, f"{key}.password_env") if outlet.password_env else None,
    )


def kafka_settings(key: str, section: KafkaSource | KafkaOutlet) -> dict[str, str | int | bool]:
    """What librdkafka is told of a source or an outlet, in the section ``key``.

    Raises:
        ConfigError: the environment variable of the password is not set.
    """
    settings: dict[str, str | int | bool] = {"bootstrap.servers": section.servers}
    if section.username is not None:
        settings |= {"sasl.username": section.username, "sasl.mechanisms": "PLAIN", "security.protocol": "SASL_SSL"}
    if section.password_env is not None:
        settings["sasl.password"] = secret(section.password_env, f"{key}.password_env")
    return settings | section.options
