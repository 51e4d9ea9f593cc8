"""Reads Excel workbooks as grids of text; a sheet is refused if the value of a cell cannot be known."""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from xml.etree import ElementTree

import fastexcel
import polars as pl

from data.sources.guard import reading
from data.sources.xlsx_cells import prepared
from data.tables.cells import Corner
from data.tables.faults import SourceError
from models import Code, Message, SnapshotError

_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\b[^>]*\bref=["']([^"']+)["']""")
_CELL = re.compile(rb"<(?:\w+:)?c\b((?:[^>/]|/(?!>))*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_REFERENCE = re.compile(rb"""\br=["'](\w+)["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>/]*>[^<]")
_TEXT_RESULT = re.compile(rb"""\bt=["']str["']""")
_PROPERTIES = "docProps/core.xml"
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
_XML = (".xml", ".rels")
_UNREAD = ("docProps/", "xl/pivotCache/", "xl/drawings/", "xl/charts/", "customXml/")
_MOST_UNPACKED, _ALWAYS_UNPACKED = 2 * 2**30, 64 * 2**20
_MOST_PACKED = 200  # times that XML of a table is smaller when it is packed; usual are 5 to 30
_PLACE = "place"
_NO_DAY = r"^(1899-12-3[01]|1900-01-[0-3]\d|1904-01-[0-3]\d) \d\d:\d\d:\d\d"
_FIRST_DAY, _FIRST_DAY_OF_A_MAC = datetime(1899, 12, 31), datetime(1904, 1, 1)  # noqa: DTZ001  a sheet knows no zones
_ROUNDED = r"^-?(0|[1-9]\d*)\.\d{8}[1-9]$"


@dataclass(frozen=True)
class HiddenRows:
    """Rows of a sheet that are hidden, by the first row with content as 1, and whether a filter does it."""

    rows: list[int]
    filtered: bool


class Workbook:
    """The sheets of an .xlsx file. Formulas count with the result Excel stored beside them.

    ``warnings`` grows with the sheets that are read.

    Raises:
        SnapshotError: the content is not such a workbook.
    """

    def __init__(self, content: bytes, origin: str) -> None:
        self.origin = origin
        self.warnings: list[Message] = []
        if content.startswith(_OLD_OR_LOCKED):
            raise SnapshotError(
                f"{origin} is an old .xls file or protected by a password; save it as an unprotected .xlsx"
            )
        with reading(f"{origin} cannot be read as an Excel workbook (.xlsx)"):
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            self._parts = _sheet_parts(self._archive)
            _refuse_bombs(self._archive, len(content), origin)
            self._sheets = {name: prepared(self._archive.read(part)) for name, part in self._parts.items()}
            changed = {part: self._sheets[name].xml for name, part in self._parts.items()}
            self._reader = fastexcel.read_excel(_rebuilt(self._archive, changed))

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
        """Why the values of a sheet cannot be known: merged cells, formulas without a stored result."""
        xml = self._sheets[sheet].xml
        place = sheet_of(self.origin, sheet)
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
        """The cells of a sheet as text, regardless of merged cells and formulas that are not calculated.

        Raises:
            SnapshotError: it cannot be read.
        """
        found = self._sheets[sheet]
        place = sheet_of(self.origin, sheet)
        if found.fault:
            raise SnapshotError(f"{place} {found.fault}")
        with reading(f"{place} cannot be read"):
            texts = _with_lengths_of_time(self._with_all_digits(sheet, self._load(sheet, "string")))
        if found.far:
            self.warnings.append(Message(Code.FAR_CELLS, place=place, cells=_some(found.far)))
        return texts if found.rows is None else _spread(texts, [row - found.first_row for row in found.rows])

    def hidden(self, sheet: str) -> HiddenRows:
        """The rows of a sheet that are hidden and have content, its first row with content aside."""
        found = self._sheets[sheet]
        return HiddenRows([row - found.first_row + 1 for row in found.hidden], found.filtered)

    def corner(self, sheet: str) -> Corner:
        """The first row and column of a sheet with any content."""
        return Corner(sheet, self._sheets[sheet].first_row, self._sheets[sheet].first_column)

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


def _refuse_bombs(archive: zipfile.ZipFile, size: int, origin: str) -> None:
    """Refuse an archive that would fill the memory when it is unpacked."""
    unpacked = sum(part.file_size for part in archive.infolist() if part.filename.endswith(_XML))
    if unpacked > _MOST_UNPACKED or unpacked > max(_ALWAYS_UNPACKED, _MOST_PACKED * size):
        raise SnapshotError(
            f"{origin} unpacks to {unpacked / 2**20:,.0f} MB, {unpacked / max(1, size):,.0f} times its size, which no "
            f"table of a snapshot needs (at most {_MOST_UNPACKED / 2**20:,.0f} MB, {_MOST_PACKED} times the size); "
            "copy the tables to a new workbook, or write them as CSV or Parquet"
        )


def _rebuilt(archive: zipfile.ZipFile, changed: Mapping[str, bytes]) -> bytes:
    """The workbook with these parts changed and all of it checked, without pictures and what else is no XML."""
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w") as target:
        for name in dict.fromkeys(archive.namelist()):
            if name.endswith(_XML) and not name.startswith(_UNREAD):
                target.writestr(name, changed[name] if name in changed else archive.read(name))
    return copy.getvalue()


def _spread(texts: pl.DataFrame, places: list[int]) -> pl.DataFrame:
    """The rows at their places, and blank rows between them."""
    every = pl.DataFrame({_PLACE: range(places[-1] + 1)}, schema={_PLACE: pl.Int64})
    placed = texts.with_columns(pl.Series(_PLACE, places, dtype=pl.Int64))
    return every.join(placed, on=_PLACE, how="left", maintain_order="left").drop(_PLACE)


def _with_lengths_of_time(texts: pl.DataFrame) -> pl.DataFrame:
    """Times without a day as hours and minutes, 1:30 or 30:00; fastexcel counts them from Excel's first day."""
    names = [name for name in texts.columns if texts[name].str.contains(_NO_DAY).any()]
    return texts.with_columns(_length_of_time(pl.col(name)).alias(name) for name in names)


def _length_of_time(text: pl.Expr) -> pl.Expr:
    moment = text.str.slice(0, 19).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)
    first = pl.when(text.str.starts_with("1904")).then(_FIRST_DAY_OF_A_MAC).otherwise(_FIRST_DAY)
    seconds = (moment - first).dt.total_seconds()
    minutes = (seconds // 60 % 60).cast(pl.String).str.zfill(2)
    tail = pl.when(seconds % 60 > 0).then(pl.format(":{}", (seconds % 60).cast(pl.String).str.zfill(2)))
    length = pl.format("{}:{}{}", seconds // 3600, minutes, tail.otherwise(pl.lit("")))
    return pl.when(text.str.contains(_NO_DAY) & (seconds >= 0)).then(length).otherwise(text)


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


def sheet_of(origin: str, sheet: str) -> Message:
    """What people call a sheet of a workbook."""
    return Message(Code.SHEET, file=origin, sheet=sheet)


def _some(names: list[str]) -> str:
    first = ", ".join(names[:3])
    return Message(Code.AND_MORE, named=first, n=len(names) - 3) if len(names) > 3 else first
