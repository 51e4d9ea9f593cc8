"""Why a task is not planned."""

from enum import Enum


class Reason(Enum):
    """A reason; the order is the order in which they are tried."""

    HELD = "held"  # on hold
    FINAL = "final"  # completed, canceled or rejected
    EXPIRED = "expired"  # nothing is earned for it any more
    NOT_YET = "not_yet"  # may not be started before the horizon ends
    NO_SKILL = "no_skill"  # nobody is allowed to do it
    NO_GAIN = "no_gain"  # doing it pays no more than leaving it, whoever does it and however early
    NO_TIME = "no_time"  # nobody allowed could finish it while that pays, even with started work alone
    NO_PLACES = "no_places"  # everybody who could has as many tasks as they may have
    OUTBID = "outbid"  # the time it needs earns more elsewhere
