"""Generates sample snapshots: processes, people with skills and shifts, open tasks, bad rows.

Everything is drawn from one seed, in whole columns: the same profile and seed give the same tables.
Belongs here: invented data. Not here: reading it, or the empty template (`template`).
"""
