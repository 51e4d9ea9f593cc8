"""Plans made again: a snapshot, an earlier run and edits give a plan that disturbs people only where that earns it."""

from scheduler.replanning.run import ReplanRequest, replan

__all__ = ["ReplanRequest", "replan"]
