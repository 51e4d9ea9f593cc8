"""The first sheet of the workbook: quality of the plan, key figures, findings."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from reports.content.findings import Finding, findings
from reports.content.headline import (
    Fact,
    check_sentence,
    headline_facts,
    key_figures,
    outcome_table,
    people_facts,
    run_facts,
    value_facts,
)
from reports.content.quality import quality
from reports.content.view import RunView
from reports.words.language import _
from reports.words.notices import notice_lines
from reports.words.wording import moment, shown
from reports.workbook.grid import Grid
from reports.workbook.sheet import Sheet
from reports.workbook.style import ALARM, CAUTION, FINDING, HEADLINE, LABEL, NOTE, TILE, TILE_LABEL, TITLE, aligned

WIDTHS = (34, 16, 16, 16, 16, 16, 16, 16, 16)
"""The grid of the sheet, in characters: the narrow columns take a time."""


def write_summary(sheet: Sheet, view: RunView, notes: Sequence[str]) -> None:
    """Writes the sheet; ``notes`` say what other sheets leave out."""
    found, figures, grid = quality(view.run), key_figures(view), Grid(sheet, WIDTHS)
    span = _("Plan from {begin} to {end}", begin=moment(view.as_of), end=moment(view.horizon_end))
    points = found.points[0].upper() + found.points[1:]
    grid.sentence(span, TITLE, 30)
    grid.sentence(found.phrase, HEADLINE, 24)
    for notice in notice_lines(view.run.notices, view.messages):
        grid.sentence(notice, CAUTION, 18)
    grid.sentence(_("{points}. Times are {zone}.", points=points, zone=view.timezone), NOTE)
    if not view.run.check.ok:
        grid.sentence(check_sentence(view.run), ALARM, 24)
    for note in notes:
        grid.sentence(note, NOTE)
    sheet.append(height=8)
    _tiles(grid, headline_facts(view, figures))
    grid.section(_("Value"))
    _facts(grid, value_facts(view, figures))
    grid.section(_("Tasks"))
    grid.table(outcome_table(view, figures))
    grid.section(_("People"))
    _facts(grid, people_facts(figures))
    grid.section(_("What to look at first"))
    _findings(grid, findings(view))
    grid.section(_("How this plan was made"))
    _facts(grid, run_facts(view))


def _tiles(grid: Grid, facts: Sequence[Fact]) -> None:
    """The headline figures side by side, each over two columns but the first."""
    spans = [1] + [2] * (len(facts) - 1)
    grid.row([(fact.label, TILE_LABEL) for fact in facts], spans, 18)
    grid.row([(shown(fact.value, fact.kind) or "–", TILE) for fact in facts], spans, 28)
    grid.row([(fact.note, TILE_LABEL) for fact in facts], spans, 18)


def _facts(grid: Grid, facts: Iterable[Fact]) -> None:
    """A figure a row: label, value, what it means. Text values take the whole width."""
    width = len(grid.widths)
    for fact in facts:
        if fact.kind.is_text:
            text = f"{fact.value}: {fact.note}" if fact.note else fact.value
            grid.row([(fact.label, LABEL), (text, LABEL)], [1, width - 1])
        else:
            value = _("not known") if fact.value is None else fact.value
            cells = [
                (fact.label, LABEL),
                (value, aligned(LABEL, fact.kind)),
                (fact.note, replace(NOTE, ruled=True)),
            ]
            grid.row(cells, [1, 1, width - 2])


def _findings(grid: Grid, found: Sequence[Finding]) -> None:
    if not found:
        grid.sentence(_("Nothing stands out."), NOTE)
    for finding in found:
        grid.sentence(finding.title, ALARM if finding.grave else FINDING, 18)
        grid.sentence(finding.advice, NOTE)
        if finding.table is not None:
            grid.table(finding.table)
        grid.sheet.append(height=6)
