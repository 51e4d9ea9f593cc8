"""Outlets and sources of a configuration as the other side's terms, with what the environment keeps."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scheduler.config import ConfigError, mail_server, read_config, webhook_target
from scheduler.config.model import Config
from scheduler.config.targets import kafka_settings, queue_target, sql_reading, table_target, topic_target, web_target

EVERYTHING = """
[source.list]
kind = "sql"
url = "sqlite:///tasks.db"
read = "SELECT * FROM work"
overlap = "2m"
[outlet.table]
kind = "sql"
url_env = "TABLE_URL"
table = "plan"
[outlet.queue]
kind = "amqp"
url = "amqp://host"
queue = "plans"
[outlet.exchange]
kind = "amqp"
url = "amqp://host"
exchange = "plans"
routing_key = "köln"
[outlet.topic]
kind = "kafka"
servers = "host:9092"
topic = "plans"
username = "allot"
password_env = "SECRET"
options = {"security.protocol" = "SASL_PLAINTEXT", "linger.ms" = 5}
[outlet.plain]
kind = "kafka"
servers = "host:9092"
topic = "plans"
[outlet.web]
kind = "http"
url = "https://host/plans"
token_env = "SECRET"
retries = 0
timeout = "2m"
[outlet.mail]
kind = "mail"
host = "host"
sender = "allot@host"
to = "desk@host"
[notify.hook]
kind = "webhook"
url = "https://host/alerts"
secret_env = "SECRET"
[notify.mail]
kind = "mail"
host = "host"
sender = "allot@host"
to = "desk@host"
username = "allot"
password_env = "SECRET"
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """A configuration of every kind, whose secrets are set."""
    monkeypatch.setenv("SECRET", "s3cret")
    monkeypatch.setenv("TABLE_URL", "sqlite:///plan.db")
    file = tmp_path / "allot.toml"
    file.write_text(EVERYTHING, encoding="utf-8")
    return read_config(file)


def test_files_start_at_the_folder_of_the_configuration(config: Config) -> None:
    source: Any = config.source["list"]
    reading = sql_reading(config, "list", source, "SELECT 1", accept_missing=True)
    assert reading.url == f"sqlite:///{config.folder / 'tasks.db'}"
    assert (reading.read, reading.overlap.total_seconds(), reading.accept_missing) == ("SELECT 1", 120, True)
    assert table_target(config, "table", outlet(config, "table")).url == f"sqlite:///{config.folder / 'plan.db'}"


def test_a_queue_is_reached_directly_or_by_an_exchange(config: Config) -> None:
    queue, exchange = (queue_target(config, name, outlet(config, name)) for name in ("queue", "exchange"))
    assert (queue.routing_key, queue.exchange) == ("plans", "")
    assert (exchange.routing_key, exchange.exchange) == ("köln", "plans")


def test_own_options_of_kafka_go_before_what_follows_from_a_username(config: Config) -> None:
    assert kafka_settings("outlet.topic", outlet(config, "topic")) == {
        "bootstrap.servers": "host:9092",
        "sasl.username": "allot",
        "sasl.mechanisms": "PLAIN",
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.password": "s3cret",
        "linger.ms": 5,
    }
    assert kafka_settings("outlet.plain", outlet(config, "plain")) == {"bootstrap.servers": "host:9092"}


def test_a_web_service_is_tried_once_more_than_it_is_tried_again(config: Config) -> None:
    web, hook = web_target(config, "web", outlet(config, "web")), webhook_target(config, "hook", notify(config, "hook"))
    assert (web.tries, web.timeout_s, web.token, web.secret) == (1, 120, "s3cret", None)
    assert (hook.tries > 1, hook.token, hook.secret) == (True, None, "s3cret")


def test_mail_goes_with_a_password_only_where_one_is_named(config: Config) -> None:
    assert mail_server("mail", outlet(config, "mail")).password is None
    assert mail_server("mail", notify(config, "mail")).password == "s3cret"


@pytest.mark.parametrize(
    ("made", "key"),
    [
        (lambda c: topic_target("topic", outlet(c, "topic")), "SECRET, named by outlet.topic.password_env"),
        (lambda c: web_target(c, "web", outlet(c, "web")), "SECRET, named by outlet.web.token_env"),
        (lambda c: webhook_target(c, "hook", notify(c, "hook")), "SECRET, named by notify.hook.secret_env"),
        (lambda c: mail_server("mail", notify(c, "mail")), "SECRET, named by notify.mail.password_env"),
        (lambda c: table_target(c, "table", outlet(c, "table")), "TABLE_URL, named by outlet.table.url_env"),
    ],
)
@pytest.mark.parametrize("value", [None, ""])
def test_a_secret_that_is_not_set_is_told_with_the_key_that_names_it(
    config: Config, monkeypatch: pytest.MonkeyPatch, made: Callable[[Config], Any], key: str, value: str | None
) -> None:
    for variable in ("SECRET", "TABLE_URL"):
        if value is None:
            monkeypatch.delenv(variable)
        else:
            monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError, match=f"^the environment variable {key}, is not set$"):
        made(config)


def outlet(config: Config, name: str) -> Any:
    """An outlet, of whatever kind it is."""
    return config.outlet[name]


def notify(config: Config, name: str) -> Any:
    """Who is told of alerts, in whatever way."""
    return config.notify[name]
