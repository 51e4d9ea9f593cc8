"""Somebody's database with a table of work, and what was taken in of it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from data import Intake, SqlReading, take_sql
from tests.data.feeds.case import intake_of

READ = "SELECT id AS capture_id, kind AS process, amount AS value, changed FROM work"
EVERY = "SELECT id AS capture_id, kind AS process, amount AS value FROM work"
FULL = {"read": EVERY, "full": True, "missing": "complete"}


class Host:
    """Somebody's database with a table of work."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = sa.create_engine(url, poolclass=sa.NullPool)
        self.do("CREATE TABLE work (id INTEGER PRIMARY KEY, kind TEXT, amount FLOAT, changed TIMESTAMP, taken INTEGER)")

    def do(self, statement: str, **values: object) -> None:
        """Changes something."""
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement), values)

    def add(self, *ids: int, minute: int = 0) -> None:
        """Adds rows that changed so many minutes after eight."""
        for number in ids:
            changed = datetime(2026, 3, 2, 8, minute)  # noqa: DTZ001  as databases have them
            self.do("INSERT INTO work VALUES (:id, 'claim', :id, :changed, 0)", id=number, changed=str(changed))

    def change(self, number: int, amount: float, minute: int) -> None:
        """Changes the amount of a row."""
        changed = f"2026-03-02 08:{minute:02}:00"
        self.do("UPDATE work SET amount = :amount, changed = :c WHERE id = :id", amount=amount, c=changed, id=number)

    def count(self, where: str) -> int:
        """How many rows are so."""
        with self.engine.connect() as connection:
            return connection.execute(sa.text(f"SELECT count(*) FROM work WHERE {where}")).scalar_one()


def taken(store: Any, host: Host, *, reopen: bool = False, **reading: Any) -> Intake:
    """The intake of the host's rows."""
    intake = intake_of(store, "host", reopen=reopen)
    take_sql(intake, SqlReading(url=host.url, **{"read": READ, **reading}))
    return intake
