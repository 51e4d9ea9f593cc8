"""The content of a run as data: the columns of its tables, its levels and measures, its notices.

Belongs here: what is written to and read from run folders. Not here: files (`data/runs`) or texts (`reports`).
"""
