"""One worksheet: formats, widths, what is printed, hidden and offered."""

from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from reports import RunView, write_workbook
from reports.content.table import Column, Table
from reports.words.wording import Unit
from reports.workbook.archive import empty_book, save
from reports.workbook.sheet import Sheet, _place
from tests.reports.runs import agent, at, left, planned, view_of
from tests.reports.workbook.sheets import Open, rows, text_of


def test_seconds_are_shown_where_there_are_any(opened: Open) -> None:
    view = view_of(plan=[planned("t", start_at=at(0.5), minutes=0.5)], agents=[agent("A1")])
    sheet = opened(view)["Plan"]
    assert sheet["G2"].number_format == "yyyy-mm-dd hh:mm:ss"
    assert sheet["G2"].value == datetime(2026, 3, 2, 8, 0, 30)  # noqa: DTZ001 - wall time
    assert (sheet["I2"].value, sheet["I2"].number_format) == (0.5, "#,##0.00")


@pytest.mark.parametrize(("title", "entries"), [("Plan", "NOP"), ("Unplanned", "HIJ")])
def test_what_planners_fill_in_is_empty_and_looks_like_it(
    opened: Open, mixed: RunView, title: str, entries: str
) -> None:
    sheet = opened(mixed)[title]
    assert [sheet[f"{letter}1"].value for letter in entries] == ["New agent", "Hold/cancel/pin", "New due"]
    for letter in entries:
        cell = sheet[f"{letter}2"]
        assert (cell.value, cell.fill.start_color.rgb) == (None, "00EAF4E6")
        assert not sheet.column_dimensions[letter].hidden
    (rule,) = sheet.data_validations.dataValidation
    assert rule.formula1 == '"hold,cancel,pin"'
    assert f"{entries[1]}2" in rule.sqref


def test_a_full_sheet_says_where_the_rest_is(opened: Open) -> None:
    plan = [planned(f"t{i}", sequence=i) for i in range(1, 8)]
    view = view_of(plan=plan, unplanned=[left("u1"), left("u2")], agents=[agent("A1")])
    book = opened(view, rows_per_sheet=5)
    sheet = book["Plan"]
    note = "The first 5 of 7 rows; the other 2 are in plan.parquet (and in plan.csv of a run with --csv)."
    assert sheet["A1"].value == note
    assert f"Sheet Plan: {note}" in text_of(book["Summary"])
    assert [row["Task"] for row in rows(sheet, header=2)] == ["t1", "t2", "t3", "t4", "t5"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A3", "A2:W7", "$2:$2")
    assert len(rows(book["Unplanned"])) == 2


def test_sheets_print_all_of_their_columns(mixed: RunView, tmp_path: Path) -> None:
    plan = mixed.plan.with_columns(pl.lit("x" * 40).alias(f"own {i}") for i in range(9))
    write_workbook(replace(mixed, plan=plan), tmp_path / "plan.xlsx")
    sheet = load_workbook(tmp_path / "plan.xlsx")["Plan"]
    assert sheet.print_area.endswith(f"${get_column_letter(sheet.max_column)}${sheet.max_row}")
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.fitToWidth > 1, "side by side, where one page would be too small to read"
    assert sheet.print_title_cols == "$A:$B"
    assert load_workbook(tmp_path / "plan.xlsx")["Agents"].page_setup.fitToWidth == 1


def laid(values: pl.DataFrame, *shape: Column) -> Any:
    """A sheet with a table of these values."""
    book = empty_book("", "", at(0))
    sheet = Sheet(book, "t", "run & run")
    sheet.write_table(Table("t", values, shape), 9)
    save(book, BytesIO(), at(0), [sheet])  # type: ignore[arg-type]
    return sheet.worksheet


def test_columns_without_a_value_are_hidden_unless_they_are_to_be_filled_in() -> None:
    frame = pl.DataFrame({"a": [None, None], "b": ["x", None], "c": [None, None]}, schema_overrides={"a": pl.String})
    shape = (Column("a", "A", Unit.TEXT), Column("b", "B", Unit.TEXT), Column("c", "C", Unit.TEXT, entry=True))
    sizes = laid(frame.with_columns(pl.col("c").cast(pl.String)), *shape).column_dimensions
    assert [sizes[letter].hidden for letter in "ABC"] == [True, False, False]
    none = laid(frame.clear().with_columns(pl.col("c").cast(pl.String)), *shape).column_dimensions
    assert not any(none[letter].hidden for letter in "ABC")


def test_wide_characters_have_room_and_nothing_is_too_wide() -> None:
    frame = pl.DataFrame({"a": ["x" * 20], "b": ["名" * 10], "c": ["x" * 500], "d": ["x" * 500]})
    kinds = (Unit.TEXT, Unit.TEXT, Unit.TEXT, Unit.PROSE)
    shape = [Column(name, name, kind) for name, kind in zip("abcd", kinds, strict=True)]
    sizes = laid(frame, *shape).column_dimensions
    assert [sizes[letter].width for letter in "ABCD"] == [22.0, 22.0, 42.0, 90.0]


def test_a_sign_of_the_footer_is_no_command() -> None:
    assert laid(pl.DataFrame({"a": [1]}), Column("a", "A", Unit.COUNT)).oddFooter.left.text == "run && run"


def test_places_of_columns_beyond_z() -> None:
    assert [_place(*at) for at in ((1, 1), (26, 9), (27, 1), (703, 2))] == ["A1", "Z9", "AA1", "AAA2"]
