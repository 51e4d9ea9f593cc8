"""Runs a planning day: policy, pipeline and command line. Imports all other packages.

``plan``, ``replan``, ``check`` and ``explain`` are the Python API; the command ``allot`` does the same.
"""

from scheduler.hidden import refuse_hidden

refuse_hidden()

from scheduler.api import check, explain, plan, read_view, replan  # noqa: E402  (what could not be found is said first)

__all__ = ["check", "explain", "plan", "read_view", "replan"]
