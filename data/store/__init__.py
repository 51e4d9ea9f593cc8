"""The store: the task list and all operations that it follows from, in SQLite or PostgreSQL.

Belongs here: tables, transactions, versions, the check of the task list. Not here: what operations mean
(`data/intake`), the steps from version to version (`data/migrations`). All modules but `errors` and `told` load
SQLAlchemy.
"""
