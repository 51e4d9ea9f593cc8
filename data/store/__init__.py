"""What is kept: the task list with every operation it follows from, in SQLite or PostgreSQL.

Its modules load SQLAlchemy; `errors` does not.
"""
