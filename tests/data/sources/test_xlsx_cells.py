"""The XML of a sheet, made safe: errors and long numbers as text, far and empty places left out."""

import re

import pytest

from data.sources import xlsx_cells
from data.sources.xlsx_cells import prepared


def sheet(*cells: str, prefix: str = "") -> bytes:
    """A sheet of cells such as ``B3`` with a 1, or of XML as it is."""
    made = [
        cell if cell.startswith("<") else f'<{prefix}c r="{cell}"><{prefix}v>1</{prefix}v></{prefix}c>'
        for cell in cells
    ]
    return f"<{prefix}sheetData>{''.join(made)}</{prefix}sheetData>".encode()


def places(xml: bytes) -> list[str]:
    return re.findall(r'r="([A-Z]+\d+)"', xml.decode())


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_the_first_row_and_column_with_content(prefix):
    found = prepared(sheet('<c r="A1"/>', "C4", "B5", prefix=prefix))
    assert (found.first_row, found.first_column, found.rows, found.far) == (4, 2, None, [])


def test_a_sheet_without_content_stays_as_it_is():
    xml = sheet('<c r="XFD1048576" s="1"/>')
    assert prepared(xml).xml == xml


def test_a_far_column_and_a_far_row_are_left_out_and_told():
    found = prepared(sheet("A1", "B1", "A2", "XFD2", "B1000000"))
    assert found.rows == [1, 2, 1_000_000]
    assert found.far == ["XFD2"]
    assert places(found.xml) == ["A1", "B1", "A2", "C2", "B3"]


@pytest.mark.parametrize(("gap", "near"), [(10, True), (11, False)])
def test_how_far_a_column_is_far(gap, near, monkeypatch):
    monkeypatch.setattr(xlsx_cells, "_FEW", 1)
    monkeypatch.setattr(xlsx_cells, "_SPARSE", 1)
    other = "ABCDEFGHIJKLMNOP"[gap]
    assert prepared(sheet("A1", f"{other}1")).far == ([] if near else [f"{other}1"])


@pytest.mark.parametrize("cell", ["A1048577", "XFE1", "A0"])
def test_cells_outside_of_any_sheet_are_a_fault(cell):
    found = prepared(sheet("A1", cell))
    assert found.xml == b""
    assert found.fault == "has cells outside of any sheet; open it in Excel and save it again"


def test_cells_without_a_place_are_a_fault_where_others_would_move():
    assert "do not say where they are" in prepared(sheet("A1", "A1000000", "<c><v>1</v></c>")).fault


def test_cells_scattered_all_over_are_a_fault(monkeypatch):
    monkeypatch.setattr(xlsx_cells, "_MOST", 10)
    cells = [f"{'ABCDEFGHIJ'[n]}{10_000 * n + 1}" for n in range(10)]
    monkeypatch.setattr(xlsx_cells, "_SPARSE", 1)
    assert prepared(sheet(*cells)).fault.startswith("has 10 cells with content scattered as far as J90001; delete")


@pytest.mark.parametrize("quote", ['"', "'"])
def test_errors_are_text(quote):
    cell = f"<c r={quote}A1{quote} t={quote}e{quote}><v>#N/A</v></c>"
    assert f"t={quote}str{quote}".encode() in prepared(sheet(cell)).xml


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("123456789012345678", "1.23456789012346E+17"),
        ("-1.23456789012345E+20", "-1.23456789012345E+20"),
        ("1234567890123456", "1.23456789012346E+15"),
        ("999999999999999", None),
        ("0.1234567890123456789", None),
        ("12", None),
    ],
)
def test_numbers_of_more_than_15_digits_are_text(number, shown):
    xml = prepared(sheet(f'<c r="A1"><v>{number}</v></c>')).xml.decode()
    assert (f">{shown or number}<" in xml, 't="str"' in xml) == (True, shown is not None)


def test_texts_that_look_like_long_numbers_stay_as_they_are():
    cell = '<c r="A1" t="s"><v>123456789012345678</v></c>'
    assert cell.encode() in prepared(sheet(cell, '<c r="A2"><v>123456789012345678</v></c>')).xml


@pytest.mark.parametrize("how", ['hidden="1"', "hidden='true'"])
def test_hidden_rows_with_content_are_told_but_for_the_header(how):
    rows = "".join(f'<row r="{n}" {how}><c r="A{n}"><v>1</v></c></row>' for n in (1, 2, 3))
    found = prepared(sheet(f'{rows}<row r="9" {how}/>', "<autoFilter/>"))
    assert (found.hidden, found.filtered) == ([2, 3], True)
    assert prepared(sheet("A1", "<autoFilter/>")).filtered is False
