"""The sections of allot.toml, with their keys, types and defaults."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, field_validator

from data import TABLES
from scheduler.config.alerts import AlertSection, Notify
from scheduler.config.section import Addresses, Length, Mailing, Place, Section, Text, Variable, Workers, Zone


class StoreSection(Place):
    """`[store]`: where the task list is kept."""


class RunsSection(Section):
    """`[runs]`: where `allot cycle` puts its runs, and how long it keeps them; without ``keep`` for ever."""

    folder: Text = "runs"
    keep: Length | None = None


class ExecutorSection(Section):
    """`[executor]`: who looks for plans, as ``--workers`` says; for a cluster the files of its certificates."""

    workers: Workers = "auto"
    ca: Text | None = None
    cert: Text | None = None
    key: Text | None = None


class NextSection(Section):
    """`[next]`: tasks handed out one by one. ``lease``: so long a task waits for who was handed it to start."""

    lease: Length = "10m"


class ServeSection(Section):
    """`[serve]`: the HTTP service. ``token_env`` names the token of who may do everything; ``prefix`` is the path under
    which a proxy shows it.
    """

    host: Text = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8321
    token_env: Variable | None = None
    prefix: Annotated[str, Field(pattern=r"^(/[A-Za-z0-9._~-]+)*$")] = ""


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


class _Outlet(Section):
    """What outlets of every kind may say. ``cycle``: `allot cycle` hands out to it."""

    cycle: bool = True


class SqlOutlet(_Outlet, Place):
    """A table of PostgreSQL or SQLite, which is made where there is none."""

    kind: Literal["sql"]
    table: Text


class AmqpOutlet(_Outlet, Place):
    """A queue of RabbitMQ or another broker, or an exchange with a routing key."""

    kind: Literal["amqp"]
    queue: Text | None = None
    exchange: Text | None = None
    routing_key: str = ""


class KafkaOutlet(_Outlet):
    """A topic of Kafka. ``options`` are passed on to librdkafka."""

    kind: Literal["kafka"]
    servers: Text
    topic: Text
    username: Text | None = None
    password_env: Variable | None = None
    options: dict[str, str | int | bool] = Field(default_factory=dict)


class HttpOutlet(_Outlet, Place):
    """A web service that takes rows by POST, ``batch`` at a time, tried again so many times after the first."""

    kind: Literal["http"]
    token_env: Variable | None = None
    batch: Annotated[int, Field(ge=1, le=100_000)] = 500
    retries: Annotated[int, Field(ge=0, le=20)] = 3
    timeout: Length = "15s"


class FolderOutlet(_Outlet):
    """A folder for files: what changed as CSV, a workbook a team, a calendar a person."""

    kind: Literal["folder"]
    path: Text


class MailOutlet(_Outlet, Mailing):
    """A mail server. ``teams`` has the addresses of each team, ``to`` those of all others, ``people`` those of agents,
    by id, who get their own calendar.
    """

    kind: Literal["mail"]
    teams: dict[str, Addresses] = Field(default_factory=dict)
    to: Addresses = Field(default_factory=list)
    people: dict[str, Addresses] = Field(default_factory=dict)


Outlet = SqlOutlet | AmqpOutlet | KafkaOutlet | HttpOutlet | FolderOutlet | MailOutlet

OUTLETS: Mapping[str, type[Outlet]] = {
    "sql": SqlOutlet,
    "amqp": AmqpOutlet,
    "kafka": KafkaOutlet,
    "http": HttpOutlet,
    "folder": FolderOutlet,
    "mail": MailOutlet,
}
"""What an outlet may be, by its kind."""


class CycleSection(Section):
    """`[cycle]`: what `allot cycle` does with a plan that holds."""

    publish: bool = True


class HistorySection(Section):
    """`[history]`: how long `allot history prune` leaves things; without an entry, for ever.

    ``runs``: key figures of runs; ``days``: those of days; ``events``: finished tasks with their operations;
    ``names``: who it was that did something, before that becomes a pseudonym.
    """

    runs: Length | None = None
    days: Length | None = None
    events: Length | None = None
    names: Length | None = None


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
    executor: ExecutorSection = ExecutorSection()
    next: NextSection = NextSection()
    serve: ServeSection = ServeSection()
    cycle: CycleSection = CycleSection()
    history: HistorySection = HistorySection()
    source: dict[str, Source] = Field(default_factory=dict)
    outlet: dict[str, Outlet] = Field(default_factory=dict)
    rule: list[dict[str, Any]] = Field(default_factory=list)
    calendar: dict[str, Any] = Field(default_factory=dict)
    alert: list[AlertSection] = Field(default_factory=list)
    notify: dict[str, Notify] = Field(default_factory=dict)

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
