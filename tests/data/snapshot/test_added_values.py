"""Values of added tasks in the types of the columns that they join: what does not fit is null, and costs no other."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.snapshot.added_values import taken_as

BERLIN = ZoneInfo("Europe/Berlin")
TYPES = (
    *(pl.Int8(), pl.UInt64(), pl.Float32(), pl.Decimal(10, 2), pl.Decimal(38, 0), pl.Boolean(), pl.String()),
    *(pl.Date(), pl.Time(), pl.Datetime("ms"), pl.Datetime("us", "Europe/Berlin"), pl.Enum(["a", "b"])),
    *(pl.Duration("us"), pl.List(pl.Int64()), pl.Binary(), pl.Null()),
)


@pytest.mark.parametrize(
    ("dtype", "values", "taken"),
    [
        (pl.Int64(), [1, "2", 3.0, "4.00"], [1, 2, 3, 4]),
        (pl.Int64(), [1.5, "1e999999999", 10**30, float("nan"), "inf", True], [None] * 6),
        (pl.UInt8(), [255, 256, -1], [255, None, None]),
        (pl.Decimal(10, 2), ["1.50", 2, "nan", float("inf"), "1e50"], [Decimal("1.5"), Decimal(2), None, None, None]),
        (pl.Float64(), ["0.1", 2, "x"], [0.1, 2.0, None]),
        (pl.Boolean(), [True, "FALSE", 1, "yes"], [True, False, None, None]),
        (pl.String(), ["a", 1, 1.5, date(2026, 3, 2), b"x"], ["a", "1", "1.5", "2026-03-02", None]),
        (pl.Enum(["a"]), ["a", "b", 1], ["a", None, None]),
        (pl.Date(), ["2026-03-02", datetime(2026, 3, 2, 8), "2 March"], [date(2026, 3, 2)] * 2 + [None]),  # noqa: DTZ001
        (pl.Time(), ["08:00", time(9), "25:00"], [time(8), time(9), None]),
    ],
    ids=str,
)
def test_what_fits_is_taken_and_nothing_else(dtype: pl.DataType, values: list[Any], taken: list[Any]) -> None:
    assert taken_as(values, dtype).to_list() == taken


def test_moments_keep_the_zone_of_their_column() -> None:
    given = ["2026-03-02T08:00", "2026-03-02T08:00+00:00", "2026-03-02", "0001-01-01T00:00+14:00"]
    assert taken_as(given, pl.Datetime("us", "Europe/Berlin")).to_list() == [
        datetime(2026, 3, 2, 8, tzinfo=BERLIN),
        datetime(2026, 3, 2, 9, tzinfo=BERLIN),
        datetime(2026, 3, 2, tzinfo=BERLIN),
        None,
    ]
    assert [moment is None for moment in taken_as(given, pl.Datetime("us"))] == [False, True, False, True]


@given(
    st.lists(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.dates()
        | st.times()
        | st.datetimes()
        | st.decimals()
        | st.binary()
        | st.sampled_from(["1e400", "-0", "NaN", "2026-03-02", "24:00", "true"]),
        max_size=4,
    ),
    st.sampled_from(TYPES),
)
def test_any_values_become_a_column_of_the_type(values: list[Any], dtype: pl.DataType) -> None:
    column = taken_as(values, dtype)
    assert (column.dtype, len(column)) == (dtype, len(values))
    alone = [taken_as([value], dtype).to_list()[0] for value in values]
    assert str(column.to_list()) == str(alone)
