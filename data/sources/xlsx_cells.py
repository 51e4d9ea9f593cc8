"""Prepares the XML of a sheet for fastexcel: corrects what it would read wrongly, and collects what it does not report.

A sheet is as wide and as long as its farthest cells, and fastexcel holds all of that in memory. One forgotten cell in
the last column makes a small table gigabytes; so columns without content far out are left out, and rows without any.
"""

import re
from collections.abc import Set
from dataclasses import dataclass, field, replace
from itertools import pairwise

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384  # of Excel's sheets
_FEW = 20_000  # cells that are held in any case
_MOST = 40_000_000  # cells held for a sheet that is mostly empty
_SPARSE = 20  # a sheet is mostly empty when it has so many places for each cell with content
_GAP = 10  # columns without content in a row, behind which others stand far out

_ERROR_TYPE = re.compile(rb"""(<(?:\w+:)?c\b[^>]*\st=)(["'])e\2""")
_FILLED = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r=["']([A-Za-z]+)(\d+)["'][^>]*(?<!/)>""")
_ANY_FILLED = re.compile(rb"<(?:\w+:)?c\b[^>]*(?<!/)>")
_AT = re.compile(rb"""(<(?:\w+:)?c\s(?:[^>]*?\s)?r=["'])([A-Za-z]+)(\d+)(["'][^>]*(?<!/)>)""")
_HIDDEN = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\bhidden=["'](?:1|true)["'][^>]*>""")
_NUMBER_OF = re.compile(rb"""\br=["'](\d+)["']""")
_FILTER = re.compile(rb"<(?:\w+:)?(?:autoFilter|tablePart)\b")
_CELL = re.compile(rb"(<(?:\w+:)?c\b)((?:[^>/]|/(?!>))*)(>.*?</(?:\w+:)?c>)", re.DOTALL)
_KIND = re.compile(rb"""\st=["'](\w+)["']""")
_LONG = re.compile(rb"(<(?:\w+:)?v>)\s*(-?(?:\d{16,}(?:\.\d*)?|\d+(?:\.\d+)?[eE]\+?\d{2,3}))\s*(</)")
_KEPT_DIGITS = 15  # of a number; Excel itself keeps no more


@dataclass(frozen=True)
class SheetXml:
    """A sheet as fastexcel may read it.

    ``first_row`` and ``first_column`` are the first with content. ``rows``, unless `None`, are the numbers of the rows
    that are left, in order. ``far`` are cells far out, as Excel calls them. ``hidden`` are hidden rows with content
    below the first one.
    ``fault`` is why it cannot be read, if anything.
    """

    xml: bytes
    first_row: int = 1
    first_column: int = 1
    rows: list[int] | None = None
    far: list[str] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    filtered: bool = False
    fault: str = ""


def prepared(xml: bytes) -> SheetXml:
    """The XML of a sheet made safe; none if it cannot be read."""
    xml = _with_errors_as_text(xml)
    xml = _with_long_numbers_as_text(xml)
    cells = _FILLED.findall(xml)
    if not cells:
        return SheetXml(xml)
    columns = {_index(letters) for letters in {letters for letters, _ in cells}}
    rows = sorted({int(row) for _, row in cells})
    if rows[0] < 1 or rows[-1] > _LAST_ROW or max(columns) > _LAST_COLUMN:
        return SheetXml(b"", fault="has cells outside of any sheet; open it in Excel and save it again")
    hidden = _hidden_rows(xml, set(rows[1:]))
    found = SheetXml(xml, rows[0], min(columns), hidden=hidden, filtered=bool(hidden and _FILTER.search(xml)))
    used = sorted(columns)
    if (rows[-1] - rows[0] + 1) * (used[-1] - used[0] + 1) <= max(_FEW, _SPARSE * len(cells)):
        return found
    return _bounded(found, len(cells), rows, used)


def _bounded(found: SheetXml, filled: int, rows: list[int], used: list[int]) -> SheetXml:
    """The sheet without rows and far columns that have no content."""
    width = next((n for n, (a, b) in enumerate(pairwise(used), 1) if b - a > _GAP), len(used))
    kept = [*range(used[0], used[width - 1] + 1), *used[width:]]
    if (rows[-1] - rows[0] + 1) * len(kept) > max(_MOST, _SPARSE * filled):
        fault = f"has {filled:,} cells with content scattered as far as {_letters(used[-1])}{rows[-1]}; "
        advice = "delete what stands far from the table, or copy the table to a new sheet"
        return SheetXml(b"", fault=fault + advice)
    if len(_ANY_FILLED.findall(found.xml)) != filled:
        return SheetXml(b"", fault="has cells that do not say where they are; open it in Excel and save it again")
    column_of = {_letters(old).encode(): _letters(new).encode() for new, old in enumerate(kept, start=1)}
    row_of = {str(old).encode(): str(new).encode() for new, old in enumerate(rows, start=1)}
    far_columns = {_letters(column) for column in used[width:]}
    far: list[str] = []

    def moved(cell: re.Match[bytes]) -> bytes:
        letters, row = cell[2].decode().upper(), str(int(cell[3]))
        if letters in far_columns:
            far.append(letters + row)
        return cell[1] + column_of[letters.encode()] + row_of[row.encode()] + cell[4]

    return replace(found, xml=_AT.sub(moved, found.xml), rows=rows, far=far)


def _hidden_rows(xml: bytes, rows: Set[int]) -> list[int]:
    """Those of the rows that are hidden, in order."""
    numbers = (_NUMBER_OF.search(row) for row in _HIDDEN.findall(xml))
    return sorted(rows & {int(number[1]) for number in numbers if number})


def _with_errors_as_text(xml: bytes) -> bytes:
    """Error cells such as #N/A as text: read plainly they would look empty."""
    return _ERROR_TYPE.sub(rb"\1\2str\2", xml) if b't="e"' in xml or b"t='e'" in xml else xml


def _with_long_numbers_as_text(xml: bytes) -> bytes:
    """Numbers too long for a cell as Excel shows them, 1.23456789012346E+17: with all digits they look exact."""
    return _CELL.sub(_shortened, xml) if _LONG.search(xml) else xml


def _shortened(cell: re.Match[bytes]) -> bytes:
    kind = _KIND.search(cell[2])
    number = _LONG.search(cell[3])
    if number is None or (kind is not None and kind[1] != b"n") or abs(float(number[2])) < 10**_KEPT_DIGITS:
        return cell[0]
    shown = f"{float(number[2]):.{_KEPT_DIGITS - 1}E}".encode()
    attributes = _KIND.sub(b"", cell[2]) + b' t="str"'
    return cell[1] + attributes + cell[3].replace(number[0], number[1] + shown + number[3], 1)


def _index(letters: bytes) -> int:
    """The number of a column; A is 1."""
    index = 0
    for letter in letters.upper():
        index = 26 * index + letter - 64
    return index


def _letters(index: int) -> str:
    letters = ""
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
