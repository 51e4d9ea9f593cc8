"""Excel workbooks as grids of text, refused where a cell's value cannot be known."""

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Literal
from xml.etree import ElementTree

import fastexcel
import polars as pl
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.cell import coordinate_from_string

from data.cells import Corner
from data.faults import SourceError
from models import SnapshotError

_ERROR_TYPE = re.compile(rb"""(<(?:\w+:)?c\b[^>]*\st=)(["'])e\2""")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\b[^>]*\bref=["']([^"']+)["']""")
_CELL = re.compile(rb"<(?:\w+:)?c\b((?:[^>/]|/(?!>))*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_REFERENCE = re.compile(rb"""\br=["'](\w+)["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>/]*>[^<]")
_CONTENT = re.compile(rb"<(?:\w+:)?[vt]\b[^>/]*>[^<]")
_TEXT_RESULT = re.compile(rb"""\bt=["']str["']""")
_PROPERTIES = "docProps/core.xml"
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
_ROUNDED = r"^-?(0|[1-9]\d*)\.\d{8}[1-9]$"


class Workbook:
    """The sheets of an .xlsx file. Formulas count with the result Excel stored beside them.

    Raises:
        SnapshotError: the content is not such a workbook.
    """

    def __init__(self, content: bytes, origin: str) -> None:
        self.origin = origin
        if content.startswith(_OLD_OR_LOCKED):
            raise SnapshotError(
                f"{origin} is an old .xls file or protected by a password; save it as an unprotected .xlsx"
            )
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            self._parts = _sheet_parts(self._archive)
            self._reader = fastexcel.read_excel(self._with_errors_as_text(content))
        except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, fastexcel.FastExcelError) as error:
            raise SnapshotError(f"{origin} cannot be read as an Excel workbook (.xlsx): {error}") from error

    @property
    def sheets(self) -> list[str]:
        """The names of the sheets, in the order of the workbook."""
        return list(self._parts)

    @property
    def subject(self) -> str:
        """The subject among the document's properties; nothing where there is none."""
        if _PROPERTIES not in self._archive.namelist():
            return ""
        return ElementTree.fromstring(self._archive.read(_PROPERTIES)).findtext("{*}subject") or ""

    def faults(self, sheet: str, *, may_be_merged: bool = False) -> list[str]:
        """What keeps the values of a sheet from being known: merged cells, and formulas without a stored result."""
        xml = self._archive.read(self._parts[sheet])
        place = f"{self.origin}, sheet '{sheet}'"
        merged = "" if may_be_merged else _merged(xml, place)
        return [fault for fault in (merged, _uncalculated(xml, place)) if fault]

    def grid(self, sheet: str) -> pl.DataFrame:
        """The cells of a sheet as text from its first used row on; numbers with all their digits.

        Raises:
            SnapshotError: it has merged cells, or formulas without a stored result.
        """
        if faults := self.faults(sheet):
            raise SourceError(faults)
        return self.cells(sheet)

    def cells(self, sheet: str) -> pl.DataFrame:
        """The cells of a sheet as text, whatever is merged in it or not calculated.

        Raises:
            SnapshotError: it cannot be read.
        """
        place = f"{self.origin}, sheet '{sheet}'"
        try:
            return self._with_all_digits(sheet, self._load(sheet, "string"))
        except fastexcel.FastExcelError as error:
            raise SnapshotError(f"{place} cannot be read: {error}") from error

    def corner(self, sheet: str) -> Corner:
        """Where the cells of a sheet begin: its first row and column with anything in it."""
        xml = self._archive.read(self._parts[sheet])
        first = next((cell for cell in _CELL.finditer(xml) if _filled(cell)), None)
        if first is None:
            return Corner(sheet, 1, 1)
        column, row = coordinate_from_string(_reference(first))
        for number in range(1, column_index_from_string(column)):
            cell = re.compile(rb"""<(?:\w+:)?c\b[^>]*\br=["']%s\d+["']""" % get_column_letter(number).encode())
            if any(_filled(_CELL.match(xml, found.start())) for found in cell.finditer(xml)):
                return Corner(sheet, row, number)
        return Corner(sheet, row, column_index_from_string(column))

    def _load(self, sheet: str, dtype: Literal["string", "float"]) -> pl.DataFrame:
        frame = self._reader.load_sheet(sheet, header_row=None, dtypes=dtype).to_polars()
        assert isinstance(frame, pl.DataFrame)
        return frame

    def _with_all_digits(self, sheet: str, texts: pl.DataFrame) -> pl.DataFrame:
        """The grid with the digits that fastexcel 0.21 rounds off after the ninth decimal of a number."""
        names = [name for name in texts.columns if texts[name].str.contains(_ROUNDED).any()]
        if not names:
            return texts
        numbers = self._load(sheet, "float")
        return texts.with_columns(
            pl.when(pl.col(name).str.contains(_ROUNDED))
            .then(numbers[name].cast(pl.String))
            .otherwise(pl.col(name))
            .alias(name)
            for name in names
        )

    def _with_errors_as_text(self, content: bytes) -> bytes:
        """The workbook with error cells such as #N/A as text: read plainly they would look empty."""
        fixed = {}
        for part in self._parts.values():
            xml = self._archive.read(part)
            if b't="e"' in xml or b"t='e'" in xml:
                fixed[part] = _ERROR_TYPE.sub(rb"\1\2str\2", xml)
        return _replaced(self._archive, fixed) if fixed else content


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of the archive that holds each sheet, by the sheet's name."""
    relations = {
        relation.get("Id", ""): relation.get("Target", "")
        for relation in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iterfind("{*}sheets/{*}sheet")
    parts = {}
    for sheet in sheets:
        key = next(value for name, value in sheet.attrib.items() if name.endswith("}id"))
        target = relations[key]
        parts[sheet.get("name", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    return parts


def _replaced(archive: zipfile.ZipFile, fixed: Mapping[str, bytes]) -> bytes:
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w") as target:
        for name in archive.namelist():
            target.writestr(name, fixed[name] if name in fixed else archive.read(name))
    return copy.getvalue()


def _merged(xml: bytes, place: str) -> str:
    merged = [reference.decode() for reference in _MERGED.findall(xml)]
    if not merged:
        return ""
    return (
        f"{place} has merged cells ({_some(merged)}); unmerge them, give every column its own header "
        "in one row and fill every cell"
    )


def _uncalculated(xml: bytes, place: str) -> str:
    if b"<f" not in xml and b":f" not in xml:
        return ""
    cells = [
        _reference(cell)
        for cell in _CELL.finditer(xml)
        if re.search(rb"<(?:\w+:)?f\b", cell[2])
        and not _VALUE.search(cell[2])
        and not _TEXT_RESULT.search(cell[1])  # a formula may result in no text
    ]
    if not cells:
        return ""
    return (
        f"{place} has formulas whose result is not stored ({_some(cells)}); open the workbook in Excel "
        "and save it, or paste the values"
    )


def _reference(cell: re.Match[bytes]) -> str:
    """What Excel calls a cell."""
    return (_REFERENCE.search(cell[1]) or [b"", b"A1"])[1].decode()


def _filled(cell: re.Match[bytes] | None) -> bool:
    return cell is not None and bool(_CONTENT.search(cell[2]))


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
