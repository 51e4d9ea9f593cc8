"""Messages of brokers as rows, whoever brings them."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from data.intake.form import Formed, formed
from data.intake.intake import Intake
from data.intake.rows import entry_rows, json_entries


class Message(NamedTuple):
    """A message: its key within the source, what people call it, its body."""

    key: str
    place: str
    body: bytes


def message_key(message_id: str | None, body: bytes) -> str:
    """The key of a message: its id, or the hash of its body."""
    return message_id or hashlib.sha256(body).hexdigest()


def message_rows(intake: Intake, messages: Sequence[Message]) -> Formed:
    """The operations in messages, each of which has one or an array of them."""
    entries = [e for message in messages for e in json_entries(message.body, message.key, message.place)]
    return formed(entry_rows(entries, intake.source), intake.terms)
