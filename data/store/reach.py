"""Other people's databases: opened, or only tried. No message repeats a password."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine, make_url

from data.store.errors import StoreUnreachableError
from models import AllotError

_PATIENCE_S = 10


@contextmanager
def opened_database(url: str, fault: type[AllotError], *, may_make: bool = False) -> Iterator[Engine]:
    """The database of a URL. ``may_make``: a file of SQLite that is not there is made.

    Raises:
        fault: it is not there or does not answer, now or later in the body.
    """
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError as error:
        raise fault("its url is not a URL; write it like postgresql+psycopg://host/name") from error
    _require_file(parsed, fault, may_make)
    try:
        patience = {"connect_timeout": _PATIENCE_S} if parsed.get_driver_name().startswith("psycopg") else {}
        engine = sa.create_engine(parsed, poolclass=sa.NullPool, connect_args=patience)
    except ModuleNotFoundError as error:
        raise fault(f"the driver of {parsed.drivername} is not installed: {error.name}") from error
    except sa.exc.SQLAlchemyError as error:
        raise fault(_told(error, parsed.password)) from error
    try:
        yield engine
    except (sa.exc.SQLAlchemyError, OSError, engine.dialect.loaded_dbapi.Error) as error:
        raise fault(_told(error, parsed.password)) from error


def _require_file(parsed: URL, fault: type[AllotError], may_make: bool) -> None:
    """Refuses a file of SQLite that is not there: connecting would make one."""
    file = Path(parsed.database or "")
    if parsed.get_backend_name() != "sqlite" or file.is_file():
        return
    if not may_make or not parsed.database:
        raise fault(f"there is no file {parsed.database}")
    if not file.parent.is_dir():
        raise fault(f"there is no folder {file.parent}")


def _told(error: Exception, password: object) -> str:
    said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0][:300]
    return said.replace(str(password), "***") if password else said


def reach_database(url: str, *, may_make: bool = False) -> None:
    """Connects to any database and lets go again.

    Raises:
        StoreUnreachableError: the database does not answer, the URL is not one, or the driver is not installed. The
            message never contains a password.
    """
    with opened_database(url, StoreUnreachableError, may_make=may_make) as engine:
        if engine.dialect.name != "sqlite" or not may_make:
            with engine.connect():
                pass
