"""The planning problem: tasks, agents, clocks, payoffs and eligibility as read-only arrays, and how they are assembled.

Belongs here: what is true of the day whatever the plan. Not here: a plan, a price, a file or an id of a file.
"""
