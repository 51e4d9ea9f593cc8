"""`allot snapshot`: writes the open work of the store as a snapshot folder, which any run can plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from data import list_open_work, parse_moment, read_rules, write_snapshot
from models import SnapshotError
from scheduler.config import Config, find_config, opened_store, read_config
from scheduler.run.clock import now
from scheduler.run.counting import count_of
from scheduler.run.policy import Policy, read_policy


@dataclass(frozen=True)
class ListSnapshot:
    """A snapshot of the task list: the rows of each table, and the age of each source that has sent anything.

    ``held`` says how many tasks are held because a rule fails for them; ``None`` if there are none.
    """

    rows: Mapping[str, int]
    ages: Mapping[str, timedelta]
    held: str | None = None


def moment_of(as_of: str | None, config: Config) -> datetime:
    """The moment of a snapshot: the one given, in the configuration's time zone if it has no offset, else now.

    Raises:
        ValueError: the text is not a moment, or names one that the time zone skips.
    """
    return now() if as_of is None else parse_moment(as_of, config.timezone)


def take_snapshot(config: Config, folder: Path, *, as_of: datetime, horizon: str | None = None) -> ListSnapshot:
    """Writes the open work and the people of the store to the folder.

    Raises:
        ConfigError, StoreError: there is no store, or it does not answer.
        SnapshotError: neither the caller nor the configuration gives a horizon.
    """
    until = horizon or config.horizon
    if until is None:
        raise SnapshotError('there is no horizon; write horizon = "10h" in allot.toml, or give --horizon')
    rules, _ = read_rules(config.rule)
    with opened_store(config) as store, store.reading() as connection:
        listed = list_open_work(connection, as_of, rules, config.timezone)
    write_snapshot(listed, folder, as_of=as_of, horizon=until, zone=config.timezone)
    ages = {name: timedelta(seconds=age) for name, _, age in listed.sources.iter_rows() if age is not None}
    rows = {name: table.height for name, table in listed.tables.items()}
    return ListSnapshot(rows, ages, _held(listed.failed))


def _held(failed: Mapping[str, str]) -> str | None:
    if not failed:
        return None
    name, why = next(iter(failed.items()))
    return f"{count_of(len(failed), 'task is', 'tasks are')} held, as a rule fails, such as {name}: {why}"


def policy_here(given: Path | None, config_file: Path | None = None) -> Policy | Path | None:
    """The policy of a command on a plain snapshot: the one given, else that of the configuration, if there is one.

    Raises:
        ConfigError, PolicyError: the configuration, or its policy, is refused.
    """
    file = find_config(config_file) if given is None else None
    return given if file is None else policy_of(read_config(file))


def defaults_here(config_file: Path | None = None) -> dict[str, str]:
    """What counts for a plain snapshot that has no time zone or no horizon: that of the configuration, if there is one.

    Raises:
        ConfigError: the configuration is refused.
    """
    file = find_config(config_file)
    if file is None:
        return {}
    config = read_config(file)
    return {"timezone": config.timezone, **({} if config.horizon is None else {"horizon": config.horizon})}


def policy_of(config: Config, given: Path | None = None) -> Policy:
    """The policy given, else the configuration's, together with the configuration's calendars.

    Raises:
        PolicyError: the policy is refused, or it and the configuration define different calendars of one name.
    """
    named = config.path(config.policy) if given is None and config.policy is not None else given
    policy = read_policy(named)
    return policy.with_calendars(config.calendar, str(config.file)) if config.calendar else policy
