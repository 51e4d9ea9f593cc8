"""Messages about alerts, and who has yet to be told of them."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from data.store.numbers import last_number
from data.store.tables import message, message_outbox
from data.store.told import Message


def add_message(
    connection: Connection, at: datetime, names: Iterable[str], content: Mapping[str, Any], to: Iterable[str]
) -> Message:
    """Keeps a message, and puts it into the outbox of all who are to be told."""
    made = Message(last_number(connection, message.c.message_id) + 1, at, content)
    text = json.dumps(made.content, ensure_ascii=False)
    sorted_names = json.dumps(sorted(set(names)), ensure_ascii=False)
    connection.execute(message.insert().values(message_id=made.message_id, at=at, names=sorted_names, content=text))
    for name in to:
        connection.execute(message_outbox.insert().values(notify=name, message_id=made.message_id, tries=0))
    return made


def names_told(connection: Connection, since: datetime, until: datetime) -> Counter[str]:
    """In how many messages from ``since`` to ``until``, exclusive, each name was."""
    chosen = sa.select(message.c.names).where(message.c.at >= since, message.c.at < until)
    return Counter(name for names in connection.execute(chosen).scalars() for name in json.loads(names))


def waiting_messages(connection: Connection, notify: str) -> list[Message]:
    """What somebody has yet to be told, the oldest first."""
    joined = message.join(message_outbox, message_outbox.c.message_id == message.c.message_id)
    chosen = sa.select(message).select_from(joined).where(message_outbox.c.notify == notify)
    rows: Any = connection.execute(chosen.order_by(message.c.message_id))
    return [Message(row.message_id, row.at, json.loads(row.content)) for row in rows]


def note_told(connection: Connection, notify: str, message_id: int) -> None:
    """Notes that the other side has a message."""
    connection.execute(message_outbox.delete().where(_of(notify, message_id)))


def note_untold(connection: Connection, notify: str, message_id: int, error: str) -> None:
    """Notes why the other side could not be told."""
    tries = message_outbox.c.tries + 1
    connection.execute(message_outbox.update().where(_of(notify, message_id)).values(tries=tries, error=error))


def count_untold(connection: Connection) -> int:
    """How many messages wait in all outboxes."""
    return connection.execute(sa.select(sa.func.count()).select_from(message_outbox)).scalar_one()


def _of(notify: str, message_id: int) -> "sa.ColumnElement[bool]":
    return (message_outbox.c.notify == notify) & (message_outbox.c.message_id == message_id)
