"""Writes an Excel workbook to fill in: a sheet per table of a snapshot, with help and drop-downs, in a language."""

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from data.tables.examples import Value, examples_in
from data.tables.headers import COLUMNS, KEYS, SHEETS, TEMPLATE_LANGUAGES, VALUES, called
from data.tables.schemas import SHEETS_BESIDE, SKILLS_SHEET, TABLES, ColumnSchema, Kind, TableSchema
from data.template.texts import text_in
from models import AllotError, disk_errors_at

AnyCell = Cell | MergedCell

_SHEETS = ("tasks", "processes", "agents", "agent_skills", "shifts", "pairs", "absences", "weekly_shifts")
_TABLES = {**TABLES, **SHEETS_BESIDE}
_WEEKDAYS = "Mon,Tue,Wed,Thu,Fri,Sat,Sun,Mon-Fri"
_MATRIX = "People down, skills across: in a cell the level, or x for 1; empty is not able."
_LAST_ROW = 1_048_576
_LINE_HEIGHT = 15
_WIDE = 1000
_FIRST_WIDE = 0x2E7F  # Chinese characters and what comes with them
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
_LINE = Border(bottom=Side(style="thin", color="FFD9D9D9"))


_SETTINGS = (
    (
        "as_of",
        "2026-03-02 08:00",
        "The moment of the snapshot, in the time zone below (or give --as-of when planning).",
    ),
    ("horizon", "1d", "How far to plan, such as 90m, 10h or 5d; or a row {key} with a moment instead."),
    ("timezone", "Europe/Berlin", "IANA name of the time zone that all times are in; without this row: UTC."),
)

_INTRODUCTION = (
    "One row per task, process, agent, skill of an agent, shift and special pair. "
    "The rows in grey italics are examples: overwrite or delete them.",
    "Keep the first row of every sheet. A dark header is a required column. "
    "Columns of your own may be added; they are passed on to the plan.",
    "Times are local to the time zone in sheet '{sheet}'. Ids are text: leading zeros stay.",
    "The sheets {sheets} are for planning by hand and may stay empty: days off, shifts that come back every week, "
    "and people down with skills across.",
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


def write_template(path: str | Path, language: str = "en") -> None:
    """Writes the workbook, a valid snapshot with two example rows per table; always the same bytes.

    Raises:
        AllotError: the name does not end in ``.xlsx``, the file exists, or there is no template in this language.
    """
    file = Path(path)
    if file.suffix.lower() != ".xlsx":
        raise AllotError(f"{file} is no name for a workbook; let it end in .xlsx")
    if language not in TEMPLATE_LANGUAGES:
        raise AllotError(f"there is no template in '{language}'; there are {', '.join(TEMPLATE_LANGUAGES)}")
    with disk_errors_at(file):
        _write_once(file, _Template(language).content())


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


class _Template:
    """The workbook in a language."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._face = {"zh": "Microsoft YaHei"}.get(language, _FONT)

    def content(self) -> bytes:
        """The file."""
        book = Workbook()
        book.properties.creator = _AUTHOR
        book.properties.created = _WRITTEN
        help_sheet = book.worksheets[0]
        help_sheet.title = self._sheet("help")
        self._fill_settings(book.create_sheet(self._sheet("snapshot")))
        for name in _SHEETS:
            self._fill_table(book.create_sheet(self._sheet(name)), _TABLES[name])
        self._fill_matrix(book.create_sheet(self._sheet(SKILLS_SHEET)))
        self._fill_help(help_sheet)
        buffer = io.BytesIO()
        book.save(buffer)
        return _with_fixed_times(book, buffer)

    def _say(self, text: str, **parts: str) -> str:
        return text_in(self._language, text, **parts)

    def _sheet(self, name: str) -> str:
        return called(SHEETS.get(self._language, {}), name)

    def _key(self, name: str) -> str:
        return called(KEYS.get(self._language, {}), name)

    def _column(self, table: str, name: str) -> str:
        return called(COLUMNS.get(self._language, {}).get(table, {}), name)

    def _choice(self, column: str, value: str) -> str:
        return called(VALUES.get(self._language, {}).get(column, {}), value)

    def _font(self, **looks: Any) -> Font:
        return Font(name=self._face, **{"size": 11, **looks})

    def _settings(self) -> list[tuple[str, str, str]]:
        """The keys with their values and meanings."""
        end = self._key("horizon_end")
        return [
            (self._key(key), value, self._say(meaning, **({"key": end} if "{key}" in meaning else {})))
            for key, value, meaning in _SETTINGS
        ]

    def _fill_settings(self, sheet: Worksheet) -> None:
        for number, (name, width) in enumerate((("key", 16), ("value", 24)), start=1):
            _style_column(sheet, number, "text", width)
            self._write_header(sheet.cell(1, number), self._key(name), _REQUIRED_FILL)
        for row, (key, value, meaning) in enumerate(self._settings(), start=2):
            self._write_example(sheet.cell(row, 1), key, "text").comment = _note(meaning)
            self._write_example(sheet.cell(row, 2), value, "text")
        _freeze_header(sheet)

    def _fill_table(self, sheet: Worksheet, table: TableSchema) -> None:
        examples = examples_in(self._language, table.name)
        for number, column in enumerate(table.columns, start=1):
            name = self._column(table.name, column.name)
            _style_column(sheet, number, column.kind, _width(column, name, examples))
            header = sheet.cell(1, number)
            self._write_header(header, name, _REQUIRED_FILL if column.required else _OPTIONAL_FILL)
            header.alignment = _alignment(column.kind)
            header.comment = _note(self._help_text(column))
            for row, example in enumerate(examples, start=2):
                self._write_example(sheet.cell(row, number), example.get(column.name), column.kind)
            if validation := self._drop_down(table, column):
                letter = get_column_letter(number)
                validation.add(f"{letter}2:{letter}{_LAST_ROW}")
                sheet.add_data_validation(validation)
        _freeze_header(sheet)

    def _fill_matrix(self, sheet: Worksheet) -> None:
        """The skills matrix: a column for the people, and room for skills."""
        header = sheet.cell(1, 1)
        self._write_header(header, self._column("agents", "agent_id"), _REQUIRED_FILL)
        header.comment = _note(self._say(_MATRIX))
        _style_column(sheet, 1, "text", 20)
        for number in range(2, 10):
            _style_column(sheet, number, "text", 14)
            self._write_header(sheet.cell(1, number), None, _OPTIONAL_FILL)
        validation = self._choose_from(self._filled_cells(TABLES["agents"], "agent_id"), questioned=False)
        validation.add(f"A2:A{_LAST_ROW}")
        sheet.add_data_validation(validation)
        _freeze_header(sheet)

    def _write_header(self, cell: AnyCell, name: str | None, fill: PatternFill) -> None:
        cell.value, cell.font, cell.fill = name, self._font(bold=True, color="FFFFFFFF"), fill

    def _write_example(self, cell: AnyCell, value: Value, kind: Kind) -> AnyCell:
        cell.value, cell.font = value, self._font(italic=True, color="FF7F7F7F")
        cell.number_format, cell.alignment = _FORMATS[kind], _alignment(kind)
        return cell

    def _drop_down(self, table: TableSchema, column: ColumnSchema) -> DataValidation | None:
        """The list to choose from; a value outside it is questioned, in some columns not even that."""
        if column.choices:
            return self._choose_from(f'"{",".join(self._choice(column.name, each) for each in column.choices)}"')
        if column.kind == "flag":
            return self._choose_from(f'"{",".join(self._choice(column.name, each) for each in ("true", "false"))}"')
        if column.name == "weekday":
            return self._choose_from(f'"{self._say(_WEEKDAYS)}"', questioned=False)
        if column.kind == "requirement":
            return self._choose_from(self._filled_cells(TABLES["agent_skills"], "skill"), questioned=False)
        if column.table:
            cells = self._filled_cells(TABLES[column.table], TABLES[column.table].key[0])
            return self._choose_from(cells, questioned=table.name in TABLES)  # elsewhere names will do
        return None

    def _filled_cells(self, table: TableSchema, column: str) -> str:
        """The formula of the cells filled in below a column's header."""
        letter, sheet = get_column_letter(table.names.index(column) + 1), self._sheet(table.name)
        whole = f"{sheet}!${letter}$2:${letter}${_LAST_ROW}"
        return f"OFFSET({sheet}!${letter}$2,0,0,MAX(1,COUNTA({whole})),1)"

    def _choose_from(self, formula: str, *, questioned: bool = True) -> DataValidation:
        return DataValidation(
            type="list",
            formula1=formula,
            allow_blank=True,
            showErrorMessage=questioned,
            errorStyle="warning",
            errorTitle=self._say("Not in the list"),
            error=self._say("This value is not in the list. Keep it all the same?"),
        )

    def _meaning(self, column: ColumnSchema) -> str:
        return self._say(column.meaning)

    def _help_text(self, column: ColumnSchema) -> str:
        required = f" {self._say('(required)')}" if column.required else ""
        lines = [self._meaning(column), self._say("Content: {kind}", kind=self._say(_KINDS[column.kind])) + required]
        if allowed := self._allowed(column):
            lines.append(self._say("Allowed: {values}", values=allowed))
        if column.default is not None:
            lines.append(self._say("Empty means: {value}", value=self._default(column)))
        return "\n".join(lines)

    def _allowed(self, column: ColumnSchema) -> str:
        if column.choices:
            return ", ".join(self._choice(column.name, each) for each in column.choices)
        if column.table:
            return self._say("listed in sheet {sheet}", sheet=self._sheet(column.table))
        return self._telling_range(column)

    def _telling_range(self, column: ColumnSchema) -> str:
        """The range in words, without bounds so wide that only a slip of the keyboard passes them."""
        low = column.low if column.low is not None and abs(column.low) < _WIDE else None
        high = column.high if column.high is not None and abs(column.high) < _WIDE else None
        above = "above {low}" if column.above_low else "at least {low}"
        least = "" if low is None else self._say(above, low=f"{low:.15g}")
        most = "" if high is None else self._say("at most {high}", high=f"{high:.15g}")
        return self._say("{low} and {high}", low=least, high=most) if least and most else least or most

    def _default(self, column: ColumnSchema) -> str:
        if isinstance(column.default, bool):
            return self._choice(column.name, str(column.default).lower())
        if isinstance(column.default, float):
            return f"{column.default:g}"
        default = str(column.default or "")
        return self._choice(column.name, default) if column.choices else default

    def _fill_help(self, sheet: Worksheet) -> None:
        """What to do, then every column of every sheet."""
        sheet.cell(1, 1, self._say("A snapshot for allot")).font = self._font(size=16, bold=True)
        beside = ", ".join(self._sheet(name) for name in (*SHEETS_BESIDE, SKILLS_SHEET))
        parts = {"{sheet}": {"sheet": self._sheet("snapshot")}, "{sheets}": {"sheets": beside}}
        for row, text in enumerate(_INTRODUCTION, start=2):
            given = next((given for part, given in parts.items() if part in text), {})
            sheet.cell(row, 1, self._say(text, **given)).font = self._font()
        header_row = len(_INTRODUCTION) + 3
        for number, (name, width) in enumerate(_HELP_COLUMNS.items(), start=1):
            self._write_header(sheet.cell(header_row, number), self._say(name), _REQUIRED_FILL)
            sheet.column_dimensions[get_column_letter(number)].width = width
        for row, values in enumerate(self._help_rows(), start=header_row + 1):
            for number, value in enumerate(values, start=1):
                cell = sheet.cell(row, number, value)
                cell.font, cell.border = self._font(), _LINE
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            # Excel grows rows to wrapped text by itself, other programs do not
            lines = (ceil(_room(value) / width) for value, width in zip(values, _HELP_COLUMNS.values(), strict=True))
            sheet.row_dimensions[row].height = _LINE_HEIGHT * max(lines)
        sheet.freeze_panes = sheet.cell(header_row + 1, 1).coordinate
        _fit_to_page(sheet)

    def _help_rows(self) -> list[tuple[str, ...]]:
        text = self._say(_KINDS["text"])
        settings = [
            (self._sheet("snapshot"), key, "", text, "", meaning, "", "") for key, _, meaning in self._settings()
        ]
        columns = [
            (
                self._sheet(name),
                self._column(name, column.name),
                self._say("yes") if column.required else "",
                self._say(_KINDS[column.kind]),
                self._say(column.unit),
                self._meaning(column),
                self._default(column),
                self._allowed(column),
            )
            for name in _SHEETS
            for column in _TABLES[name].columns
        ]
        person, several = self._column("agents", "agent_id"), self._say("a skill in each column")
        skills = (self._sheet(SKILLS_SHEET), f"{person}, {several}", "", text, "", self._say(_MATRIX), "", "")
        return [*settings, *columns, skills]


def _room(text: str) -> int:
    """The letters' width that a text takes: wide characters count twice."""
    return sum(2 if ord(letter) > _FIRST_WIDE else 1 for letter in text)


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


def _width(column: ColumnSchema, name: str, examples: Iterable[dict[str, Value]]) -> int:
    shown = (str(example.get(column.name, "")) for example in examples if column.kind != "time")
    return max(_WIDTHS[column.kind], _room(name) + 4, *(_room(text) + 3 for text in shown), 0)


def _note(text: str) -> Comment:
    note = Comment(text, _AUTHOR)
    note.width, note.height = 300, 40 + 20 * (_room(text) // 40 + text.count("\n"))
    return note


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
