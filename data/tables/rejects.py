"""The list of rejected rows: one line per row, in words that help to correct the source."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from data.tables.schemas import REJECTS, ROW, Table

_LONGEST = 80


@dataclass(frozen=True)
class Fault:
    """A rule and the rows that break it; ``broken`` may be null where the rule says nothing.

    ``message`` is evaluated on the raw broken rows, whose values are text by then.
    """

    column: str
    rule: str
    broken: pl.Series
    message: pl.Expr


def no_rejects() -> pl.DataFrame:
    """The empty list."""
    return pl.DataFrame(schema=dict(REJECTS))


def reject_lines(table: Table, raw: pl.DataFrame, faults: Iterable[Fault]) -> pl.DataFrame:
    """A line for each broken row: the first rule it breaks, the others at the end of the message."""
    lines = [
        _lines(table, raw.filter(fault.broken), fault, order)
        for order, fault in enumerate(sorted(faults, key=lambda fault: _position(table, fault)))
        if fault.broken.any()
    ]
    if not lines:
        return no_rejects()
    return (
        pl.concat(lines)
        .sort(ROW, "order")
        .group_by(ROW, maintain_order=True)
        .agg(
            pl.col("id", "column", "rule", "value").first(),
            pl.col("message").str.join("; also: "),
        )
        .select(pl.lit(table.name).alias("table"), *list(REJECTS)[1:])
    )


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


def _lines(table: Table, broken: pl.DataFrame, fault: Fault, order: int) -> pl.DataFrame:
    shown = broken.select(ROW, *(show(broken[name]) for name in table.names))
    return shown.select(
        ROW,
        pl.lit(order).alias("order"),
        identity(table).alias("id"),
        pl.lit(fault.column).alias("column"),
        pl.lit(fault.rule).alias("rule"),
        pl.col(fault.column).alias("value"),
        fault.message.cast(pl.String).alias("message"),
    )


def identity(table: Table) -> pl.Expr:
    """What names a row to people: its key, the parts joined by ``|``."""
    parts = table.identity or table.key
    return pl.col(parts[0]) if len(parts) == 1 else pl.concat_str(pl.col(parts).fill_null(""), separator="|")


def _position(table: Table, fault: Fault) -> int:
    return table.names.index(fault.column)
