"""How a database of SQLite looks for what it is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa


@contextmanager
def looking(engine: sa.Engine) -> Iterator[list[str]]:
    """The steps of all questions that are asked within, in the words of EXPLAIN QUERY PLAN."""
    steps: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        if statement.startswith("SELECT"):
            driver = connection.connection.driver_connection
            steps.extend(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield steps
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
