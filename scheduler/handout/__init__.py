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
from scheduler.handout.kept import Kept
from scheduler.handout.listed import snapshot_of_list

__all__ = [
    "Choice",
    "HandedOut",
    "Handout",
    "Kept",
    "NotLeasedError",
    "NothingPublishedError",
    "UnknownAgentError",
    "snapshot_of_list",
]
