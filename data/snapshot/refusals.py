"""Why a snapshot is refused: too much of a table is broken or lost; which rows these are, to be corrected."""

from collections.abc import Mapping
from fractions import Fraction

import polars as pl

from data.snapshot.validate import Checked
from data.tables.columns import RawTable
from data.tables.rejects import own_faults
from data.tables.schemas import ROW, TABLES

_FEW = {"tasks": 20}
"""Rejects of a table that never refuse a snapshot; of all other tables it is one."""
_SHOWN = 5
ALLOW_EMPTY = "--allow-empty reads it all the same"


def no_rows(tables: Mapping[str, RawTable]) -> list[str]:
    """The tables without rows that must have some."""
    empty = [raw for name, raw in tables.items() if raw.frame.is_empty() and not TABLES[name].may_be_empty]
    return [f"{raw.origin} has no rows ({ALLOW_EMPTY})" for raw in empty]


def strict_refusal(rejects: pl.DataFrame, origins: Mapping[str, str]) -> str:
    """The message that rows break a rule, with the first of them."""
    return f"rows that break a rule, of which a strict reading takes none: {rejects.height:,}\n" + _examples(
        rejects, origins
    )


def too_many(checked: Mapping[str, Checked], share: Fraction | float, origins: Mapping[str, str]) -> dict[str, str]:
    """The tables of which more than a share of the rows, and more than a few, break a rule; with a message for each."""
    refused = {}
    for name, table in checked.items():
        faults = own_faults(table.rejects)
        if faults.height > _FEW.get(name, 1) and faults.height > Fraction(str(share)) * table.rows_read:
            counts = faults["rule"].value_counts(sort=True).iter_rows()
            refused[name] = (
                f"{origins[name]}: {faults.height:,} of {table.rows_read:,} rows break a rule, more than the "
                f"{float(share):.3g} that max_reject_share allows "
                f"({', '.join(f'{rule} {count:,}' for rule, count in counts)}):\n"
                f"{_examples(faults, origins)}"
            )
    return refused


def all_lost(checked: Mapping[str, Checked], origins: Mapping[str, str]) -> dict[str, str]:
    """The tables that lose all their rows; with a message for each, and the reason for the loss."""
    refused = {}
    for name, table in checked.items():
        if table.rows_read and table.good.is_empty():
            what = "its only row is" if table.rows_read == 1 else f"all its {table.rows_read:,} rows are"
            lines = _examples(table.rejects, origins)
            causes = _causes(name, checked, origins)
            refused[name] = f"{origins[name]}: {what} set aside ({ALLOW_EMPTY}):\n{lines}{causes}"
    return refused


def _causes(name: str, checked: Mapping[str, Checked], origins: Mapping[str, str]) -> str:
    """The rows of other tables that rows were lost with."""
    cascaded = checked[name].rejects.filter(pl.col("rule") == "cascade")
    lines = []
    for column in cascaded["column"].unique(maintain_order=True):
        other = TABLES[name].column(column).table or ""
        named = cascaded.filter(pl.col("column") == column)["value"]
        rejects = checked[other].rejects
        cause = rejects.filter(pl.col("id").is_in(named.implode()))
        lines.append(f"\nLost with {named.n_unique():,} of {other}; mend these first:\n{_examples(cause, origins)}")
    return "".join(lines)


def _examples(rejects: pl.DataFrame, origins: Mapping[str, str]) -> str:
    lines = [
        f"  {origins[line['table']]} row {line[ROW]} ({line['id'] or 'no id'}): {line['message']}"
        for line in rejects.head(_SHOWN).iter_rows(named=True)
    ]
    more = rejects.height - len(lines)
    return "\n".join([*lines, *([f"  and {more:,} more"] if more else [])])
