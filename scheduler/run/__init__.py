"""A planning run from request to run folder: policy, guards, solving, tables, reports.

Belongs here: what happens in `allot plan`. Not here: re-planning near a run (`replanning`), checking (`audit`).
"""
