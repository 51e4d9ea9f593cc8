"""Alerts that are over: forgotten after a time, and people in them under other names."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.tables import action, alert, alert_run, message, message_outbox, silence
from models import AGENT


def forget_alerts(connection: Connection, before: datetime) -> int:
    """Removes alerts that were over before a moment, with their actions, silences and messages; how many alerts.

    What somebody has yet to be told stays, and so does the newest of each, so that no number is given twice.
    """
    last = sa.select(sa.func.max(alert.c.alert_id)).scalar_subquery()
    old = (alert.c.until < before) & (alert.c.alert_id < last)
    connection.execute(action.delete().where(action.c.alert_id.in_(sa.select(alert.c.alert_id).where(old))))
    removed = connection.execute(alert.delete().where(old)).rowcount
    connection.execute(silence.delete().where(silence.c.until < before))
    newest = sa.select(sa.func.max(alert_run.c.as_of)).scalar_subquery()
    connection.execute(alert_run.delete().where(alert_run.c.as_of < before, alert_run.c.as_of < newest))
    forget_messages(connection, before)
    return removed


def forget_messages(connection: Connection, before: datetime) -> None:
    """Removes messages from before a moment that all have been told of."""
    waiting = sa.select(message_outbox.c.message_id)
    last = sa.select(sa.func.max(message.c.message_id)).scalar_subquery()
    old = (message.c.at < before) & (message.c.message_id < last)
    connection.execute(message.delete().where(old, message.c.message_id.not_in(waiting)))


def people_in_alerts(connection: Connection, before: datetime | None = None) -> set[str]:
    """Who has acted or silenced, and whom alerts were about, before a moment or ever."""
    chosen = (
        _within(sa.select(action.c.by), action.c.at, before),
        _within(sa.select(silence.c.by), silence.c.until, before),
        _within(sa.select(alert.c.key).where(alert.c.level == AGENT), alert.c.until, before),
    )
    return {name for each in chosen for name in connection.execute(each).scalars()}


def rename_in_alerts(connection: Connection, names: Mapping[str, str], before: datetime | None = None) -> None:
    """Gives people other names in what was over before a moment, or in everything; messages to then are removed."""
    for name, other in names.items():
        connection.execute(_within(action.update().where(action.c.by == name), action.c.at, before).values(by=other))
        connection.execute(
            _within(silence.update().where(silence.c.by == name), silence.c.until, before).values(by=other)
        )
        about = (alert.c.level == AGENT) & (alert.c.key == name)
        connection.execute(_within(alert.update().where(about), alert.c.until, before).values(key=other))
        covered = (silence.c.level == AGENT) & (silence.c.key == name)
        connection.execute(_within(silence.update().where(covered), silence.c.until, before).values(key=other))
    if before is not None:
        forget_messages(connection, before)
        return
    waiting = sa.select(message_outbox.c.message_id)
    for name in names:
        said = message.c.content.contains(_as_key(name), autoescape=True)
        connection.execute(message.delete().where(said, message.c.message_id.not_in(waiting)))


def _as_key(name: str) -> str:
    """How the content of a message has somebody whom an alert is about."""
    return f'"level": "{AGENT}", "key": {json.dumps(name, ensure_ascii=False)}'


def records_of_person(connection: Connection, name: str) -> dict[str, list[dict[str, Any]]]:
    """What is kept of a person: alerts about them, what they did, what they silenced."""
    chosen = {
        "alerts": sa.select(alert).where(alert.c.level == AGENT, alert.c.key == name).order_by(alert.c.alert_id),
        "actions": sa.select(action).where(action.c.by == name).order_by(action.c.action_id),
        "silences": sa.select(silence)
        .where((silence.c.by == name) | ((silence.c.level == AGENT) & (silence.c.key == name)))
        .order_by(silence.c.silence_id),
    }
    return {kind: [dict(row._mapping) for row in connection.execute(each)] for kind, each in chosen.items()}


def _within(statement: Any, moment: "sa.Column[Any]", before: datetime | None) -> Any:
    return statement if before is None else statement.where(moment < before)
