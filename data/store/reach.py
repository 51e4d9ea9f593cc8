"""Tests whether a database can be reached, for `allot config check`."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from data.store.errors import StoreUnreachableError


def reach_database(url: str) -> None:
    """Connects to a database and disconnects.

    Raises:
        StoreUnreachableError: the database does not answer, the URL is not one, or the driver is not installed. The
            message never contains a password.
    """
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError as error:
        raise StoreUnreachableError("its url is not a URL") from error
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        raise StoreUnreachableError(f"there is no file {parsed.database}")  # connecting would create it
    try:
        engine = sa.create_engine(parsed, poolclass=sa.NullPool)
        with engine.connect():
            pass
    except (sa.exc.SQLAlchemyError, ModuleNotFoundError, ValueError) as error:
        said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        raise StoreUnreachableError(said.replace(str(parsed.password), "***") if parsed.password else said) from error
