"""The configuration file, allot.toml: read and checked as a whole before anything runs.

Belongs here: what its sections hold. Not here: what is done with them, and the policy (`scheduler/run`).
"""

from scheduler.config.model import (
    AmqpSource,
    Calendar,
    Config,
    FolderSource,
    HttpSource,
    KafkaSource,
    Rule,
    Source,
    SqlSource,
)
from scheduler.config.read import PEOPLE, ConfigError, find_config, read_config, secret, store_url, template_text

__all__ = [
    "PEOPLE",
    "AmqpSource",
    "Calendar",
    "Config",
    "ConfigError",
    "FolderSource",
    "HttpSource",
    "KafkaSource",
    "Rule",
    "Source",
    "SqlSource",
    "find_config",
    "read_config",
    "secret",
    "store_url",
    "template_text",
]
