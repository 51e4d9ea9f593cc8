"""Alerts, silences, and what people did about alerts."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.numbers import last_number
from data.store.tables import action, alert, alert_run, silence
from data.store.told import Action, AlertRow, Silence


def open_alerts(connection: Connection) -> list[AlertRow]:
    """The alerts that are pending or firing, in the order in which they began."""
    return _alerts(connection, alert.c.until.is_(None))


def all_alerts(connection: Connection) -> list[AlertRow]:
    """The alerts that are pending, or have fired."""
    return _alerts(connection, alert.c.until.is_(None) | alert.c.fired_at.is_not(None))


def find_alert(connection: Connection, alert_id: int) -> AlertRow | None:
    """The alert of a number."""
    return next(iter(_alerts(connection, alert.c.alert_id == alert_id)), None)


def _alerts(connection: Connection, which: "sa.ColumnElement[bool]") -> list[AlertRow]:
    rows: Any = connection.execute(sa.select(alert).where(which).order_by(alert.c.alert_id))
    return [AlertRow(**row._mapping) for row in rows]


def save_alerts(connection: Connection, rows: Iterable[AlertRow]) -> list[AlertRow]:
    """Writes alerts, new ones under numbers of their own; all of them as they are now."""
    saved, next_id = [], last_number(connection, alert.c.alert_id) + 1
    for row in rows:
        if row.alert_id is None:
            new = replace(row, alert_id=next_id)
            connection.execute(alert.insert().values(**asdict(new)))
            next_id += 1
        else:
            new = row
            connection.execute(alert.update().where(alert.c.alert_id == row.alert_id).values(**asdict(row)))
        saved.append(new)
    return saved


def seen_runs(connection: Connection) -> tuple[datetime | None, set[str]]:
    """The moment of the newest run that alerts have looked at, and all of that moment."""
    last = connection.execute(sa.select(sa.func.max(alert_run.c.as_of))).scalar()
    found = connection.execute(sa.select(alert_run.c.run_id).where(alert_run.c.as_of == last))
    return last, set(found.scalars())


def note_seen(connection: Connection, runs: Sequence[tuple[str, datetime]]) -> None:
    """Notes that alerts have looked at runs."""
    for run_id, as_of in runs:
        connection.execute(alert_run.insert().values(run_id=run_id, as_of=as_of))


def actions_on(connection: Connection, alert_id: int | None = None) -> list[Action]:
    """What was done about an alert, or about any, in the order of time."""
    chosen = sa.select(action).order_by(action.c.at, action.c.action_id)
    if alert_id is not None:
        chosen = chosen.where(action.c.alert_id == alert_id)
    rows: Any = connection.execute(chosen)
    return [Action(**row._mapping) for row in rows]


def add_action(connection: Connection, alert_id: int, *, at: datetime, by: str, kind: str, text: str) -> Action:
    """Keeps what somebody did about an alert."""
    made = Action(
        action_id=last_number(connection, action.c.action_id) + 1, alert_id=alert_id, at=at, by=by, kind=kind, text=text
    )
    connection.execute(action.insert().values(**asdict(made)))
    return made


def silences_at(connection: Connection, at: datetime) -> list[Silence]:
    """The silences that hold at a moment."""
    rows: Any = connection.execute(sa.select(silence).where(silence.c.since <= at, silence.c.until > at))
    return [Silence(**row._mapping) for row in rows]


def add_silence(connection: Connection, made: Silence) -> Silence:
    """Keeps a silence, under a number of its own."""
    numbered = replace(made, silence_id=last_number(connection, silence.c.silence_id) + 1)
    connection.execute(silence.insert().values(**asdict(numbered)))
    return numbered


def end_silence(connection: Connection, silence_id: int, at: datetime) -> bool:
    """Ends a silence; whether there is one of the number that holds."""
    holds = (silence.c.silence_id == silence_id) & (silence.c.until > at)
    return connection.execute(silence.update().where(holds).values(until=at)).rowcount > 0
