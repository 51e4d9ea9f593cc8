"""Planning again: from a snapshot, an earlier run and edits to a plan that changes only what gains enough.

Belongs here: a re-plan from request to run folder. Not here: the search (`models/engines/replanning`), edits (`edits`).
"""

from scheduler.replanning.request import ReplanRequest
from scheduler.replanning.run import replan

__all__ = ["ReplanRequest", "replan"]
