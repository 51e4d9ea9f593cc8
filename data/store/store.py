"""A store: one database, opened in the version that this code knows."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.engine import Connection as Connection
from sqlalchemy.pool import ConnectionPoolEntry

from data.store.errors import StoreError, StoreUnreachableError, missing_extra

VERSION = "0010"
"""The newest migration."""

_PATIENCE_S = 60
_CONNECT_S = 10
_CACHE_KB = 128 * 1024  # of SQLite: writes to indexes of ids are scattered
_PAGE_BYTES = 2048  # of SQLite: a changed task rewrites its page twice, and changed tasks lie far apart
_LOG_BYTES = 64_000_000  # of SQLite: a larger log is written back less often
_FILE = "file"  # under this name a connection has the file that it has opened
_LOCK = 0x616C6C6F  # of PostgreSQL's advisory locks: one writer at a time, as SQLite has it
_DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


class Store:
    """The store in the database of a URL; a relative SQLite file starts at ``folder``.

    Raises:
        StoreError: the URL is invalid, or its database cannot hold a store.
    """

    def __init__(self, url: str, folder: Path | None = None) -> None:
        self.url = store_url(url, folder)
        self.engine = _engine(self.url)

    @property
    def name(self) -> str:
        """Its URL without the password, for messages."""
        plain = self.url.set(drivername=self.url.get_backend_name())
        return plain.render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is an SQLite file."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read transaction, which sees one consistent state of the store."""
        with self._told(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self, *, by_batches: bool = False) -> Iterator[Connection]:
        """A write transaction, one at a time for the whole store; committed if the body raises no error.

        ``by_batches``: no statement changes more than a batch of rows, so what would undo it may be in memory.
        """
        with self._told(), self.engine.connect() as opened:
            connection = opened.execution_options(allot_writes=True, allot_batches=by_batches)
            with connection.begin():
                if not self.is_sqlite:
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
                yield connection

    def version(self) -> str | None:
        """The last migration applied to it; ``None`` if there is no store yet."""
        if self.is_sqlite and not _file_of(self.url).exists():
            return None
        with self.reading() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)

    def require_version(self) -> None:
        """Refuses a store of another version than the code's.

        Raises:
            StoreError: the store is missing, older or newer; the message says what to do.
        """
        version = self.version()
        if version == VERSION:
            return
        if version is None:
            raise StoreError(f"there is no store in {self.name} yet; create it with: allot store upgrade")
        if version < VERSION:
            raise StoreError(
                f"the store in {self.name} has an older version ({version}; this allot needs {VERSION}); "
                "upgrade it with: allot store upgrade"
            )
        raise StoreError(
            f"the store in {self.name} has a newer version ({version}) than this allot knows ({VERSION}); "
            "install the newer allot, or use another store"
        )

    def close(self) -> None:
        """Closes all connections."""
        self.engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turns errors of the connection into :class:`StoreUnreachableError`."""
        try:
            yield
        except sa.exc.DatabaseError as error:
            broken = self.is_sqlite and type(error) is sa.exc.DatabaseError  # the file is damaged, or no database
            if not broken and not isinstance(error, sa.exc.OperationalError):
                raise
            said = str(error.orig).strip().partition("\n")[0]
            said = said.replace(self.url.password, "***") if self.url.password else said
            raise StoreUnreachableError(f"the store in {self.name} does not answer: {said}") from error


def open_store(url: str, folder: Path | None = None) -> Store:
    """Opens the store of a URL; a relative SQLite file starts at ``folder``.

    Raises:
        StoreError: there is no store, it does not answer, or its version is not the code's.
    """
    store = Store(url, folder)
    try:
        store.require_version()
    except StoreError:
        store.close()
        raise
    return store


def store_url(url: str, folder: Path | None = None) -> URL:
    """The URL with the driver filled in, and a relative SQLite file resolved against the folder.

    Raises:
        StoreError: the URL is invalid, or names a database other than SQLite or PostgreSQL.
    """
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError as error:
        raise StoreError("the store's url is not a URL; write it like sqlite:///allot.db") from error
    driver = _DRIVERS.get(parsed.drivername.partition("+")[0])
    if driver is None:
        raise StoreError(f"a store is sqlite:///FILE or postgresql+psycopg://..., not {parsed.drivername}")
    if "+" not in parsed.drivername:
        parsed = parsed.set(drivername=driver)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise StoreError("a store in memory would be lost at once; write its url like sqlite:///allot.db")
        parsed = parsed.set(database=str((folder or Path()).resolve() / parsed.database))
    return parsed


def _file_of(url: URL) -> Path:
    return Path(url.database or "")


def _identity(file: Path) -> tuple[int, int] | None:
    """What distinguishes a file from others, also of the same name; ``None`` if it is not there."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    settings = {"connect_timeout": _CONNECT_S, "options": "-c TimeZone=UTC"}
    try:
        return sa.create_engine(url, pool_pre_ping=True, connect_args=settings)
    except ModuleNotFoundError as error:
        raise missing_extra(f"a store in {url.get_backend_name()}", "postgres") from error


def _sqlite(url: URL) -> Engine:
    engine = sa.create_engine(url, connect_args={"timeout": _PATIENCE_S})

    file = _file_of(url)

    @sa.event.listens_for(engine, "connect")
    def settings(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # otherwise Python begins transactions by itself
        for pragma in (
            f"page_size = {_PAGE_BYTES}",  # of a new store; an older one keeps its own
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            f"cache_size = -{_CACHE_KB}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_BYTES // size}")
        record.info[_FILE] = _identity(file)

    @sa.event.listens_for(engine, "checkout")
    def same_file(connection: sqlite3.Connection, record: ConnectionPoolEntry, proxy: object) -> None:
        # what is written to a file that was removed, or replaced by a copy, is lost
        found = _identity(file)
        if found is None:
            raise sa.exc.OperationalError("", {}, sqlite3.OperationalError("its file has been removed"))
        if found != record.info[_FILE]:
            raise sa.exc.DisconnectionError("another file is in its place, which is opened now")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # a transaction that begins as a reader can fail when it first writes
        options = connection.get_execution_options()
        writes, in_memory = options.get("allot_writes"), options.get("allot_batches")
        # pages as they were before a statement, should it fail: in a file, a fifth more is written
        connection.exec_driver_sql(f"PRAGMA temp_store = {'MEMORY' if in_memory else 'DEFAULT'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
