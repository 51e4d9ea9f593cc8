"""Work on the same thing, done by one process at a time. Whoever dies lets go of its turn."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock, Timeout

from data.store.errors import StoreUnreachableError
from data.store.store import Store
from models import LockError

_LOCK = 0x616C6C70  # of PostgreSQL's advisory locks: the first of two numbers
_LOOK_S = 0.2


@contextmanager
def one_at_a_time(store: Store, what: str, patience_s: float) -> Iterator[None]:
    """Holds the turn for ``what``, on this store, while the body runs.

    Raises:
        LockError: another process has it for longer than ``patience_s``.
    """
    number = int.from_bytes(hashlib.sha256(what.encode()).digest()[:4], signed=True)
    taken = LockError(f"another process is at work on {what}; wait for it")
    if store.is_sqlite:
        file = Path(f"{store.url.database}.{number & 0xFFFFFFFF:08x}.lock")
        lock = FileLock(file)
        try:
            lock.acquire(timeout=patience_s)
        except Timeout as error:
            raise taken from error
        try:
            yield
        finally:
            with suppress(OSError):
                file.unlink()  # while it is held, as `data.runs` does
            lock.release()
        return
    try:
        connecting = store.engine.connect()
    except sa.exc.OperationalError as error:
        raise StoreUnreachableError(f"the store in {store.name} does not answer: {error.orig}") from error
    with connecting.execution_options(isolation_level="AUTOCOMMIT") as connection:
        end = time.monotonic() + patience_s
        while not connection.execute(sa.select(sa.func.pg_try_advisory_lock(_LOCK, number))).scalar():
            if time.monotonic() > end:
                raise taken
            time.sleep(_LOOK_S)
        try:
            yield
        finally:
            with suppress(sa.exc.DBAPIError):  # a connection that broke has let go of it
                connection.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK, number)))
