"""Retention: what is old is removed, names become pseudonyms, what is kept of one person is taken out or renamed."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from data import parse_duration
from models import OptionError
from scheduler.config import Config

if TYPE_CHECKING:
    from data import Store

_PSEUDONYM = re.compile(r"person-[0-9a-f]{12}")


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """What was removed or renamed; ``None`` for what is kept for ever."""

    runs: int | None = None
    plans: int | None = None
    days: int | None = None
    alerts: int | None = None
    tasks: int | None = None
    names: int | None = None


def prune(config: Config, store: "Store", now: datetime) -> Pruned:
    """Removes what is older than ``[history]`` says, and gives people other names in it."""
    from data import forget_alerts, forget_days, forget_plans, forget_runs, forget_tasks, known_runs, refresh_actuals

    kept = config.history
    since = {
        name: None if (length := getattr(kept, name)) is None else now - parse_duration(length)
        for name in ("runs", "days", "events", "names")
    }
    found: dict[str, int] = {}
    with store.writing() as connection:
        refresh_actuals(connection)  # of operations that are removed now
        if since["runs"] is not None:
            runs = known_runs(connection)
            old = runs.filter(runs["as_of"] < since["runs"])["run_id"].to_list()
            forget_runs(connection, old)
            found |= {"runs": len(old), "plans": forget_plans(connection, since["runs"])}
        if since["days"] is not None:
            first = since["days"].astimezone(ZoneInfo(config.timezone)).date()
            found |= {"days": forget_days(connection, first, since["days"])}
            found |= {"alerts": forget_alerts(connection, since["days"])}
        if since["events"] is not None:
            found |= {"tasks": forget_tasks(connection, since["events"])}
        if since["names"] is not None:
            found |= {"names": _rename(connection, since["names"])}
    return Pruned(**found)


def _rename(connection: Any, before: datetime | None, people: Iterable[str] | None = None) -> int:
    """Draws new names for people; nobody keeps which is whose."""
    from data import people_in_alerts, people_in_history, rename_in_alerts, rename_in_history

    if people is None:
        people = people_in_history(connection, before) | people_in_alerts(connection, before)
    names = {name: f"person-{secrets.token_hex(6)}" for name in sorted(people) if not _PSEUDONYM.fullmatch(name)}
    rename_in_history(connection, names, before)
    rename_in_alerts(connection, names, before)
    return len(names)


def records_of(store: "Store", person: str) -> dict[str, list[dict[str, Any]]]:
    """Everything that the store keeps of a person, by kind.

    Raises:
        OptionError: there is nothing.
    """
    from data import history_of_person, records_of_person

    with store.reading() as connection:
        found = history_of_person(connection, person) | records_of_person(connection, person)
    if not any(found.values()):
        raise OptionError(f"the store has nothing of '{person}'")
    return found


def erase(store: "Store", person: str) -> None:
    """Gives a person another name in everything that is over.

    Raises:
        OptionError: there is nothing of the person, or open work; the message says which.
    """
    from data import open_work_of, refresh_actuals

    records_of(store, person)
    with store.writing() as connection:
        refresh_actuals(connection)
        held = open_work_of(connection, person)
        if held:
            some = ", ".join(held[:5]) + (" and others" if len(held) > 5 else "")
            raise OptionError(f"'{person}' has open work: {some}; give it to others first, and plan and publish again")
        _rename(connection, None, [person])
