"""Alerts: who is told when a key figure, a source or the planner is not as it should be, and whether it helped.

Belongs here: when an alert fires and is over, what is told of it, what an action did. Not here: where alerts and
actions are kept (`data/store`), how mail and posts are sent (`data/outlets`), the stage of a cycle (`scheduler/cycle`).
"""

from scheduler.alerts.foresight import shown_now, watch_by, watch_here
from scheduler.alerts.judge import Judgement, Seen, judge, required, unknowns
from scheduler.alerts.trial import Trial, try_alerts
from scheduler.alerts.watch import Looked, look
from scheduler.alerts.words import alert_record, counts_of, local, record_of, worded

__all__ = [
    "Judgement",
    "Looked",
    "Seen",
    "Trial",
    "alert_record",
    "counts_of",
    "judge",
    "local",
    "look",
    "record_of",
    "required",
    "shown_now",
    "try_alerts",
    "unknowns",
    "watch_by",
    "watch_here",
    "worded",
]
