"""plan.xlsx: the plan as a workbook for planners."""

from collections.abc import Callable
from functools import partial
from os import PathLike

from reports.content.edit_columns import with_edit_columns
from reports.content.replan_tables import changes_table, curve_table, edits_table
from reports.content.run_tables import (
    agent_table,
    hours_table,
    plan_table,
    policy_table,
    reject_table,
    risk_table,
    unplanned_table,
)
from reports.content.table import Table
from reports.content.view import RunView
from reports.content.watched import alert_table, target_table
from reports.words.language import ENGLISH, _, speaking
from reports.words.wording import unit_title
from reports.workbook.archive import new_book, save
from reports.workbook.curve_chart import curve_chart
from reports.workbook.day_sheet import write_days
from reports.workbook.levels import write_clients, write_places, write_skills
from reports.workbook.sheet import Sheet, footer
from reports.workbook.summary import write_summary

ROWS_PER_SHEET = 200_000
"""More rows than this on a sheet make a workbook hard to open."""
_LAST_ROW = 1_048_576
_MOST_PEOPLE = 10_000  # rows of a sheet with a cell for each part of an hour
_MOST_ABOVE = 3  # two notes and the header

_Write = Callable[[Sheet], None]


def write_workbook(
    view: RunView, path: str | PathLike[str], rows_per_sheet: int = ROWS_PER_SHEET, language: str = ENGLISH
) -> None:
    """Writes the workbook of a run: its summary, its tables, and its key figures with charts.

    A sheet holds at most ``rows_per_sheet`` rows of its table and says where the others are. The same run
    gives the same bytes.

    Raises:
        ValueError: ``rows_per_sheet`` is more than a worksheet holds beside its notes and header; there is no such
            ``language``.
    """
    if not 1 <= rows_per_sheet <= _LAST_ROW - _MOST_ABOVE:
        raise ValueError(f"{rows_per_sheet} rows per sheet: 1 to {_LAST_ROW - _MOST_ABOVE} are possible")
    with speaking(language):
        _write(view, path, rows_per_sheet)


def _write(view: RunView, path: str | PathLike[str], rows_per_sheet: int) -> None:
    cut: list[str] = []

    def table(made: Table) -> tuple[str, _Write]:
        if made.height > rows_per_sheet:
            cut.append(_("Sheet {title}: {note}", title=made.title, note=made.left_out(rows_per_sheet)))
        return made.title, lambda sheet: sheet.write_table(made, rows_per_sheet)

    hours, curve = hours_table(view), curve_table(view)
    others: list[tuple[str, _Write]] = [
        *(table(made) for made in (changes_table(view), edits_table(view)) if made is not None),
        *(table(made) for made in (alert_table(view), target_table(view)) if made is not None and made.height),
        *([] if curve is None else [(curve.title, partial(_write_curve, table=curve, unit=unit_title(view.run)))]),
        table(with_edit_columns(plan_table(view), after="payoff")),
        (_("Team schedule"), partial(write_days, view=view, most=min(rows_per_sheet, _MOST_PEOPLE))),
        table(agent_table(view)),
        (_("Teams and sites"), partial(write_places, view=view)),
        (_("Tenants and segments"), partial(write_clients, view=view)),
        (_("Skills"), partial(write_skills, view=view)),
        table(risk_table(view)),
        table(with_edit_columns(unplanned_table(view), after="payoff")),
        *(table(made) for made in ([] if hours is None else [hours])),
        table(reject_table(view)),
        table(policy_table(view)),
    ]
    book = new_book(view, _("Plan {moment}", moment=f"{view.as_of:%Y-%m-%d %H:%M}"))
    parts: list[tuple[str, _Write]] = [(_("Summary"), partial(write_summary, view=view, notes=cut)), *others]
    sheets = [Sheet(book, title, footer(view)) for title, _write_sheet in parts]
    for sheet, (_title, write_sheet) in zip(sheets, parts, strict=True):
        write_sheet(sheet)
    save(book, path, view.as_of, sheets)


def _write_curve(sheet: Sheet, table: Table, unit: str) -> None:
    """The cost of stability, with its chart beside it."""
    sheet.write_table(table, table.height)
    sheet.draw(curve_chart(table, unit), len(table.columns) + 2)
