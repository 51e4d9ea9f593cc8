"""Why a value cannot be read: the advice fits the value, and is none where two things may be meant."""

import polars as pl
import pytest

from data.tables.explain import explain_numbers, explain_texts
from data.tables.rejects import show
from data.tables.schemas import TABLES

MINUTES, VALUE, COUNT = (
    TABLES["tasks"].column("minutes"),
    TABLES["tasks"].column("value"),
    TABLES["agents"].column("max_tasks"),
)


@pytest.mark.parametrize(
    ("text", "sign", "said"),
    [
        ("1:30", ".", "minutes '1:30' has a time or date format; write minutes as a number (90)"),
        ("100:00:00", ".", "minutes '100:00:00' has a time or date format; write minutes as a number (6000)"),
        ("2026-01-05", ".", "minutes '2026-01-05' has a time or date format; write minutes as a number"),
        ("1:75", ".", "minutes '1:75' is not a number (the decimal sign is '.')"),
        (
            "1 250",
            ".",
            "minutes '1 250' is not a number (the decimal sign is '.'); write 1250, without thousands separators",
        ),
        ("1,250", ".", "minutes '1,250' may be 1250 or 1.25; write 1250, or 1.25 with a point"),
        ("1.234", ".", "minutes '1.234' may be 1234 or 1.2340; write 1234, or 1.2340 with a point"),
        ("1.000", ".", "minutes '1.000' may be 1000 or 1.0; write 1000, or 1.0 with a point"),
        ("1.250", ",", "minutes '1.250' is not a number (the decimal sign is ',')"),
        ("many", ".", "minutes 'many' is not a number (the decimal sign is '.')"),
    ],
)
def test_numbers(text: str, sign: str, said: str) -> None:
    assert explain_numbers(pl.Series([text]), MINUTES, sign) == [said]


def test_a_clock_is_no_number_of_points_and_a_count_is_whole() -> None:
    assert explain_numbers(pl.Series(["1:30"]), VALUE, ".") == [
        "value '1:30' has a time or date format; write value as a number"
    ]
    assert explain_numbers(pl.Series(["1.5"]), COUNT, ".") == ["max_tasks '1.5' is not a whole number"]


def told(*values: object) -> list[str]:
    raw = pl.Series(values)
    return [str(each) for each in explain_texts(raw, show(raw), TABLES["tasks"].column("task_id"))]


def test_texts() -> None:
    lost = "is a number that lost digits; format the column as text before ids go in"
    assert told("1.23E+17") == [f"task_id '1.23E+17' {lost}"]
    assert told("#N/A")[0].startswith("task_id '#N/A' is not text: a spreadsheet's error")
    assert told(1.5, 2.0**60) == [
        "task_id '1.5' is a number with decimals, not a name; write it as text",
        f"task_id '{show(pl.Series([2.0**60]))[0]}' {lost}",
    ]
    assert told(["a", "b"]) == ["task_id '['a', 'b']' is a list; write a;b"]
