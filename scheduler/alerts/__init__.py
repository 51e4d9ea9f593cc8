"""Alerts: who is told when a key figure, a source or the planner is not as it should be, and whether it helped.

Belongs here: when an alert fires and is over, what is told of it, what an action did. Not here: where alerts and actions
are kept (`data/store`), how mail and posts are sent (`data/outlets`), the stage of a cycle (`scheduler/cycle`).
"""
