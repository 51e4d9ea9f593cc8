"""Messages delivered by mail, webhook and file. What fails waits in the outbox, and goes out with the next try."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data import Message, StoreError
from models import AllotError
from reports import ENGLISH
from scheduler.alerts.words import worded
from scheduler.config import (
    Config,
    FileNotify,
    MailNotify,
    Notify,
    WebhookNotify,
    mail_server,
    webhook_target,
)
from scheduler.run.policy import read_policy

if TYPE_CHECKING:
    from data import Store

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Delivered:
    """What came of delivering to one that is told: how many messages went, how many wait, and why, if some do."""

    notify: str
    sent: int
    left: int = 0
    fault: str | None = None


def deliver(config: Config, store: "Store") -> Iterator[Delivered]:
    """Delivers what waits, to each the oldest first; nobody's failure keeps others from being told."""
    from data import note_told, note_untold, waiting_messages

    for name, notify in config.notify.items():
        with store.reading() as connection:
            waiting = waiting_messages(connection, name)
        sent, fault = 0, None
        for message in waiting:
            is_told, fault = _tried(config, name, notify, message)
            with store.writing() as connection:
                if is_told:
                    note_told(connection, name, message.message_id)
                else:
                    note_untold(connection, name, message.message_id, fault or "")
            if not is_told:
                break  # in order, and the rest would fail as well
            sent += 1
        if waiting:
            yield Delivered(name, sent, len(waiting) - sent, fault)


def _tried(config: Config, name: str, notify: Notify, message: Message) -> tuple[bool, str | None]:
    """Delivers one message: whether that is done, and what went wrong."""
    from data import PartlyTakenError

    try:
        _send(config, name, notify, message)
    except StoreError:
        raise
    except PartlyTakenError as error:  # not again, as the others have it
        return True, str(error)
    except (AllotError, OSError) as error:
        return False, str(error)
    except Exception as error:  # whatever is wrong with one, the others are told
        _log.debug("notify %s", name, exc_info=True)
        return False, f"allot failed on it: {type(error).__name__}: {error}"
    return True, None


def _send(config: Config, name: str, notify: Notify, message: Message) -> None:
    """Delivers one message.

    Raises:
        AllotError, OSError: the other side does not take it.
    """
    from data import Letter, opened_post, post_to_web

    content = worded(message, config.timezone, _language(config, notify))
    match notify:
        case MailNotify():
            stamp = f"allot-alert-{message.message_id}-{message.at:%Y%m%dT%H%M%S%f}"
            letter = Letter(to=notify.to, subject=content["subject"], text=content["text"], name=stamp)
            with opened_post(mail_server(name, notify)) as post:
                post.send(letter)
        case WebhookNotify():
            post_to_web(webhook_target(config, name, notify), _json(content).encode())
        case FileNotify():
            _append(config.path(notify.path), _json(content))


def _language(config: Config, notify: Notify) -> str:
    """The language that somebody is told in: their own, else the policy's."""
    if notify.language is not None or config.policy is None:
        return notify.language or ENGLISH
    try:
        return read_policy(config.path(config.policy)).report.language
    except AllotError:  # the plan says what is wrong with it
        return ENGLISH


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False)


def _append(file: Path, line: str) -> None:
    """Adds a line to a file, unless it is there already, as the last try was cut short."""
    file.parent.mkdir(parents=True, exist_ok=True)
    known = file.read_text(encoding="utf-8") if file.exists() else ""
    if line in known.splitlines():
        return
    gap = "\n" if known and not known.endswith("\n") else ""
    with file.open("a", encoding="utf-8") as opened:
        opened.write(f"{gap}{line}\n")
