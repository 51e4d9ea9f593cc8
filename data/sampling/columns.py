"""Makes columns of a sample from arrays: chosen texts, missing values, moments."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import polars as pl
from polars import selectors

TIME_FORMAT = "%Y-%m-%dT%H:%M:%S"
"""How moments are written as text: in wall-clock time, without an offset."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

TIMEZONE = "Europe/Berlin"
AS_OF = datetime(2026, 3, 2, 8, tzinfo=ZoneInfo(TIMEZONE))
"""A Monday morning."""


def picked(values: Sequence[str | None], index: Ints) -> pl.Series:
    """The texts at the places of ``index``."""
    return pl.Series(values, dtype=pl.String).gather(index)


def where(known: Flags, column: pl.Series) -> pl.Series:
    """The column with a missing value wherever ``known`` is false."""
    return column.zip_with(pl.Series(known), column.clear(len(column)))


def numbered(prefix: str, count: int, digits: int) -> list[str]:
    """Ids like ``A0001``, with as many digits as the largest needs."""
    width = max(digits, len(str(count)))
    return [f"{prefix}{number:0{width}d}" for number in range(1, count + 1)]


def moments(seconds: Ints) -> pl.Series:
    """Seconds since 1970 (UTC) as moments in the time zone of the sample."""
    return pl.Series(seconds * 1_000_000).cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(TIMEZONE)


def local_moments(midnight: datetime, minutes: Ints) -> pl.Series:
    """Wall-clock minutes after a naive local midnight as moments in the time zone of the sample."""
    naive = pl.Series(np.datetime64(midnight, "us") + minutes * np.timedelta64(60_000_000, "us"))
    return naive.dt.replace_time_zone(TIMEZONE, ambiguous="earliest")


def decimals(values: Floats, places: int) -> pl.Series:
    """The values rounded so that their shortest text has at most this many decimals."""
    return pl.Series(np.round(values, places))


def as_csv(table: pl.DataFrame) -> bytes:
    """The table as CSV in UTF-8 with a byte-order mark, by which Excel knows it, and wall-clock times."""
    naive = table.with_columns(selectors.datetime(time_zone="*").dt.replace_time_zone(None))
    return naive.write_csv(include_bom=True, datetime_format=TIME_FORMAT).encode()
