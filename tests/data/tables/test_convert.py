"""Raw values made typed ones, or nothing with the reason."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from data.tables.convert import Notation, decimal_sign, explain_column, points_may_group, read_column, read_flags
from data.tables.schemas import TABLES

UTC_NOTATION = Notation("UTC")


def column(table: str, name: str) -> Any:
    return TABLES[table].column(name)


def read(table: str, name: str, values: Any, notation: Notation = UTC_NOTATION) -> list[Any]:
    raw = values if isinstance(values, pl.Series) else pl.Series(values)
    return read_column(raw, column(table, name), notation).to_list()


def why(table: str, name: str, value: Any, notation: Notation = UTC_NOTATION) -> str:
    raw = value if isinstance(value, pl.Series) else pl.Series([value])
    (message,) = explain_column(raw, column(table, name), notation)
    return str(message)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1.0), ("+.5", 0.5), ("1.", 1.0), ("2e3", 2000.0), ("1,5", None), ("", None), ("0x10", None), ("٣", None)]
    + [(text, None) for text in ("1e9999", "NaN", "inf", "1 000", "--1")],
)
def test_numbers(text: str, number: float | None) -> None:
    assert read("tasks", "minutes", [text]) == [number]


def test_a_comma_may_be_the_decimal_sign() -> None:
    assert read("tasks", "minutes", ["1,5", "-2"], Notation("UTC", ",")) == [1.5, -2.0]


def test_the_decimal_sign_is_the_comma_if_any_number_uses_it() -> None:
    assert decimal_sign([pl.Series(["1", None]), pl.Series(["1,5"])]) == ","
    assert decimal_sign([pl.Series(["1.5"]), pl.Series([1.5]), pl.Series([None, None], dtype=pl.String)]) == "."


@pytest.mark.parametrize(
    ("texts", "may"), [(["1.500", "12"], True), (["1.500", "1.5"], False), (["0.500"], False), ([], True)]
)
def test_points_may_group_if_all_of_them_could(texts: list[str], may: bool) -> None:
    assert points_may_group([pl.Series(texts, dtype=pl.String)]) is may


def test_a_share_may_be_in_percent_and_minutes_may_not() -> None:
    assert read("agents", "max_utilization", ["90 %", "90％", "0.9", "%"]) == [0.9, 0.9, 0.9, None]
    assert read("tasks", "minutes", ["90 %"]) == [None]


def test_whole_numbers() -> None:
    assert read("agents", "max_tasks", ["3", "3.0", "3.5", "1e2"]) == [3, 3, None, 100]
    assert read("agents", "max_tasks", [3.0, 3.5, None]) == [3, None, None]
    assert why("agents", "max_tasks", "3.5") == "max_tasks '3.5' is not a whole number"


@pytest.mark.parametrize("yes", ["true", "JA", "Wahr", "si\u0301", "是", "1", "1.0", "1,00", "T"])
def test_words_for_yes(yes: str) -> None:
    assert read_flags(pl.Series([yes])).to_list() == [True]


@pytest.mark.parametrize("no", ["false", "Nein", "否", "0", "0.0"])
def test_words_for_no(no: str) -> None:
    assert read_flags(pl.Series([no])).to_list() == [False]


@pytest.mark.parametrize("neither", ["2", "10", "", "maybe", "x"])
def test_words_for_neither(neither: str) -> None:
    assert read_flags(pl.Series([neither])).to_list() == [None]


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([17, None], ["17", None]),
        ([17.0, 2.0**53, 1.5, float("nan")], ["17", None, None, None]),
        (pl.Series([17.0, 2.0**24], dtype=pl.Float32), ["17", None]),
        ([Decimal("17.00"), Decimal("17.50")], ["17", "17.50"]),
        (["1.23E+17", "#N/A", "a\x00b", "1E2x", "#1"], [None, None, None, "1E2x", "#1"]),
        ([date(2026, 3, 2)], ["2026-03-02"]),
        ([[1, 2]], [None]),
    ],
)
def test_ids_of_any_type(values: Any, texts: list[str | None]) -> None:
    assert read("tasks", "task_id", values) == texts


def test_names_that_only_describe_are_composed_and_ids_stay_as_written() -> None:
    strange = "u\u0308ber\u00a0uns"
    assert read("tasks", "tenant", [strange]) == ["über uns"]
    assert read("tasks", "task_id", [strange]) == [strange]


def test_a_text_that_is_no_id_may_be_a_number_with_decimals() -> None:
    assert read("tasks", "segment", [1.5, 2.0]) == ["1.5", "2"]


def test_choices_in_any_case_and_others_as_they_are() -> None:
    assert read("tasks", "status", ["In Progress", "QUEUED", "asleep"]) == ["in_progress", "queued", "asleep"]


def test_times_of_every_type_are_moments() -> None:
    eight = datetime(2026, 1, 5, 7, tzinfo=UTC)
    zone = Notation("Europe/Berlin")
    assert read("tasks", "due_at", ["2026-01-05T08:00", "soon"], zone) == [eight, None]
    assert read("tasks", "due_at", [datetime(2026, 1, 5, 8)], zone) == [eight]  # noqa: DTZ001
    assert read("tasks", "due_at", [eight], zone) == [eight]
    assert read("tasks", "due_at", [1.5], zone) == [None]
    assert why("tasks", "due_at", datetime(2026, 3, 29, 2, 30), zone).endswith("the clock of Europe/Berlin skips it")  # noqa: DTZ001
    assert why("tasks", "due_at", 1.5, zone) == "due_at '1.5' is not a time"


def test_a_column_of_nothing_has_its_type() -> None:
    assert read_column(pl.Series([None, None]), column("tasks", "due_at"), UTC_NOTATION).dtype == pl.Datetime(
        "us", "UTC"
    )


def test_a_flag_that_is_neither_is_told() -> None:
    assert why("pairs", "allowed", "maybe") == "allowed 'maybe' is neither true nor false"
