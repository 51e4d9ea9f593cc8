"""Skill requirements such as ``a>=2;b;c|d``: a at level 2 or more AND b AND (c or d).

A skill's name may hold any characters but ``;`` and ``|``, and not ``>=``; spaces around it do not
count. A level is a whole number of at least 1; without one, any level will do.
"""

import json
import re

from models import Code, Message, UnreadableError

Skill = tuple[str, int]
Requirement = tuple[tuple[Skill, ...], ...]
"""AND over the outer tuple, OR over each inner one, of (skill, least level)."""

_LEVEL = re.compile(r"0*[1-9][0-9]{0,8}")


def parse_requirement(text: str) -> Requirement:
    """The requirement a text stands for, clauses and alternatives in the order written.

    Raises:
        UnreadableError: the text is empty or unreadable; the message quotes the piece.
    """
    if text.startswith(("[", "{")):
        _refuse_json(text)
    return tuple(tuple(_parse_skill(piece, text) for piece in clause.split("|")) for clause in text.split(";"))


def _refuse_json(text: str) -> None:
    """Refuses lists and objects of JSON, which would pass for the name of a skill that nobody has."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    names = [name for name in value if isinstance(name, str)]
    raise UnreadableError(Message(Code.JSON_LIST, text=text, example=";".join(names) or "a;b"))


def canonical(requirement: Requirement) -> Requirement:
    """The one form of requirements that differ in order or repetition alone: sorted, nothing twice.

    That changes no efficiency, which is the least over the clauses of the best in each. A clause that another one
    implies stays: in ``a>=3;a`` it counts for started work of an agent at level 1 (H7).
    """
    return tuple(sorted({tuple(sorted(set(clause))) for clause in requirement}))


def _parse_skill(piece: str, text: str) -> Skill:
    name, sign, level = (part.strip() for part in piece.partition(">="))
    if not name:
        raise UnreadableError(_missing_name(piece.strip(), text))
    if not sign:
        return name, 1
    if not _LEVEL.fullmatch(level):
        raise UnreadableError(Message(Code.NO_LEVEL, piece=piece.strip(), text=text, example=f"{name}>=2"))
    return name, int(level)


def _missing_name(piece: str, text: str) -> Message:
    return Message(Code.NO_SKILL_NAME, piece=piece, text=text) if piece else Message(Code.EMPTY_PIECE, text=text)
