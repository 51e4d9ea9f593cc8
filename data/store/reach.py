"""Whether a database can be reached: for `allot config check`."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from data.store.errors import StoreUnreachableError


def reach_database(url: str) -> None:
    """Connects to any database and lets go again.

    Raises:
        StoreUnreachableError: it is not there, not a URL, or its driver is not installed; no password is told.
    """
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError as error:
        raise StoreUnreachableError("its url is not a URL") from error
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        raise StoreUnreachableError(f"there is no file {parsed.database}")  # connecting would make one
    try:
        engine = sa.create_engine(parsed, poolclass=sa.NullPool)
        with engine.connect():
            pass
    except ModuleNotFoundError as error:
        raise StoreUnreachableError(f"the driver of {parsed.drivername} is not installed: {error.name}") from error
    except (sa.exc.SQLAlchemyError, ValueError) as error:
        said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        raise StoreUnreachableError(said.replace(str(parsed.password), "***") if parsed.password else said) from error
