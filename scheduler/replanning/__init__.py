"""Plans made again: a snapshot, an earlier run and edits give a plan that disturbs people only where that earns it.

Belongs here: a re-plan from request to run folder. Not here: the search for it (`models/engines/replanning`), edits.
"""

from scheduler.replanning.request import ReplanRequest
from scheduler.replanning.run import replan

__all__ = ["ReplanRequest", "replan"]
