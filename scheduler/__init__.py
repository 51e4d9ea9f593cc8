"""Runs a planning day: policy, pipeline and command line. Knows all other packages.

``plan``, ``replan``, ``check`` and ``explain`` are the ways in from Python; ``allot`` on the command line does the
same.
"""

from scheduler.hidden import refuse_hidden

refuse_hidden()

from scheduler.api import check, explain, plan, read_view, replan  # noqa: E402  (what could not be found is said first)

__all__ = ["check", "explain", "plan", "read_view", "replan"]
