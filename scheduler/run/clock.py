"""The wall clock, which a test or a drill may set."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime

from models import Code, Message, OptionError

VARIABLE = "ALLOT_NOW"
"""The environment variable that replaces the clock."""


def now(environment: Mapping[str, str] = os.environ) -> datetime:
    """The present moment in UTC, or the one that ALLOT_NOW names.

    Raises:
        OptionError: it names no moment, or one without an offset.
    """
    given = environment.get(VARIABLE)
    if not given:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise OptionError(f"{VARIABLE} '{given}' is not a moment; write it like 2026-03-02T08:00+01:00") from error
    if moment.tzinfo is None:
        raise OptionError(f"{VARIABLE} '{given}' has no offset; write it like {given}+01:00 or {given}Z")
    return moment.astimezone(UTC)


def warnings(environment: Mapping[str, str] = os.environ) -> list[Message]:
    """What to say where the clock counts: that it has been set."""
    given = environment.get(VARIABLE)
    return [Message(Code.CLOCK_SET, time=given, name=VARIABLE)] if given else []
