"""Writes an Excel workbook to fill in: a sheet per table of a snapshot, with help and drop-downs."""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from math import ceil
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from data.schemas import TABLES, Column, Kind, Table
from models import AllotError, disk_errors_at

Value = str | float | datetime | None
AnyCell = Cell | MergedCell

_SHEETS = ("tasks", "processes", "agents", "agent_skills", "shifts", "pairs")
_LAST_ROW = 1_048_576
_LINE_HEIGHT = 15
_WIDE = 1000
_AUTHOR = "allot"
_WRITTEN = datetime(2026, 1, 1)  # noqa: DTZ001  workbooks know no zones; fixed, so that the bytes are

_FORMATS: dict[Kind, str] = {
    "text": "@",
    "requirement": "@",
    "time": "yyyy-mm-dd hh:mm",
    "number": "General",
    "integer": "0",
    "flag": "@",
}
_WIDTHS: dict[Kind, int] = {
    "text": 14,
    "requirement": 20,
    "time": 18,
    "number": 11,
    "integer": 11,
    "flag": 11,
}
_KINDS: dict[Kind, str] = {
    "text": "text",
    "requirement": "skills",
    "time": "date and time",
    "number": "number",
    "integer": "whole number",
    "flag": "true or false",
}

_REQUIRED_FILL = PatternFill("solid", start_color="FF1F4E79")
_OPTIONAL_FILL = PatternFill("solid", start_color="FF5B8DB8")
_FONT = "Calibri"
_HEADER_FONT = Font(name=_FONT, size=11, bold=True, color="FFFFFFFF")
_EXAMPLE_FONT = Font(name=_FONT, size=11, italic=True, color="FF7F7F7F")
_TITLE_FONT = Font(name=_FONT, size=16, bold=True)
_LINE = Border(bottom=Side(style="thin", color="FFD9D9D9"))


def _at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute)  # noqa: DTZ001  a cell's time is local to the snapshot


_SETTINGS = (
    (
        "as_of",
        "2026-03-02 08:00",
        "The moment of the snapshot, in the time zone below (or give --as-of when planning).",
    ),
    ("horizon", "1d", "How far to plan, such as 90m, 10h or 5d; or a row horizon_end with a moment instead."),
    ("timezone", "Europe/Berlin", "IANA name of the time zone that all times are in; without this row: UTC."),
)

_EXAMPLES: dict[str, tuple[dict[str, Value], ...]] = {
    "tasks": (
        {
            "task_id": "T001",
            "process": "claim",
            "segment": "gold",
            "channel": "mail",
            "created_at": _at(7, 15),
            "value": 80.0,
            "minutes": 45.0,
            "status": "in_progress",
            "agent_id": "A001",
        },
        {
            "task_id": "T002",
            "process": "callback",
            "created_at": _at(7, 40),
            "due_at": _at(12),
            "not_before": _at(9),
            "skills": "english|motor>=2",
            "status": "queued",
            "requested_agent": "A002",
        },
    ),
    "processes": (
        {
            "process": "claim",
            "department": "motor",
            "tenant": "Example Insurance",
            "minutes": 30.0,
            "sla_minutes": 2880.0,
            "value": 50.0,
            "penalty": 20.0,
            "skills": "motor",
        },
        {
            "process": "callback",
            "department": "service",
            "tenant": "Example Insurance",
            "channel": "phone",
            "minutes": 10.0,
            "sla_minutes": 240.0,
            "value": 15.0,
            "penalty": 5.0,
            "skills": "english",
        },
    ),
    "agents": (
        {
            "agent_id": "A001",
            "name": "Zoë Müller",
            "team": "motor 1",
            "site": "Hamburg",
            "organisation": "own staff",
            "cost_per_hour": 42.0,
            "max_utilization": 0.9,
        },
        {
            "agent_id": "A002",
            "name": "João Nowak",
            "team": "service 1",
            "site": "Porto",
            "organisation": "partner",
            "cost_per_hour": 25.5,
            "max_utilization": 0.85,
            "max_tasks": 20,
        },
    ),
    "agent_skills": (
        {"agent_id": "A001", "skill": "motor", "level": 2, "efficiency": 1.1},
        {"agent_id": "A002", "skill": "english", "level": 1, "efficiency": 0.95},
    ),
    "shifts": (
        {"agent_id": "A001", "start": _at(8), "end": _at(16, 30), "kind": "work"},
        {"agent_id": "A002", "start": _at(9), "end": _at(17), "kind": "work"},
    ),
    "pairs": (
        {"task_id": "T001", "agent_id": "A002", "allowed": "false"},
        {"task_id": "T002", "agent_id": "A001", "allowed": "true", "minutes": 8.0, "bonus": 2.5},
    ),
}

_INTRODUCTION = (
    "One row per task, process, agent, skill of an agent, shift and special pair. "
    "The rows in grey italics are examples: overwrite or delete them.",
    "Keep the first row of every sheet. A dark header is a required column. "
    "Columns of your own may be added; they are passed on to the plan.",
    "Times are local to the time zone in sheet 'snapshot'. Ids are text: leading zeros stay.",
    "Point at a header to read about its column, or look it up below. Then run: allot plan FILE.xlsx --out RUN_DIR",
)
_HELP_COLUMNS = {
    "sheet": 14,
    "column": 17,
    "required": 10,
    "content": 15,
    "unit": 10,
    "meaning": 68,
    "empty means": 13,
    "allowed": 44,
}


def write_template(path: str | Path) -> None:
    """Writes the workbook: a snapshot already, of two example rows per table; always the same bytes.

    Raises:
        AllotError: the name does not end in ``.xlsx``, or the file exists.
    """
    file = Path(path)
    if file.suffix.lower() != ".xlsx":
        raise AllotError(f"{file} is no name for a workbook; let it end in .xlsx")
    with disk_errors_at(file):
        _write_once(file, _content())


def _write_once(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("xb") as stream:
            stream.write(content)
    except FileExistsError:
        raise AllotError(f"{file} exists and is not overwritten; name another file or remove it") from None
    except OSError:
        file.unlink(missing_ok=True)  # half a workbook would only be in the way of the next attempt
        raise


def _content() -> bytes:
    book = Workbook()
    book.properties.creator = _AUTHOR
    book.properties.created = _WRITTEN
    help_sheet = book.worksheets[0]
    help_sheet.title = "help"
    _fill_settings(book.create_sheet("snapshot"))
    for name in _SHEETS:
        _fill_table(book.create_sheet(name), TABLES[name])
    _fill_help(help_sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return _with_fixed_times(book, buffer)


def _fill_settings(sheet: Worksheet) -> None:
    for number, (name, width) in enumerate((("key", 16), ("value", 24)), start=1):
        _style_column(sheet, number, "text", width)
        _write_header(sheet.cell(1, number), name, _REQUIRED_FILL)
    for row, (key, value, meaning) in enumerate(_SETTINGS, start=2):
        _write_example(sheet.cell(row, 1), key, "text").comment = _note(meaning)
        _write_example(sheet.cell(row, 2), value, "text")
    _freeze_header(sheet)


def _fill_table(sheet: Worksheet, table: Table) -> None:
    examples = _EXAMPLES[table.name]
    for number, column in enumerate(table.columns, start=1):
        _style_column(sheet, number, column.kind, _width(column, examples))
        header = sheet.cell(1, number)
        _write_header(header, column.name, _REQUIRED_FILL if column.required else _OPTIONAL_FILL)
        header.alignment = _alignment(column.kind)
        header.comment = _note(_help_text(column))
        for row, example in enumerate(examples, start=2):
            _write_example(sheet.cell(row, number), example.get(column.name), column.kind)
        if validation := _drop_down(column):
            letter = get_column_letter(number)
            validation.add(f"{letter}2:{letter}{_LAST_ROW}")
            sheet.add_data_validation(validation)
    _freeze_header(sheet)


def _write_header(cell: AnyCell, name: str, fill: PatternFill) -> None:
    cell.value, cell.font, cell.fill = name, _HEADER_FONT, fill


def _write_example(cell: AnyCell, value: Value, kind: Kind) -> AnyCell:
    cell.value, cell.font = value, _EXAMPLE_FONT
    cell.number_format, cell.alignment = _FORMATS[kind], _alignment(kind)
    return cell


def _style_column(sheet: Worksheet, number: int, kind: Kind, width: int) -> None:
    """Width and format of a column, its empty cells included."""
    dimension = sheet.column_dimensions[get_column_letter(number)]
    dimension.width, dimension.number_format, dimension.alignment = width, _FORMATS[kind], _alignment(kind)


def _alignment(kind: Kind) -> Alignment:
    if kind in ("number", "integer"):
        return Alignment(horizontal="right", vertical="center", indent=1)
    return Alignment(horizontal="left", vertical="center")


def _freeze_header(sheet: Worksheet) -> None:
    sheet.row_dimensions[1].height = 22
    sheet.freeze_panes = "A2"
    _fit_to_page(sheet)


def _fit_to_page(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _width(column: Column, examples: Iterable[dict[str, Value]]) -> int:
    shown = (str(example.get(column.name, "")) for example in examples if column.kind != "time")
    return max(_WIDTHS[column.kind], len(column.name) + 4, *(len(text) + 3 for text in shown), 0)


def _drop_down(column: Column) -> DataValidation | None:
    """The list to choose from; a value outside it is questioned, in a requirement not even that."""
    if column.choices:
        return _choose_from(f'"{",".join(column.choices)}"')
    if column.kind == "flag":
        return _choose_from('"true,false"')
    if column.kind == "requirement":
        return _choose_from(_filled_cells(TABLES["agent_skills"], "skill"), questioned=False)
    if column.table:
        return _choose_from(_filled_cells(TABLES[column.table], TABLES[column.table].key[0]))
    return None


def _filled_cells(table: Table, column: str) -> str:
    """The formula of the cells filled in below a column's header."""
    letter = get_column_letter(table.names.index(column) + 1)
    whole = f"{table.name}!${letter}$2:${letter}${_LAST_ROW}"
    return f"OFFSET({table.name}!${letter}$2,0,0,MAX(1,COUNTA({whole})),1)"


def _choose_from(formula: str, *, questioned: bool = True) -> DataValidation:
    return DataValidation(
        type="list",
        formula1=formula,
        allow_blank=True,
        showErrorMessage=questioned,
        errorStyle="warning",
        errorTitle="Not in the list",
        error="This value is not in the list. Keep it all the same?",
    )


def _note(text: str) -> Comment:
    note = Comment(text, _AUTHOR)
    note.width, note.height = 300, 40 + 20 * (len(text) // 40 + text.count("\n"))
    return note


def _help_text(column: Column) -> str:
    lines = [column.meaning, f"Content: {_KINDS[column.kind]}{' (required)' if column.required else ''}"]
    if allowed := _allowed(column):
        lines.append(f"Allowed: {allowed}")
    if column.default is not None:
        lines.append(f"Empty means: {_default(column)}")
    return "\n".join(lines)


def _allowed(column: Column) -> str:
    if column.choices:
        return ", ".join(column.choices)
    if column.table:
        return f"listed in sheet {column.table}"
    return _telling_range(column)


def _telling_range(column: Column) -> str:
    """The range in words, without bounds so wide that only a slip of the keyboard passes them."""
    low = column.low if column.low is not None and abs(column.low) < _WIDE else None
    high = column.high if column.high is not None and abs(column.high) < _WIDE else None
    return replace(column, low=low, high=high).range_text


def _default(column: Column) -> str:
    if isinstance(column.default, bool):
        return str(column.default).lower()
    return f"{column.default:g}" if isinstance(column.default, float) else str(column.default or "")


def _fill_help(sheet: Worksheet) -> None:
    """What to do, then every column of every sheet."""
    sheet.cell(1, 1, "A snapshot for allot").font = _TITLE_FONT
    for row, text in enumerate(_INTRODUCTION, start=2):
        sheet.cell(row, 1, text)
    header_row = len(_INTRODUCTION) + 3
    for number, (name, width) in enumerate(_HELP_COLUMNS.items(), start=1):
        _write_header(sheet.cell(header_row, number), name, _REQUIRED_FILL)
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row, values in enumerate(_help_rows(), start=header_row + 1):
        for number, value in enumerate(values, start=1):
            cell = sheet.cell(row, number, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.border = _LINE
        # Excel grows rows to wrapped text by itself, other programs do not
        lines = (ceil(len(value) / width) for value, width in zip(values, _HELP_COLUMNS.values(), strict=True))
        sheet.row_dimensions[row].height = _LINE_HEIGHT * max(lines)
    sheet.freeze_panes = sheet.cell(header_row + 1, 1).coordinate
    _fit_to_page(sheet)


def _help_rows() -> list[tuple[str, ...]]:
    settings = [("snapshot", key, "", "text", "", meaning, "", "") for key, _, meaning in _SETTINGS]
    columns = [
        (
            name,
            column.name,
            "yes" if column.required else "",
            _KINDS[column.kind],
            column.unit,
            column.meaning,
            _default(column),
            _allowed(column),
        )
        for name in _SHEETS
        for column in TABLES[name].columns
    ]
    return [*settings, *columns]


def _with_fixed_times(book: Workbook, saved: io.BytesIO) -> bytes:
    """The saved workbook with the time of writing, which openpyxl puts in twice, fixed."""
    book.properties.modified = _WRITTEN
    target = io.BytesIO()
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as fixed:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = tostring(book.properties.to_tree())
            fixed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()
