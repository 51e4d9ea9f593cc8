"""Numbers that the store gives one after another: to events, runs, versions, alerts, messages."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection


def last_number(connection: Connection, column: "sa.Column[Any]", *where: sa.ColumnElement[bool]) -> int:
    """The highest number in a column, of the rows for which the conditions hold; 0 if there is none."""
    return connection.execute(sa.select(sa.func.max(column)).where(*where)).scalar() or 0
