"""The restrictions of rejected rows: a restriction that cannot be read must not be lost.

A pair that is set aside excludes its agent, and a shift takes time from its agent, whatever else is wrong with them,
unless they are clearly no restriction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from data.tables.cells import Place, row_name
from data.tables.convert import read_flags
from data.tables.schemas import DTYPES, ROW
from data.tables.times import EARLIEST

_SHOWN = 5
_TIME = DTYPES["time"]
_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Restrictions:
    """``excluded`` are pairs (task_id, agent_id, row), ``taken`` is time (agent_id, start, end, row).

    Of a row whose times cannot be read that is the whole period. The ids may name nobody.
    """

    excluded: pl.DataFrame
    taken: pl.DataFrame


def restrictions(pairs: pl.DataFrame, shifts: pl.DataFrame, as_of: datetime, horizon_end: datetime) -> Restrictions:
    """The restrictions of the rejected rows of pairs and shifts in the period."""
    named = pl.col("task_id").is_not_null() & pl.col("agent_id").is_not_null()
    excluded = pairs.filter(_forbids(pairs) & named).select("task_id", "agent_id", ROW)
    away = (pl.col("kind").str.to_lowercase() != "work").fill_null(value=False)
    ordered = (pl.col("start") < pl.col("end")).fill_null(value=False)
    # a time of day alone comes from a spreadsheet as one of 1899: it does not say when somebody is away
    told = ordered & ~(away & ((pl.col("start") < EARLIEST) | (pl.col("end") > _LATEST)))
    taken = shifts.filter(pl.col("agent_id").is_not_null() & (told | away)).select(
        "agent_id",
        start=pl.when(told).then("start").otherwise(pl.lit(as_of, _TIME)),
        end=pl.when(told).then("end").otherwise(pl.lit(horizon_end, _TIME)),
        row=ROW,
    )
    return Restrictions(excluded, taken)


def restrict_nobody_knows_whom(
    pairs: pl.DataFrame, shifts: pl.DataFrame, origins: Mapping[str, str], places: Mapping[int, Place]
) -> list[str]:
    """A refusal for each table with rejected rows that may forbid something but do not say to whom."""
    nameless = pl.col("task_id").is_null() | pl.col("agent_id").is_null()
    rows = {"pairs": pairs.filter(_forbids(pairs) & nameless), "shifts": shifts.filter(pl.col("agent_id").is_null())}
    why = {
        "pairs": "may exclude somebody, but who or from what cannot be read: mend task_id and agent_id, or delete it",
        "shifts": "may take time from somebody, but from whom cannot be read: mend agent_id, or delete it",
    }
    return [
        f"{origins[name]}: {_listed(found[ROW], places)} {why[name]}" for name, found in rows.items() if found.height
    ]


def _forbids(pairs: pl.DataFrame) -> pl.Series:
    """Whether what a pair says of ``allowed`` is neither missing nor true."""
    return pairs["allowed"].is_not_null() & ~read_flags(pairs["allowed"]).fill_null(value=False)


def _listed(rows: pl.Series, places: Mapping[int, Place]) -> str:
    more = f" and {len(rows) - _SHOWN:,} more" if len(rows) > _SHOWN else ""
    return (
        f"{'row' if len(rows) == 1 else 'rows'} {', '.join(row_name(row, places) for row in rows.head(_SHOWN))}{more}"
    )
