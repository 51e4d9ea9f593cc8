"""Rows to hand out, made shortly, and a store's outbox emptied to another side."""

from datetime import timedelta

import polars as pl

from data import Store, fill_outbox, settle, waiting_rows
from data.outlets.side import Done
from data.store.outbox import HANDED
from tests.data.store.planned import EIGHT


def row(task: str, version: int = 1, agent: str | None = "A", sequence: int = 1) -> tuple[object, ...]:
    """A task that is planned at eight, or withdrawn where there is no agent."""
    if agent is None:
        return (task, version, None, None, None, None, "withdrawn")
    return (task, version, agent, sequence, EIGHT, EIGHT + timedelta(minutes=30), "planned")


def frame(*rows: tuple[object, ...]) -> pl.DataFrame:
    """The rows as they come from the outbox."""
    return pl.DataFrame(list(rows), schema=HANDED, orient="row")


class Known:
    """The tasks that the other side is said to have."""

    def __init__(self) -> None:
        self.tasks: list[str] = []

    def __call__(self, rows: pl.DataFrame) -> None:
        self.tasks += rows["task_id"].to_list()


def waiting(store: Store, name: str = "out", *, whole: bool = False) -> pl.DataFrame:
    """What an outlet has yet to be told, the newest plan included."""
    with store.writing() as connection:
        fill_outbox(connection, name, whole=whole)
        return waiting_rows(connection, name)


def settling(store: Store, name: str = "out") -> Done:
    """Takes rows out of the outbox."""

    def done(rows: pl.DataFrame) -> None:
        with store.writing() as connection:
            settle(connection, name, rows)

    return done
