"""Sheets of key figures: charts on top, below them a table for each level."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from models import PLACES, SKILL
from reports.content.kpi_tables import CLIENTS, client_table, place_table, skill_table
from reports.content.table import Table
from reports.content.view import RunView
from reports.words.language import _
from reports.words.wording import Unit
from reports.workbook.charts import Bars, draw
from reports.workbook.grid import LINE, Grid
from reports.workbook.sheet import Sheet
from reports.workbook.style import LEFT_OUT, NOTE, TITLE

MOST_ROWS = 300
"""Rows of a level that a sheet shows."""
_MOST_BARS = 20
_FEWEST_LINES, _LINES_A_BAR, _LINES_AROUND = 10, 1.1, 5
_NAME_WIDTH, _WIDTH = 30, 12
_BARRED = ("utilization", "sla_share", "coverage")


def write_places(sheet: Sheet, view: RunView) -> None:
    """The sheet of teams, sites and organisations: utilization of their people, and planned work."""
    low, high = (_percent(share) for share in view.run.policy.target_utilization)
    note = _(
        "Utilization is planned per working time. People used less than {low} or more than {high} of it count as used "
        "too little or too much. Late by choice: somebody could have done it in time, and does what is worth more.",
        low=low,
        high=high,
    )
    charts = {level: Bars(_titles(level), (("utilization", "accent"),), Unit.SHARE) for level in ("team", "site")}
    _write(sheet, _("Teams and sites"), note, [(level, place_table(view, level)) for level in reversed(PLACES)], charts)


def write_clients(sheet: Sheet, view: RunView) -> None:
    """The sheet of tenants, segments, departments, processes and channels: the outcomes of their work."""
    note = _(
        "Due in the plan: tasks that fall due before the plan ends and were not overdue when it began. SLA missed: "
        "those of them that are late or not planned; unavoidably, where nobody could have been in time."
    )
    series = (("on_time", "accent"), ("late", "late"), ("unplanned", "left"))
    charts = {
        "segment": Bars(_("Tasks by segment"), series, Unit.COUNT, stacked=True),
        "tenant": Bars(_("Tasks by tenant"), series, Unit.COUNT, stacked=True),
    }
    tables = [(level, client_table(view, level)) for level in CLIENTS]
    _write(sheet, _("Tenants and segments"), note, tables, charts)


def write_skills(sheet: Sheet, view: RunView) -> None:
    """The sheet of skills: demand against supply."""
    note = _(
        "Demand is the standard time of all open tasks that mention the skill, capable the time of all people who have "
        "it, whatever else they can do. Below 100 % coverage there is too little even if they did nothing else. A task "
        "counts at every skill it mentions, a person at every skill they have."
    )
    series = (("minutes_demand", "late"), ("minutes_capable", "accent"))
    charts = {SKILL: Bars(_("Demand against supply, hours, the scarcest first"), series, Unit.HOURS)}
    _write(sheet, _("Skills"), note, [(SKILL, skill_table(view))], charts)


def _titles(level: str) -> str:
    return _("Utilization by team") if level == "team" else _("Utilization by site")


def _percent(share: float) -> str:
    return _("{number} %", number=f"{100 * share:g}")


def _write(sheet: Sheet, title: str, note: str, tables: Sequence[tuple[str, Table]], charts: dict[str, Bars]) -> None:
    """Title, note, room for the charts, the tables; then the charts, of the rows they are drawn from."""
    columns = max(len(table.columns) for _level, table in tables)
    grid = Grid(sheet, (_NAME_WIDTH, *(_WIDTH for _i in range(columns - 1))))
    grid.sentence(title, TITLE, 30)
    grid.sentence(note, NOTE)
    bars = {level: min(table.height - _totals(table), _MOST_BARS) for level, table in tables if level in charts}
    drawn = {level: count for level, count in bars.items() if count}
    lines = round(max(_FEWEST_LINES, _LINES_A_BAR * max(drawn.values(), default=0)) + _LINES_AROUND)
    first = sheet.row + 2
    for _line in range(lines + 2 if drawn else 0):
        sheet.append(height=LINE)
    header = {level: _section(grid, table) for level, table in tables}
    edges = _shares(grid.widths, max(len(drawn), 1))
    for nth, (level, rows) in enumerate(drawn.items()):
        names = [column.name for column in dict(tables)[level].columns]
        places = [names.index(name) + 1 for name, _colour in charts[level].series]
        chart = draw(charts[level], sheet.worksheet, places, header[level], rows)
        left, right = edges[nth] + 1, edges[nth + 1]
        sheet.place_chart(chart, (left, first), (right - (right < columns), first + lines))


def _shares(widths: Sequence[int], parts: int) -> list[int]:
    """The number of columns before each of so many parts of about the same width, and all of them."""
    ends = [0, *accumulate(widths)]
    aims = [ends[-1] * part / parts for part in range(parts + 1)]
    return [min(range(len(ends)), key=lambda i: abs(ends[i] - aim)) for aim in aims]


def _section(grid: Grid, table: Table) -> int:
    """A level's table under its title; the row of its header."""
    totals = table.frame.filter(table.marks)
    kept = replace(table, frame=table.frame.filter(~table.frame[table.marks]))
    shown = replace(table, frame=kept.head(MOST_ROWS).frame.vstack(totals))
    grid.section(table.title)
    if kept.left_out(MOST_ROWS):
        grid.sentence(kept.left_out(MOST_ROWS), LEFT_OUT)
    header = grid.sheet.row + 1
    grid.table(shown)
    for place, column in enumerate(shown.columns, 1):
        if column.name in _BARRED and shown.height:
            grid.sheet.draw_bars(place, header + 1, header + shown.height)
    return header


def _totals(table: Table) -> int:
    return sum(table.marked())
