"""A snapshot of the task list: the open work of the store as a folder that any run can plan."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from data import list_open_work, parse_moment, read_rules, write_snapshot
from models import SnapshotError
from scheduler.config import Config, opened_store
from scheduler.run.clock import now


def moment_of(as_of: str | None, config: Config) -> datetime:
    """The moment of a snapshot: the one given, in the configuration's time zone if it has no offset, else now."""
    return now() if as_of is None else parse_moment(as_of, config.timezone)


def take_snapshot(config: Config, folder: Path, *, as_of: datetime, horizon: str | None = None) -> Mapping[str, int]:
    """Writes the open work and the people of the store to the folder; the number of rows of each table.

    Raises:
        ConfigError, StoreError: there is no store, or it does not answer.
        SnapshotError: nobody says how far to plan.
    """
    until = horizon or config.horizon
    if until is None:
        raise SnapshotError('nobody says how far to plan; write horizon = "10h" in allot.toml, or give --horizon')
    rules, _ = read_rules(config.rule)
    with opened_store(config) as store, store.reading() as connection:
        listed = list_open_work(connection, as_of, rules, config.timezone)
    write_snapshot(listed, folder, as_of=as_of, horizon=until, zone=config.timezone)
    return {name: table.height for name, table in listed.tables.items()}
