"""Cell styles of the workbook."""

from dataclasses import dataclass, replace

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from reports.content.palette import LIGHT
from reports.words.language import _, msg, spoken
from reports.words.wording import Unit

FORMATS = {
    Unit.TEXT: "General",
    Unit.PROSE: "General",
    Unit.NUMBER: "General",
    Unit.COUNT: "#,##0",
    Unit.POINTS: "#,##0.00",
    Unit.MINUTES: "#,##0",
    Unit.HOURS: "#,##0.0",
    Unit.DAYS: "#,##0.0",
    Unit.SHARE: msg("0.0 %"),
    Unit.TIME: "yyyy-mm-dd hh:mm",
}
EXACT_TIME = "yyyy-mm-dd hh:mm:ss"
EXACT_MINUTES = "#,##0.00"

BAR = "9CC3DE"
"""The data bars of the workbook."""


@dataclass(frozen=True)
class Look:
    """How a cell looks; colours are roles of the palette."""

    bold: bool = False
    size: int = 10
    colour: str = "ink"
    fill: str = ""
    align: str = "general"
    wrap: bool = False
    ruled: bool = False
    number_format: str = "General"

    def dress(self, cell: Cell) -> Cell:
        """The cell in this look."""
        cell.font = Font(name=spoken().face, bold=self.bold, size=self.size, color=LIGHT[self.colour])
        indent = 1 if self.align == "left" else 0
        cell.alignment = Alignment(horizontal=self.align, vertical="center", wrap_text=self.wrap, indent=indent)
        cell.number_format = self.number_format
        if self.fill:
            cell.fill = PatternFill("solid", start_color=LIGHT[self.fill])
        if self.ruled:
            cell.border = Border(bottom=Side("thin", color=LIGHT["line"]))
        return cell


TITLE = Look(bold=True, size=16, align="left")
HEADLINE = Look(bold=True, size=13, colour="accent", align="left")
SECTION = Look(bold=True, size=12, colour="accent", align="left")
FINDING = Look(bold=True, size=11, align="left")
ALARM = Look(bold=True, size=11, colour="bad", fill="late-soft", align="left")
CAUTION = Look(bold=True, size=11, fill="late-soft", align="left")
TILE_LABEL = Look(fill="panel", colour="muted", align="left")
TILE = Look(bold=True, size=18, fill="panel", align="left")
LABEL = Look(ruled=True, align="left")
NOTE = Look(colour="muted", align="left")
LEFT_OUT = Look(bold=True, colour="bad")
HEADER = Look(bold=True, fill="head", align="left")
ENTRY_HEADER = Look(bold=True, fill="entry-head", align="left")
ENTRY = Look(fill="entry", ruled=True)
"""Cells for people to fill in."""


def aligned(look: Look, kind: Unit) -> Look:
    """The look for values of a kind: its number format, figures to the right."""
    right = kind in (Unit.COUNT, Unit.POINTS, Unit.MINUTES, Unit.HOURS, Unit.DAYS, Unit.SHARE)
    return replace(look, number_format=_(FORMATS[kind]), align="right" if right else "left")
