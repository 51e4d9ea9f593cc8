"""What people write into cells: read where it can mean one thing, left alone where it can mean two."""

import polars as pl
import pytest

from data.tables.handwriting import plain_number, plain_time, read_handwriting
from data.tables.schemas import TABLES


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("30.11.2026 17:00", "2026-11-30T17:00"),
        ("5.1.26", "2026-01-05"),
        ("5. 1. 2026, 8:05:09 Uhr", "2026-01-05T08:05:09"),
        ("05.01.2026 um 8:00", "2026-01-05T08:00"),
        ("2026/1/5 8:00", "2026-01-05T08:00"),
        ("2026年1月5日 8：00", "2026-01-05T08:00"),
        ("2026.1.5T12:00", "2026-01-05T12:00"),
        ("1899-12-31 08:00:00", "08:00"),
        ("1899-12-30T08:00:30.5", "08:00:30"),
        ("1900-01-01 00:00:00", "24:00"),
        ("3/2/2026", "3/2/2026"),
        ("1.2", "1.2"),
        ("30.11.2026 17", "30.11.2026 17"),
        ("8:00", "8:00"),
    ],
)
def test_times(text: str, iso: str) -> None:
    assert plain_time(text) == iso


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("45,5", "", "45.5"),
        (",5", "", "0.5"),
        ("-1,5", "", "-1.5"),
        ("0,250", "", "0.250"),
        ("1,250", "", "1,250"),  # a thousand, or one and a quarter
        ("1.250", "", "1.250"),
        ("1.250,00", "", "1250.00"),
        ("1,250.50", "", "1250.50"),
        ("1.250.000", "", "1250000"),
        ("1 250", "", "1250"),
        ("1’250'000", "", "1’250'000"),  # two signs
        ("1'250'000,5", "", "1250000.5"),
        ("90 %", "", "90 %"),
        ("12,5%", "", "12.5 %"),
        ("40 min", "min", "40"),
        ("40 Minuten.", "min", "40"),
        ("1,5 Std.", "min", "90.0"),
        ("2h", "min", "120"),
        ("1.500 min", "min", "1.500 min"),  # the unit does not settle it
        ("40 min", "", "40 min"),
        ("1.250,00 €", "points", "1250.00"),
        ("CHF 80", "points", "80"),
        ("€1€", "points", "€1€"),
        ("45 €/h", "per hour", "45"),
        ("45 EUR / Stunde", "per hour", "45"),
        ("45 €/h", "points", "45 €/h"),
        ("viel", "min", "viel"),
        ("", "", ""),
    ],
)
def test_numbers(text: str, unit: str, number: str) -> None:
    assert plain_number(text, unit) == number


def test_only_columns_of_text_that_hold_times_or_numbers_are_rewritten() -> None:
    frame = pl.DataFrame(
        {"task_id": ["45,5", None], "minutes": ["45,5", None], "value": [1.5, 2.5], "due_at": ["5.1.26", "x"]}
    )
    read = read_handwriting(TABLES["tasks"], frame)
    assert read.rows() == [("45,5", "45.5", 1.5, "2026-01-05"), (None, None, 2.5, "x")]
