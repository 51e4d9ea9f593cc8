"""Explains why: a task's place in the plan or its absence, an agent's day, and what other choices would cost.

It returns facts as plain values; the texts are in `reports`.
Belongs here: questions about a finished run. Not here: what a mode or an hour is worth (`models/worth`).
"""

from scheduler.explaining.agent import explain_agent
from scheduler.explaining.past_run import PastRun, read_past_run
from scheduler.explaining.task import explain_task

__all__ = ["PastRun", "explain_agent", "explain_task", "read_past_run"]
