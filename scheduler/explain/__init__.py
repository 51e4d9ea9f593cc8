"""Answers to "why": a task's place or its absence, an agent's day, and what other choices would cost.

Facts only, as plain values; the words are in `reports`.
"""

from scheduler.explain.agent import explain_agent
from scheduler.explain.past_run import PastRun, read_past_run
from scheduler.explain.task import explain_task

__all__ = ["PastRun", "explain_agent", "explain_task", "read_past_run"]
