"""The configuration file, allot.toml: read and checked as a whole before anything runs.

Belongs here: what its sections hold (a kind of source is a section class in `model`), and whether what they name can be
reached. Not here: what is done with them (`scheduler/intake`, `scheduler/cycle`), and the policy (`scheduler/run`).
"""

from scheduler.config.model import (
    AmqpSource,
    Config,
    FolderSource,
    HttpSource,
    KafkaSource,
    Place,
    Source,
    SqlSource,
)
from scheduler.config.opened import configured, opened_store, ruling_of, terms_of
from scheduler.config.reach import Tried, kafka_settings, try_all
from scheduler.config.read import (
    ConfigError,
    find_config,
    read_config,
    secret,
    store_url,
    template_text,
    url_of,
)

__all__ = [
    "AmqpSource",
    "Config",
    "ConfigError",
    "FolderSource",
    "HttpSource",
    "KafkaSource",
    "Place",
    "Source",
    "SqlSource",
    "Tried",
    "configured",
    "find_config",
    "kafka_settings",
    "opened_store",
    "read_config",
    "ruling_of",
    "secret",
    "store_url",
    "template_text",
    "terms_of",
    "try_all",
    "url_of",
]
