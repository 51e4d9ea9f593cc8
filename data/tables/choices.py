"""Suggests what an unknown status or kind may mean, only if that is certain."""

from collections.abc import Sequence
from difflib import get_close_matches

from data.tables.schemas import loose
from models import Code, Message

_MEANT = {
    "completed": (
        "resolved",
        "closed",
        "done",
        "finished",
        "solved",
        "fulfilled",
        "erledigt",
        "abgeschlossen",
        "fertig",
    ),
    "canceled": ("aborted", "withdrawn", "void", "storniert", "abgebrochen"),
    "rejected": ("declined", "denied", "refused", "abgelehnt"),
    "queued": ("open", "todo", "pending", "waiting", "ready", "unassigned", "backlog", "offen"),
    "in_progress": ("started", "active", "wip", "working", "inwork", "running", "inarbeit", "inbearbeitung"),
    "held": ("onhold", "paused", "suspended", "blocked", "awaitinguserinfo", "wartend"),
    "errorheld": ("failed", "error"),
    "break": ("lunch", "pause", "rest"),
    "reserved": ("meeting", "call", "training", "absent", "vacation", "holiday", "sick", "leave", "urlaub", "krank"),
}
_UNSURE = ("reopened", "incomplete", "notstarted", "unresolved", "unfinished", "uncompleted", "unrejected", "unheld")
_SURE = 0.8  # likeness from which a choice is taken for a misspelling


def choice_hint(text: str, choices: Sequence[str]) -> Message | None:
    """A hint at the choice that is meant, or none rather than a wrong one."""
    meant = loose(text)
    if meant in _UNSURE:
        return None
    for choice, words in _MEANT.items():
        if meant in words and choice in choices:
            return Message(Code.NEAREST, name=choice)
    like = {loose(choice): choice for choice in choices}
    near = get_close_matches(meant, like, n=1, cutoff=_SURE)
    return Message(Code.NEAREST, name=like[near[0]]) if near else None
