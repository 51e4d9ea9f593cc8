"""Why a task is not planned."""

from enum import Enum


class Reason(Enum):
    """A reason; the first one that applies counts."""

    HELD = "held"  # on hold
    FINAL = "final"  # completed, canceled or rejected
    EXPIRED = "expired"  # it no longer earns anything
    NOT_YET = "not_yet"  # it may not be started before the horizon ends
    NO_SKILL = "no_skill"  # nobody is allowed to do it
    NO_GAIN = "no_gain"  # doing it pays no more than leaving it, whoever does it and whenever
    NO_TIME = "no_time"  # with started work alone, nobody allowed could finish it while it pays
    NO_PLACES = "no_places"  # everybody who could do it has max_tasks tasks
    OUTBID = "outbid"  # the time that it needs earns more elsewhere
