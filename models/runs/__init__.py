"""The content of a run as data: its record (run.json), the columns of its tables, its messages and their codes.

Belongs here: what is written to and read from run folders. Not here: files (`data/runs`) or texts (`reports`).
"""
