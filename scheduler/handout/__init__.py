"""Tasks handed out one by one, to people who ask for the next.

Belongs here: which task somebody gets and why. Not here: who has what until when (`data/store`), whole plans handed out
(`scheduler/publishing`), how people ask (`scheduler/cli`, `scheduler/serving`).
"""

from scheduler.handout.handout import (
    Choice,
    HandedOut,
    Handout,
    NothingPublishedError,
    NotLeasedError,
    UnknownAgentError,
)

__all__ = ["Choice", "HandedOut", "Handout", "NotLeasedError", "NothingPublishedError", "UnknownAgentError"]
