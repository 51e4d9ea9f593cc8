"""Upgrades a store to the version of the code, with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from data.store.errors import StoreError
from data.store.store import VERSION, Store

_HERE = Path(__file__).parent


def upgrade_store(store: Store) -> tuple[str | None, str]:
    """Applies all missing migrations in one transaction; returns the version before and after.

    Raises:
        StoreError: the store is newer than the code.
    """
    before = store.version()
    if before is not None and before > VERSION:
        store.require_version()
    if before == VERSION:
        return before, VERSION
    _make_room(store)
    config = Config()
    for option, folder in (("script_location", _HERE), ("version_locations", _HERE.with_name("migrations"))):
        config.set_main_option(option, str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, VERSION


def _make_room(store: Store) -> None:
    if not store.is_sqlite:
        return
    folder = Path(store.url.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"the folder of the store, {folder}, cannot be created: {error.strerror}") from error
