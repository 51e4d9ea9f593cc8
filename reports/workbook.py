"""plan.xlsx: the plan as a workbook for planners."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from os import PathLike
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

from reports.changes import CURVE, changes_table, curve_table
from reports.curve_chart import curve_chart
from reports.listings import agent_table, hours_table, plan_table, policy_table, reject_table, unplanned_table
from reports.sheet import Sheet
from reports.summary_sheet import write_summary
from reports.view import RunView

ROWS_PER_SHEET = 200_000
"""More rows than this on a sheet make a workbook hard to open."""
_TABLES = (
    changes_table, curve_table, plan_table, agent_table, unplanned_table, hours_table, reject_table, policy_table,
)  # fmt: skip
_LAST_ROW = 1_048_576
_MOST_ABOVE = 3  # two notes and the header
_FIRST_ZIP_TIME = datetime(1980, 1, 1, tzinfo=UTC)


def write_workbook(view: RunView, path: str | PathLike[str], rows_per_sheet: int = ROWS_PER_SHEET) -> None:
    """Writes the workbook of a run: summary, plan, agents, unplanned, value of hours, rejected rows, policy.

    A sheet holds ``rows_per_sheet`` rows of its table at most and says where the others are. The same run
    gives the same bytes.

    Raises:
        ValueError: ``rows_per_sheet`` is more than a worksheet holds beside its notes and header.
    """
    if not 1 <= rows_per_sheet <= _LAST_ROW - _MOST_ABOVE:
        raise ValueError(f"{rows_per_sheet} rows per sheet: 1 to {_LAST_ROW - _MOST_ABOVE} are possible")
    tables = [table for make in _TABLES if (table := make(view)) is not None]
    book = _new_book(view)
    footer = f"allot {view.run['run_id']}, times are {view.timezone}"
    cut = [table for table in tables if table.height > rows_per_sheet]
    notes = [f"Sheet {table.title}: {table.left_out(rows_per_sheet)}" for table in cut]
    summary, *others = (Sheet(book, title, footer) for title in ("Summary", *(table.title for table in tables)))
    write_summary(summary, view, notes)
    for sheet, table in zip(others, tables, strict=True):
        sheet.write_table(table, rows_per_sheet)
        if table.title == CURVE:
            sheet.draw(curve_chart(table), len(table.columns) + 2)
    _save(book, path, view.as_of, [summary, *others])


def _new_book(view: RunView) -> Workbook:
    """An empty workbook with its document properties; the clock of the run, not of the machine."""
    book = Workbook(write_only=True)
    book.properties.title = f"Plan {view.as_of:%Y-%m-%d %H:%M}"
    book.properties.creator = "allot"
    book.properties.created = book.properties.modified = view.as_of.astimezone(UTC).replace(tzinfo=None)
    return book


def _save(book: Workbook, path: str | PathLike[str], moment: datetime, sheets: Sequence[Sheet]) -> None:
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
