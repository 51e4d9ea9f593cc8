"""Answers to "why": a task's place or its absence, an agent's day, and what other choices would cost.

Facts only, as plain values; the words are in `reports`.
Belongs here: questions asked of a finished run. Not here: the worth of a way or an hour (`models/worth`).
"""

from scheduler.explaining.agent import explain_agent
from scheduler.explaining.past_run import PastRun, read_past_run
from scheduler.explaining.task import explain_task

__all__ = ["PastRun", "explain_agent", "explain_task", "read_past_run"]
