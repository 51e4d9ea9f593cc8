"""The configuration file, allot.toml: read and checked as a whole before anything runs.

Belongs here: what its sections hold (a kind of source is a section class in `model`), and whether what they name can be
reached. Not here: what is done with them (`scheduler/intake`, `scheduler/cycle`), and the policy (`scheduler/run`).
"""

from scheduler.config.alerts import (
    AGES,
    TARGET,
    AlertSection,
    FileNotify,
    MailNotify,
    Notify,
    WebhookNotify,
)
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
from scheduler.config.opened import configured, opened_store, remarks_on, ruling_of, terms_of, workers_here, workers_in
from scheduler.config.reach import Tried, try_all
from scheduler.config.read import (
    ConfigError,
    find_config,
    has_store,
    read_config,
    secret,
    store_url,
    template_text,
    url_of,
)
from scheduler.config.section import Place
from scheduler.config.targets import (
    kafka_settings,
    mail_server,
    queue_target,
    table_target,
    topic_target,
    web_target,
    webhook_target,
)

__all__ = [
    "AGES",
    "TARGET",
    "AlertSection",
    "AmqpOutlet",
    "AmqpSource",
    "Config",
    "ConfigError",
    "FileNotify",
    "FolderOutlet",
    "FolderSource",
    "HttpOutlet",
    "HttpSource",
    "KafkaOutlet",
    "KafkaSource",
    "MailNotify",
    "MailOutlet",
    "Notify",
    "Outlet",
    "Place",
    "Source",
    "SqlOutlet",
    "SqlSource",
    "Tried",
    "WebhookNotify",
    "configured",
    "find_config",
    "has_store",
    "kafka_settings",
    "mail_server",
    "opened_store",
    "queue_target",
    "read_config",
    "remarks_on",
    "ruling_of",
    "secret",
    "store_url",
    "table_target",
    "template_text",
    "terms_of",
    "topic_target",
    "try_all",
    "url_of",
    "web_target",
    "webhook_target",
    "workers_here",
    "workers_in",
]
