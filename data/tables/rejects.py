"""The list of rejected rows: one line per row, in words that help to correct the source."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from data.tables.schemas import REJECTS, ROW, TableSchema
from models import Code, Message

_LONGEST = 80


class Wrong(NamedTuple):
    """One thing that is wrong with a row, and the column that it is about."""

    column: str
    message: Message


Wrongs = Mapping[str, Sequence[Wrong]]
"""All that is wrong with a row, by the text that says so."""


@dataclass(frozen=True)
class Fault:
    """A rule and the rows that break it; ``broken`` may be null where the rule says nothing.

    ``messages`` are those of the broken rows, in their order; they are about the column ``about``, else ``column``.
    """

    column: str
    rule: str
    broken: pl.Series
    messages: Sequence[Message]
    about: str = ""


def no_rejects() -> pl.DataFrame:
    """The empty list."""
    return pl.DataFrame(schema=dict(REJECTS))


def reject_lines(table: TableSchema, raw: pl.DataFrame, faults: Iterable[Fault]) -> tuple[pl.DataFrame, Wrongs]:
    """A line for each broken row: the first rule it breaks, the others at the end of the message; and what is wrong."""
    lines: dict[int, tuple[object, ...]] = {}
    wrong: dict[int, list[Wrong]] = {}
    for fault in sorted((fault for fault in faults if fault.messages), key=lambda fault: _position(table, fault)):
        broken = raw.filter(fault.broken)
        shown = broken.select(ROW, *(show(broken[name]) for name in table.names))
        told = shown.select(ROW, identity(table).alias("id"), pl.col(fault.column).alias("value"))
        for (row, name, value), message in zip(told.iter_rows(), fault.messages, strict=True):
            lines.setdefault(row, (table.name, row, name, fault.column, fault.rule, value))
            wrong.setdefault(row, []).append(Wrong(fault.about or fault.column, message))
    texts = {row: str(in_one([each.message for each in wrong[row]])) for row in sorted(lines)}
    frame = pl.DataFrame([(*lines[row], text) for row, text in texts.items()], schema=dict(REJECTS), orient="row")
    return frame, {text: wrong[row] for row, text in texts.items()}


def in_one(messages: Sequence[Message]) -> Message:
    """The first message, and that the others hold as well."""
    return messages[0].then(*(Message(Code.ALSO, message=other) for other in messages[1:]))


def own_faults(rejects: pl.DataFrame) -> pl.DataFrame:
    """The rows with faults of their own: not those that refer to a row that was set aside."""
    return rejects.filter(pl.col("rule") != "cascade")


def show(values: pl.Series) -> pl.Series:
    """The raw values as text for people, each on one line and not longer than a line."""
    try:
        return values.cast(pl.String)
    except pl.exceptions.PolarsError:  # lists, objects: whatever a frame may hold
        return pl.Series(values.name, [None if v is None else _brief(v) for v in values], pl.String)


def _brief(value: object) -> str:
    text = " ".join(str(value.to_list() if isinstance(value, pl.Series) else value).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def identity(table: TableSchema) -> pl.Expr:
    """What names a row to people: its key, the parts joined by ``|``."""
    parts = table.identity or table.key
    return pl.col(parts[0]) if len(parts) == 1 else pl.concat_str(pl.col(parts).fill_null(""), separator="|")


def _position(table: TableSchema, fault: Fault) -> int:
    return table.names.index(fault.column)
