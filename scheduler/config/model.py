"""The sections of allot.toml, with their keys, types and defaults."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, field_validator

from data import TABLES, check_timezone, parse_duration


class Section(BaseModel):
    """A section: unknown keys are refused, values are immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _length(text: str) -> str:
    parse_duration(text)
    return text


_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _variable(name: str) -> str:
    # the message does not repeat the value, which may be the secret itself
    if not _VARIABLE.fullmatch(name):
        raise ValueError("names an environment variable, such as ALLOT_SECRET; the secret itself stays out of the file")
    return name


Text = Annotated[str, Field(min_length=1)]
Length = Annotated[str, AfterValidator(_length)]
Zone = Annotated[str, AfterValidator(check_timezone)]
Variable = Annotated[str, AfterValidator(_variable)]


class Place(Section):
    """A section with a URL, in the file or in an environment variable; `read` checks that it has exactly one."""

    url: Text | None = None
    url_env: Variable | None = None


class StoreSection(Place):
    """`[store]`: where the task list is kept."""


class RunsSection(Section):
    """`[runs]`: where `allot cycle` puts its runs."""

    folder: Text = "runs"


class _Source(Section):
    """The keys of sources of every kind.

    ``map`` and ``preset`` map its columns to ours, see `data.read_mapping`. A source without news for longer than
    ``max_age`` is stale. ``prefix`` is put before its ids to make task ids. ``shared`` lets it and others change
    the same tasks; ``reopen`` allows it to restart closed tasks. ``tables`` makes it a source of people.
    """

    map: dict[str, Any] = Field(default_factory=dict)
    preset: Text | None = None
    timezone: Zone | None = None
    max_age: Length | None = None
    prefix: str = ""
    shared: bool = False
    reopen: bool = False
    tables: list[str] = Field(default_factory=list)
    mode: Literal["replace", "merge"] = "replace"

    @field_validator("tables")
    @classmethod
    def _tables_of_people(cls, names: list[str]) -> list[str]:
        known = [name for name in TABLES if name != "tasks"]
        wrong = [name for name in names if name not in known]
        if wrong:
            raise ValueError(f"{', '.join(wrong)}: tables of people are {', '.join(known)}")
        return names


class FolderSource(_Source):
    """Files that are dropped into ``path/inbound``."""

    kind: Literal["folder"]
    path: Text


class SqlSource(_Source, Place):
    """Rows of a database."""

    kind: Literal["sql"]
    read: Text | dict[str, Text]
    cursor: Text | None = None
    overlap: Length = "5m"
    full: bool = False
    missing: Literal["keep", "complete", "cancel"] = "keep"
    mark: Text | None = None


class AmqpSource(_Source, Place):
    """A queue of RabbitMQ or another broker."""

    kind: Literal["amqp"]
    queue: Text
    prefetch: Annotated[int, Field(ge=1, le=65535)] = 500
    dead_letter: Text | None = None


class KafkaSource(_Source):
    """A topic of Kafka. ``options`` are passed on to librdkafka."""

    kind: Literal["kafka"]
    servers: Text
    topic: Text
    username: Text | None = None
    password_env: Variable | None = None
    options: dict[str, str | int | bool] = Field(default_factory=dict)


class HttpSource(_Source):
    """Operations that the HTTP service receives."""

    kind: Literal["http"]
    token_env: Variable | None = None


Source = FolderSource | SqlSource | AmqpSource | KafkaSource | HttpSource

SOURCES: Mapping[str, type[Source]] = {
    "folder": FolderSource,
    "sql": SqlSource,
    "amqp": AmqpSource,
    "kafka": KafkaSource,
    "http": HttpSource,
}
"""The section class of each kind of source."""


class Config(Section):
    """A whole configuration file; its relative paths start at ``folder``.

    ``rule`` and ``calendar`` are kept as written, for `data.read_rules` and `data.read_calendars`. A new section is
    a new field here; `read` follows the types.
    """

    policy: Text | None = None
    timezone: Zone = "UTC"
    horizon: Length | None = None
    store: StoreSection = StoreSection()
    runs: RunsSection = RunsSection()
    source: dict[str, Source] = Field(default_factory=dict)
    rule: list[dict[str, Any]] = Field(default_factory=list)
    calendar: dict[str, Any] = Field(default_factory=dict)

    _file: Path = PrivateAttr(default=Path("allot.toml"))

    @property
    def file(self) -> Path:
        """The file from which it was read."""
        return self._file

    @property
    def folder(self) -> Path:
        """The folder at which relative paths start."""
        return self._file.resolve().parent

    def path(self, name: str) -> Path:
        """A path in the file, resolved."""
        return self.folder / name
