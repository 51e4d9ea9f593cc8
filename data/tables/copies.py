"""Rows that were exported twice: if equal in every value as read, they count once."""

import polars as pl

from data.tables.rejects import identity, show
from data.tables.schemas import ROW, TableSchema
from models import Code, Message

_EXAMPLES = 3
_COMPARABLE = (pl.String, pl.Boolean, pl.Date, pl.Datetime, pl.Time, pl.Duration, pl.Null)


def find_copies(table: TableSchema, raw: pl.DataFrame, typed: pl.DataFrame) -> tuple[pl.Series, list[Message]]:
    """Which rows of a keyed table are copies of an earlier one, unknown columns and all; and a warning if any is."""
    alike = typed.select(table.key).is_duplicated() if table.key else pl.repeat(False, typed.height, eager=True)
    rows = typed.filter(alike).select(ROW)
    if rows.is_empty():
        return alike, []
    values = _values(table, raw.filter(alike), typed.filter(alike))
    first = rows.hstack(values).with_columns(pl.col(ROW).first().over(values.columns).alias("first"))["first"]
    rows = rows.with_columns(first.alias("first"), _ids(table, raw.filter(alike)))
    copies = rows.filter(pl.col(ROW) != pl.col("first"))
    if copies.is_empty():
        return alike & False, []
    return typed[ROW].is_in(copies[ROW].implode()), [_warning(table, copies)]


def _values(table: TableSchema, raw: pl.DataFrame, typed: pl.DataFrame) -> pl.DataFrame:
    """What must be equal: typed values, the text of those that cannot be read, and unknown columns as they are."""
    unread = [show(raw[name]).set(typed[name].is_not_null(), None) for name in table.names]
    unknown = [_comparable(raw[name]) for name in raw.columns if name not in (*table.names, ROW)]
    columns = [*(typed[name] for name in table.names), *unread, *unknown]
    return pl.DataFrame([column.alias(f"value {n}") for n, column in enumerate(columns)])


def _comparable(values: pl.Series) -> pl.Series:
    """The values, or their text where their type cannot be compared: lists and whatever else a frame may hold."""
    if values.dtype.is_numeric() or values.dtype in _COMPARABLE:
        return values
    return pl.Series([repr(value) for value in values], dtype=pl.String)


def _ids(table: TableSchema, raw: pl.DataFrame) -> pl.Series:
    shown = raw.select(show(raw[name]) for name in table.key)
    return shown.select(identity(table).fill_null("").alias("id")).to_series()


def _warning(table: TableSchema, copies: pl.DataFrame) -> Message:
    shown = copies.unique("first", keep="first", maintain_order=True).head(_EXAMPLES)
    examples = [
        Message(Code.EXAMPLE_TWICE, value=name, first=str(first), row=str(row))
        for row, first, name in shown.iter_rows()
    ]
    return Message(Code.COPIES, table=table.name, n=copies.height, examples=examples)
