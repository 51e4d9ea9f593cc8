"""A snapshot read whole: found, matched, typed, checked, and refused when too much of it is broken."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import polars as pl

from data.beside import with_sheets_beside
from data.columns import RawTable
from data.faults import SourceError, collected
from data.period import Period, read_period
from data.places import placed
from data.schemas import ROW, TABLES
from data.snapshot import Snapshot
from data.sources import Found, open_source
from data.validate import Checked, validate, value_rejects
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
    period = _period(found, as_of, horizon)
    found.tables, faults = with_sheets_beside(found.tables, found.beside, found.matrix, period)
    if faults:
        raise SourceError(faults)
    _refuse_empty(found.tables)
    checked = validate(found.tables, period.timezone)
    checked = {name: _told(table, found.tables.get(name)) for name, table in checked.items()}
    rejects = pl.concat([table.rejects for table in checked.values()])
    origins = {name: raw.origin for name, raw in found.tables.items()}
    if strict and rejects.height:
        raise SnapshotError(_strict_refusal(rejects, origins), rejects=rejects)
    for name, table in checked.items():
        if _too_many(table, Fraction(str(max_reject_share))):
            raise SnapshotError(_share_refusal(table, origins[name], max_reject_share), rejects=rejects)
    warnings = [warning for table in checked.values() for warning in table.warnings]
    beside = [warning for raw in found.beside.values() for warning in raw.warnings]
    notices = [notice for raw in found.tables.values() for notice in raw.notices]
    return Snapshot(
        as_of=period.as_of,
        horizon_end=period.horizon_end,
        timezone=period.timezone,
        **{name: table.good for name, table in checked.items()},
        rejects=rejects,
        warnings=(*found.warnings, *period.warnings, *beside, *warnings),
        rows_read={name: table.rows_read for name, table in checked.items()},
        inputs=found.inputs,
        notices=tuple(notices),
    )


def _period(found: Found, as_of: str | datetime | None, horizon: str | timedelta | datetime | None) -> Period:
    """The period of a source without faults.

    Raises:
        SourceError: all that is wrong with it, its settings and cells that cannot be read included.
    """
    faults, settings, origin = list(found.faults), found.settings, found.settings_origin
    if settings is None:
        raise SourceError(faults)
    period = collected(faults, lambda: read_period(settings, origin, as_of=as_of, horizon=horizon))
    if period is None or faults:
        zone = "UTC" if period is None else period.timezone
        rejects = [placed(value_rejects(raw, zone), raw) for raw in found.tables.values()] if found.faults else []
        cells = [str(message) for table in rejects for message in table["message"]]
        raise SourceError([*faults, *cells])
    return period


def _told(table: Checked, raw: RawTable | None) -> Checked:
    """The table with its rejects where people find them."""
    return table if raw is None else replace(table, rejects=placed(table.rejects, raw))


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
        f"  {origins.get(line['table'], line['table'])} row {line[ROW]} ({line['id'] or 'no id'}): {line['message']}"
        for line in rejects.head(_SHOWN).iter_rows(named=True)
    ]
    more = rejects.height - len(lines)
    return "\n".join([*lines, *([f"  and {more:,} more"] if more else [])])
