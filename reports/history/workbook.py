"""The history as a workbook: summary, what changed most, targets, what was done, people, every figure."""

from os import PathLike

from reports.history.page import heading, notes
from reports.history.tables import (
    alert_table,
    change_table,
    done_table,
    figure_table,
    people_table,
    target_table,
    written,
)
from reports.history.tables import difference_written as difference
from reports.history.view import FEATURED, HistoryView
from reports.words.alerts import alert_line, by_gravity
from reports.words.kpi_names import level_title, measure_title
from reports.words.language import ENGLISH, _, speaking
from reports.workbook import ROWS_PER_SHEET, Grid, Sheet, empty_book, save
from reports.workbook.style import ALARM, HEADER, LABEL, NOTE, TITLE

_MOST_ALERTS = 10
"""Alerts on the first sheet."""
_WIDTHS = (46, 18, 18, 18, 18, 14)


def write_history_workbook(view: HistoryView, path: str | PathLike[str], language: str = ENGLISH) -> None:
    """Writes the workbook of the history; the same figures give the same bytes.

    Raises:
        ValueError: there is no such ``language``.
    """
    with speaking(language):
        _write(view, path)


def _write(view: HistoryView, path: str | PathLike[str]) -> None:
    by_level = [
        (f"{_('Done')} ({level_title(level)})", done_table(view, level)) for level in ("process", "team", "site")
    ]
    watched = [alert_table(view)] if view.alerts else []
    first = [change_table(view), target_table(view), *watched, done_table(view)]
    tables = [(table.title, table) for table in first] + by_level
    tables += [(table.title, table) for table in (people_table(view), figure_table(view))]
    foot = _("allot history, times are {zone}", zone=view.timezone)
    book = empty_book(heading(view), _("History"), view.now)
    sheets = [Sheet(book, name, foot) for name in (_("Summary"), *(name for name, _table in tables))]
    _summary(sheets[0], view)
    for sheet, (_name, table) in zip(sheets[1:], tables, strict=True):
        sheet.write_table(table, ROWS_PER_SHEET)
    save(book, path, view.now, sheets)


def _summary(sheet: Sheet, view: HistoryView) -> None:
    """The first sheet: the figures to look at first, now and before, with their targets."""
    grid = Grid(sheet, _WIDTHS)
    grid.sentence(heading(view), TITLE, 30)
    for note in notes(view):
        grid.sentence(note, NOTE)
    for alert in by_gravity(alert for alert in view.alerts if alert.until is None)[:_MOST_ALERTS]:
        grid.sentence(f"{alert.name}: {alert_line(alert, view.timezone)}", ALARM, 18)
    known = {(row["level"], row["measure"]): row for row in view.now_and_before.iter_rows(named=True) if not row["key"]}
    for title, names in FEATURED.items():
        rows = [known["enterprise", name] for name in names if ("enterprise", name) in known]
        if not rows:
            continue
        grid.section(_(title))
        heads = ("", _("Before that"), _("Now"), _("Difference"), _("Target"), "")
        grid.row([(head, HEADER) for head in heads], [1] * 6)
        for row in rows:
            name = row["measure"]
            told = "" if row["met"] is None else _("met") if row["met"] else _("missed")
            figures = (
                written(name, row["before"]),
                written(name, row["now"]),
                difference(name, row["difference"]),
                written(name, row["target"]),
                told,
            )
            grid.row([(measure_title(name), LABEL), *((figure, LABEL) for figure in figures)], [1] * 6)
