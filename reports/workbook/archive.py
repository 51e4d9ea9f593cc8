"""Writes a workbook to a file: the same sheets give the same bytes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from os import PathLike
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

from reports.content.view import RunView
from reports.words.language import spoken
from reports.workbook.rows import writable_text
from reports.workbook.sheet import Sheet

_FIRST_ZIP_TIME = datetime(1980, 1, 1, tzinfo=UTC)


def new_book(view: RunView, title: str) -> Workbook:
    """An empty workbook of a run with its document properties; dated by the run, not by the machine's clock."""
    return empty_book(title, view.run.run_id, view.as_of)


def empty_book(title: str, subject: str, moment: datetime) -> Workbook:
    """An empty workbook with its document properties."""
    book = Workbook(write_only=True)
    book.properties.title = writable_text(title)
    book.properties.subject = subject
    book.properties.language = spoken().tag
    book.properties.creator = "allot"
    book.properties.created = book.properties.modified = moment.astimezone(UTC).replace(tzinfo=None)
    return book


def save(book: Workbook, path: str | PathLike[str], moment: datetime, sheets: Sequence[Sheet]) -> None:
    """Writes the file; its sheets are all of the workbook's, in their order."""
    # Workbook.save would stamp the machine's clock into the properties and the archive
    more = {f"xl/worksheets/sheet{i}.xml": sheet.more for i, sheet in enumerate(sheets, 1)}
    with _Archive(path, moment, more) as archive:
        ExcelWriter(book, archive).write_data()


class _Archive(ZipFile):
    """The zip file of a workbook.

    Its members all carry the same time, and each worksheet gets its ``more`` rows while it is stored.
    """

    def __init__(self, path: str | PathLike[str], moment: datetime, more: Mapping[str, Iterator[bytes]]) -> None:
        super().__init__(path, "w", ZIP_DEFLATED, allowZip64=True)
        self._date = max(moment.astimezone(UTC), _FIRST_ZIP_TIME).timetuple()[:6]
        self._more = more

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        """Adds a member with these contents."""
        super().writestr(self._member(zinfo_or_arcname), data)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        """Adds a worksheet."""
        until, end, after = Path(filename).read_bytes().partition(b"</sheetData>")
        with self.open(self._member(arcname), "w", force_zip64=True) as member:
            for part in chain([until], self._more[arcname], [end + after]):
                member.write(part)

    def _member(self, name: str) -> ZipInfo:
        member = ZipInfo(name, self._date)
        member.compress_type = ZIP_DEFLATED
        member.external_attr = 0o644 << 16
        return member
