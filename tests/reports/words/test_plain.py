"""Values of any type as text that people read, and that no strange value stops."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from reports.words.plain import as_text


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (["a", None, ""], ["a", None, ""]),
        ([1, None, 2**62], ["1", None, str(2**62)]),
        ([1.5, None, float("inf")], ["1.5", None, "inf"]),
        ([True, None], ["true", None]),
        ([date(2026, 3, 2), None], ["2026-03-02", None]),
        ([time(8, 30), None], ["08:30:00", None]),
        ([datetime(2026, 3, 2, 8, tzinfo=UTC)], ["2026-03-02T08:00:00+00:00"]),
        ([datetime(2026, 3, 2, 8, 0, 0, 500000)], ["2026-03-02T08:00:00.500"]),  # noqa: DTZ001
        ([timedelta(hours=49, minutes=30), timedelta(seconds=-300.25), None], ["49:30:00", "-0:05:00.25", None]),
        ([["a", None, "b"], []], ["a;;b", ""]),
        ([[1.5, 2], None], ["1.5;2.0", None]),
        ([[["a"], ["ö"]]], ['[["a"], ["ö"]]']),
        ([{"a": 1, "b": timedelta(hours=1)}], ['{"a": 1, "b": "1:00:00"}']),
        ([b"\x00\xff", b"x" * 33], ["00ff", "78" * 32 + "... (33 bytes)"]),
        ([Decimal("1.50")], ["1.50"]),
        ([None, None], [None, None]),
    ],
)
def test_every_type_has_a_text(values: list[Any], texts: list[str | None]) -> None:
    found = as_text(pl.Series("own", values))
    assert (found.name, found.dtype, found.to_list()) == ("own", pl.String, texts)


def test_words_of_a_set_and_objects() -> None:
    assert as_text(pl.Series(["x", None], dtype=pl.Categorical)).to_list() == ["x", None]
    assert as_text(pl.Series([object], dtype=pl.Object)).to_list() == ["<class 'object'>"]


def test_what_cannot_be_shown_is_a_question_mark() -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError("no")

    assert as_text(pl.Series([Broken(), 1], dtype=pl.Object)).to_list() == ["?", "1"]
