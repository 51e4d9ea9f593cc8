"""The sheet with each team's day as a Gantt of cells, written as XML row by row: there are many cells."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from html import escape

from openpyxl.utils import get_column_letter

from reports.content.team_days import Slot, TeamDay, TeamDays, team_days
from reports.content.view import RunView
from reports.words.language import _, counted
from reports.workbook.rows import writable_text
from reports.workbook.sheet import Sheet
from reports.workbook.style import HEADER, LEFT_OUT, NOTE, SECTION, Look

_NAMES = 2
"""Columns before the slots: id and name."""
_WIDTHS = (13, 20)
_SLOT_WIDTH = 3.4
_CELL = Look(size=8, align="left")
_PERSON = Look(ruled=True)


def write_days(sheet: Sheet, view: RunView, most: int) -> None:
    """Writes the sheet, of at most so many rows for people."""
    every = team_days(view)
    kept = every.head(most)
    sheet.widths([*_WIDTHS, *(_SLOT_WIDTH for _slot in range(kept.slots))])
    sheet.hide_grid()
    head = 2 + (kept.height < every.height)
    sheet.worksheet.freeze_panes = f"{get_column_letter(_NAMES + 1)}{head + 1}"
    sheet.worksheet.print_title_rows = f"{head}:{head}"
    note = _(
        "A cell is {minutes} minutes. Blue is work on time, amber is late; two shades tell tasks apart. A cell has the "
        "task that begins there, where it fits, or how many tasks share it. White is free or away.",
        minutes=kept.minutes,
    )
    sheet.append([sheet.cell(note, replace(NOTE, align="general"))], 18)
    if kept.height < every.height:
        left = _("{n} more rows are left out: plan.parquet has all tasks", n=f"{every.height - kept.height:,}")
        sheet.append([sheet.cell(left, LEFT_OUT)], 18)
    _write_clock(sheet, kept)
    sheet.more = _Rows(sheet, kept).chunks()


def _write_clock(sheet: Sheet, days: TeamDays) -> None:
    """The header: an hour over its slots. It stays, and is printed on every page."""
    hour = 60 // days.minutes
    clock = (f"{days.first + slot // hour}:00" if slot % hour == 0 else None for slot in range(days.slots))
    texts = [_("Agent"), _("Name"), *clock]
    sheet.append([sheet.cell(text, replace(HEADER, size=8) if n >= _NAMES else HEADER) for n, text in enumerate(texts)])
    if hour > 1:
        for slot in range(0, days.slots, hour):
            sheet.merge(_NAMES + slot + 1, min(_NAMES + slot + hour, _NAMES + days.slots))


class _Rows:
    """The rows below the header."""

    def __init__(self, sheet: Sheet, days: TeamDays) -> None:
        self._days, self._row = days, sheet.row
        self._style = cache(lambda look: look.dress(sheet.cell(None, look)).style_id)
        # styles are entered in the workbook before its rows are made
        self._team, self._person, self._free = (self._style(look) for look in (SECTION, _PERSON, _CELL))
        self._bars = {(late, turn): self._style(_bar(late, turn)) for late in (False, True) for turn in (False, True)}

    def chunks(self) -> Iterator[bytes]:
        """Each day of a team."""
        for day in self._days.days:
            yield "".join(self._rows(day)).encode()

    def _rows(self, day: TeamDay) -> Iterator[str]:
        tasks = counted(day.tasks, "{n} task", "{n} tasks")
        yield self._line([self._text(0, f"{day.team}, {day.day}: {tasks}", self._team)], 24)
        for agent, name, slots in day.people:
            names = [self._text(0, agent, self._person), self._text(1, name, self._person)]
            yield self._line([*names, *self._bar_cells(slots)], 16)

    def _bar_cells(self, slots: Mapping[int, Slot]) -> Iterator[str]:
        for number, slot in slots.items():
            style = self._bars[slot.late, slot.turn]
            place = _NAMES + number
            yield self._text(place, slot.text, style) if slot.text else f'<c r="{self._at(place)}" s="{style}"/>'

    def _line(self, cells: list[str], height: int) -> str:
        # the row is counted where its cells are made, one ahead
        self._row += 1
        return f'<row r="{self._row}" ht="{height}" customHeight="1">{"".join(cells)}</row>'

    def _text(self, column: int, text: str, style: int) -> str:
        told = escape(writable_text(text), quote=False).replace("\r", "&#13;")
        return f'<c r="{self._at(column)}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{told}</t></is></c>'

    def _at(self, column: int) -> str:
        return f"{get_column_letter(column + 1)}{self._row + 1}"


def _bar(late: bool, turn: bool) -> Look:
    return replace(_CELL, fill=f"bar{'-late' if late else ''}{'-next' if turn else ''}")
