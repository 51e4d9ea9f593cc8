"""Takes in messages of any broker as operations."""

import hashlib
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, NamedTuple

from data.intake.form import FAULT, formed
from data.intake.intake import Intake
from data.intake.rows import entry_rows, json_entries


class Message(NamedTuple):
    """A message: its key within the source, its name for people, its body."""

    key: str
    place: str
    body: bytes


def message_key(message_id: str | None, body: bytes) -> str:
    """The key of a message: its id, or the hash of its body."""
    return message_id or hashlib.sha256(body).hexdigest()


def take_messages(intake: Intake, messages: Sequence[Message], cursor: Callable[[], Any] | None = None) -> list[bool]:
    """Takes in messages, each with one operation or an array of them; returns whether each message can be read.

    A message counts as readable if at least one of its operations is. ``cursor`` is that of `Intake.take`.
    """
    parts = [json_entries(message.body, message.key, message.place) for message in messages]
    whole = formed(entry_rows(chain.from_iterable(parts), intake.source), intake.terms)
    if whole.height or cursor is not None:
        intake.take(whole, cursor=cursor)
    faults = iter(whole.frame[FAULT].is_not_null())
    found = [[next(faults) for _ in entries] for entries in parts]
    return [not bad or not all(bad) for bad in found]
