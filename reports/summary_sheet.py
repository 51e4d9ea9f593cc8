"""The first sheet of the workbook: how good the plan is, what it comes to, what to look at first."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import ceil

from openpyxl.cell import Cell

from reports.figures import (
    Fact,
    check_sentence,
    headline_facts,
    key_figures,
    outcome_table,
    people_facts,
    run_facts,
    value_facts,
)
from reports.findings import Finding, findings
from reports.quality import quality
from reports.sheet import Sheet
from reports.style import (
    ALARM,
    FINDING,
    HEADER,
    HEADLINE,
    LABEL,
    NOTE,
    SECTION,
    TILE,
    TILE_LABEL,
    TITLE,
    Look,
    aligned,
)
from reports.table import Table
from reports.view import RunView
from reports.wording import moment, shown

WIDTHS = (34, 16, 16, 16, 16, 16, 16, 16, 16)
"""The grid of the sheet, in characters: the narrow columns take a time."""
_LAST = len(WIDTHS)
_LINE = 15.0
"""Height of a line of text, in points."""
_LETTER = 0.82
"""The width of a letter of text, in the digits that column widths count."""
_MOST_LINES = 20


def write_summary(sheet: Sheet, view: RunView, notes: Sequence[str]) -> None:
    """The sheet of a run; ``notes`` say what other sheets had to leave out."""
    found, figures = quality(view.run), key_figures(view)
    sheet.widths(WIDTHS)
    sheet.hide_grid()
    _sentence(sheet, f"Plan from {moment(view.as_of)} to {moment(view.horizon_end)}", TITLE, 30)
    _sentence(sheet, found.phrase, HEADLINE, 24)
    _sentence(sheet, f"{found.points[0].upper()}{found.points[1:]}. Times are {view.timezone}.", NOTE)
    if not view.run["check"]["ok"]:
        _sentence(sheet, check_sentence(view.run), ALARM, 24)
    for note in notes:
        _sentence(sheet, note, NOTE)
    sheet.append(height=8)
    _tiles(sheet, headline_facts(view, figures))
    _section(sheet, "Value")
    _facts(sheet, value_facts(view, figures))
    _section(sheet, "Tasks")
    _table(sheet, outcome_table(figures))
    _section(sheet, "People")
    _facts(sheet, people_facts(figures))
    _section(sheet, "What to look at first")
    _findings(sheet, findings(view))
    _section(sheet, "How this plan was made")
    _facts(sheet, run_facts(view))


def _tiles(sheet: Sheet, facts: Sequence[Fact]) -> None:
    """The headline figures side by side, each over two columns but the first."""
    spans = [1] + [2] * (len(facts) - 1)
    _row(sheet, [(fact.label, TILE_LABEL) for fact in facts], spans, 18)
    _row(sheet, [(shown(fact.value, fact.kind) or "–", TILE) for fact in facts], spans, 28)
    _row(sheet, [(fact.note, TILE_LABEL) for fact in facts], spans, 18)


def _section(sheet: Sheet, title: str) -> None:
    sheet.append()
    _sentence(sheet, title, SECTION, 22)


def _sentence(sheet: Sheet, text: str, look: Look, height: float = _LINE) -> None:
    """Text over the whole width."""
    _row(sheet, [(text, look)], [_LAST], height)


def _facts(sheet: Sheet, facts: Iterable[Fact]) -> None:
    """A figure a row: label, value, what it means. Text values take the whole width."""
    for fact in facts:
        if fact.kind.is_text:
            text = f"{fact.value}: {fact.note}" if fact.note else fact.value
            _row(sheet, [(fact.label, LABEL), (text, LABEL)], [1, _LAST - 1])
        else:
            value = "not known" if fact.value is None else fact.value
            cells = [
                (fact.label, LABEL),
                (value, aligned(LABEL, fact.kind)),
                (fact.note, replace(NOTE, ruled=True)),
            ]
            _row(sheet, cells, [1, 1, _LAST - 2])


def _findings(sheet: Sheet, found: Sequence[Finding]) -> None:
    if not found:
        _sentence(sheet, "Nothing stands out.", NOTE)
    for finding in found:
        _sentence(sheet, finding.title, ALARM if finding.grave else FINDING, 18)
        _sentence(sheet, finding.advice, NOTE)
        if finding.table is not None:
            _table(sheet, finding.table)
        sheet.append(height=6)


def _table(sheet: Sheet, table: Table) -> None:
    """A small table on the sheet's grid."""
    spans = _spans(table)
    _row(sheet, [(column.title, aligned(HEADER, column.kind)) for column in table.columns], spans)
    for values, marked in zip(table.cells(), table.marked(), strict=True):
        looks = [aligned(replace(LABEL, bold=marked), column.kind) for column in table.columns]
        _row(sheet, list(zip(values, looks, strict=True)), spans)


def _spans(table: Table) -> list[int]:
    """How many columns of the grid each column takes: the one with the longest text gets what is left."""
    spans = [1] * len(table.columns)
    texts = [i for i, column in enumerate(table.columns) if column.kind.is_text]
    longest = max(texts, key=lambda i: max((len(str(row[i] or "")) for row in table.cells()), default=0))
    spans[longest] += _LAST - len(spans)
    return spans


def _row(sheet: Sheet, values: Sequence[tuple[object, Look]], spans: Sequence[int], height: float = _LINE) -> None:
    """Writes values side by side, each over its span of the grid, text on as many lines as it needs."""
    row: list[Cell] = []
    joined: list[tuple[int, int]] = []
    for (value, look), span in zip(values, spans, strict=True):
        first = len(row)
        lines = _lines(value, look, sum(WIDTHS[first : first + span]))
        if lines > 1:
            look, height = replace(look, wrap=True), max(height, lines * _LINE)
        row += [sheet.cell(value, look), *(sheet.cell(None, look) for _ in range(span - 1))]
        joined.append((first + 1, first + span))
    sheet.append(row, height)
    for place in joined:
        sheet.merge(*place)


def _lines(value: object, look: Look, width: float) -> int:
    """The lines a text takes at this width, in characters; wide characters count twice."""
    if not isinstance(value, str):
        return 1
    room = _LETTER * (len(value) + len(value.encode())) / 2 * look.size / 10
    return min(ceil(room / (width - 2)), _MOST_LINES)
