"""What all other sides share: what they are told of a task, and how it is said that they have it."""

import json
from collections.abc import Callable, Iterator

import polars as pl

from models import AllotError

Done = Callable[[pl.DataFrame], None]
"""Called with rows that the other side has."""


class OutletError(AllotError):
    """The other side could not be told, or not of all; the message says why."""


def messages(rows: pl.DataFrame) -> Iterator[tuple[str, bytes]]:
    """Each row as a JSON object, behind its task."""
    moments = [name for name, dtype in rows.schema.items() if isinstance(dtype, pl.Datetime)]
    told = rows.with_columns(pl.col(moments).dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    for row in told.iter_rows(named=True):
        yield row["task_id"], json.dumps(row, ensure_ascii=False).encode()


def one_line(text: str) -> str:
    """The text in one line that a terminal can show."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def batches(rows: pl.DataFrame, size: int) -> Iterator[pl.DataFrame]:
    """The rows, some at a time."""
    return rows.iter_slices(size)
