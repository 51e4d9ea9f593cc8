"""The store: the task list with every operation it follows from, in SQLite or PostgreSQL.

Belongs here: tables, transactions, versions, the check of the task list. Not here: what operations mean
(`data/intake`). All but `errors` load SQLAlchemy.
"""
