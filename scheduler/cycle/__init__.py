"""From the task list to a plan, again and again: the snapshot of the list, and the one line for cron.

Belongs here: stages around a run, one after the other. Not here: reading sources (`data/intake`), planning (`run`).
"""
