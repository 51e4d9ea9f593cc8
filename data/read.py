"""A snapshot read whole: found, matched, typed, checked, and refused when too much of it is broken."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from data.columns import RawTable
from data.period import read_period
from data.schemas import ROW, TABLES
from data.snapshot import Snapshot
from data.sources import open_source
from data.validate import Checked, validate
from models import SnapshotError

if TYPE_CHECKING:
    from data.sources import Source

_FEW = 20  # rejects of a table that never refuse a snapshot
_SHOWN = 5


def read_snapshot(
    source: "Source",
    *,
    as_of: str | datetime | None = None,
    horizon: str | timedelta | datetime | None = None,
    strict: bool = False,
    max_reject_share: Fraction | float = Fraction(1, 20),
) -> Snapshot:
    """The snapshot in a folder, an .xlsx workbook, or a mapping of table names to polars or pandas frames.

    A mapping may hold ``snapshot``: a mapping of as_of, horizon_end or horizon, and timezone.
    ``as_of`` and ``horizon`` (a length such as ``10h``, or the moment it ends) count instead of what
    the source says. Rows that break a rule are set aside in ``rejects``.

    Raises:
        SnapshotError: the source cannot be read as a snapshot; or a row breaks a rule and ``strict``;
            or more than ``max_reject_share`` of a table's rows do and more than 20 of them.
    """
    found = open_source(source)
    period = read_period(found.settings, found.settings_origin, as_of=as_of, horizon=horizon)
    _refuse_empty(found.tables)
    checked = validate(found.tables, period.timezone)
    rejects = pl.concat([table.rejects for table in checked.values()])
    origins = {name: raw.origin for name, raw in found.tables.items()}
    if strict and rejects.height:
        raise SnapshotError(_strict_refusal(rejects, origins), rejects=rejects)
    for name, table in checked.items():
        if _too_many(table, Fraction(str(max_reject_share))):
            raise SnapshotError(_share_refusal(table, origins[name], max_reject_share), rejects=rejects)
    warnings = [warning for table in checked.values() for warning in table.warnings]
    return Snapshot(
        as_of=period.as_of,
        horizon_end=period.horizon_end,
        timezone=period.timezone,
        tasks=checked["tasks"].good,
        processes=checked["processes"].good,
        agents=checked["agents"].good,
        agent_skills=checked["agent_skills"].good,
        shifts=checked["shifts"].good,
        pairs=checked["pairs"].good,
        rejects=rejects,
        warnings=(*found.warnings, *period.warnings, *warnings),
        rows_read={name: table.rows_read for name, table in checked.items()},
        inputs=found.inputs,
        notices=(*found.notices, *(notice for raw in found.tables.values() for notice in raw.notices)),
    )


def _refuse_empty(tables: Mapping[str, RawTable]) -> None:
    for name, raw in tables.items():
        if raw.frame.is_empty() and not TABLES[name].may_be_empty:
            raise SnapshotError(f"{raw.origin} has no rows")


def _own_faults(rejects: pl.DataFrame) -> pl.DataFrame:
    return rejects.filter(pl.col("rule") != "cascade")


def _too_many(table: Checked, share: Fraction) -> bool:
    faults = _own_faults(table.rejects).height
    return faults > _FEW and faults > share * table.rows_read


def _strict_refusal(rejects: pl.DataFrame, origins: Mapping[str, str]) -> str:
    return f"rows that break a rule, of which a strict reading takes none: {rejects.height:,}\n" + _examples(
        rejects, origins
    )


def _share_refusal(table: Checked, origin: str, share: Fraction | float) -> str:
    faults = _own_faults(table.rejects)
    counts = faults["rule"].value_counts(sort=True).iter_rows()
    return (
        f"{origin}: {faults.height:,} of {table.rows_read:,} rows break a rule, more than the "
        f"{float(share):.3g} that max_reject_share allows "
        f"({', '.join(f'{rule} {count:,}' for rule, count in counts)}):\n"
        f"{_examples(faults, dict.fromkeys(TABLES, origin))}"
    )


def _examples(rejects: pl.DataFrame, origins: Mapping[str, str]) -> str:
    lines = [
        f"  {origins[line['table']]} row {line[ROW]} ({line['id'] or 'no id'}): {line['message']}"
        for line in rejects.head(_SHOWN).iter_rows(named=True)
    ]
    more = rejects.height - len(lines)
    return "\n".join([*lines, *([f"  and {more:,} more"] if more else [])])
