"""A plan and what can be said of it: its value, the hard rules, why a task is where it is, what changed.

Belongs here: what needs a problem and a plan, and no engine. Not here: how a plan is found (`engines`).
"""
