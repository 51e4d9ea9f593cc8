"""A comparison as a workbook."""

from dataclasses import replace
from os import PathLike

from reports.comparison.compared import Comparison
from reports.comparison.tables import (
    changed,
    common_bound,
    figure_table,
    headlines,
    people_table,
    spans,
    task_table,
    title,
)
from reports.words.language import ENGLISH, _, speaking
from reports.workbook import ROWS_PER_SHEET, Grid, Sheet, footer, new_book, save
from reports.workbook.style import ALARM, HEADER, HEADLINE, LABEL, NOTE, TITLE, aligned

WIDTHS = (44, 20, 20, 20)
"""The grid of the first sheet, in characters."""


def write_comparison_workbook(comparison: Comparison, path: str | PathLike[str], language: str = ENGLISH) -> None:
    """Writes the workbook of a comparison: summary, changed tasks, people, key figures.

    The same runs give the same bytes.

    Raises:
        ValueError: there is no such ``language``.
    """
    with speaking(language):
        _write(comparison, path)


def _write(comparison: Comparison, path: str | PathLike[str]) -> None:
    tables = [make(comparison) for make in (task_table, people_table, figure_table)]
    book = new_book(comparison.after, title(comparison))
    sheets = [Sheet(book, name, footer(comparison.after)) for name in (_("Summary"), *(t.title for t in tables))]
    notes = [
        _("Sheet {title}: {note}", title=table.title, note=table.left_out(ROWS_PER_SHEET))
        for table in tables
        if table.height > ROWS_PER_SHEET
    ]
    _summary(sheets[0], comparison, notes)
    for sheet, table in zip(sheets[1:], tables, strict=True):
        sheet.write_table(table, ROWS_PER_SHEET)
    save(book, path, comparison.after.as_of, sheets)


def _summary(sheet: Sheet, comparison: Comparison, notes: list[str]) -> None:
    """The first sheet: which runs, what makes them differ, the headline figures, how much changed."""
    grid = Grid(sheet, WIDTHS)
    grid.sentence(title(comparison), TITLE, 30)
    for span in spans(comparison):
        grid.sentence(span, NOTE)
    for warning in comparison.warnings():
        grid.sentence(_("warning: {warning}", warning=warning), ALARM, 18)
    grid.sentence(changed(comparison), HEADLINE, 24)
    for note in notes:
        grid.sentence(note, NOTE)
    grid.section(_("Headline figures"))
    right = replace(HEADER, align="right")
    grid.row([("", HEADER), *((name, right) for name in (_("Before"), _("After"), _("Difference")))], [1] * 4)
    for line in headlines(comparison):
        look = aligned(LABEL, line.kind)
        signs = replace(look, number_format=f"+{look.number_format};-{look.number_format};{look.number_format}")
        figures = [(line.before, look), (line.after, look), (line.difference, signs)]
        grid.row([(line.label, LABEL), *figures], [1] * 4)
    if note := common_bound(comparison):
        grid.sentence(note, NOTE)
