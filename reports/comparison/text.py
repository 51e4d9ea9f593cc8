"""A comparison on the terminal."""

from collections.abc import Sequence
from unicodedata import east_asian_width

from reports.comparison.compared import Comparison
from reports.comparison.tables import changed, common_bound, headlines, people_table, spans, task_table, title
from reports.language import ENGLISH, _, speaking
from reports.table import Table
from reports.wording import shown

SHOWN = 10
"""Rows of changed tasks and people shown."""


def comparison_lines(comparison: Comparison, language: str = ENGLISH) -> list[str]:
    """Two runs in a few lines: what makes them differ, the headline figures, what changed, for whom.

    Raises:
        ValueError: there is no such ``language``.
    """
    with speaking(language):
        return list(_lines(comparison))


def _lines(comparison: Comparison) -> list[str]:
    lines = [title(comparison), *spans(comparison)]
    lines += [_("warning: {warning}", warning=warning) for warning in comparison.warnings()]
    head = ("", _("Before"), _("After"), _("Difference"))
    lines += ["", *aligned([head, *(line.texts for line in headlines(comparison))], texts=1)]
    lines += [sentence for sentence in (common_bound(comparison),) if sentence]
    lines += ["", changed(comparison)]
    if comparison.tasks.height:
        lines += _table(task_table(comparison)) + _table(people_table(comparison))
    return lines


def _table(table: Table) -> list[str]:
    """The first rows of a table, below its title."""
    rows = [[shown(v, c.kind) for v, c in zip(row, table.columns, strict=True)] for row in table.head(SHOWN).cells()]
    more = [_("and {n} more", n=f"{table.height - SHOWN:,}")] if table.height > SHOWN else []
    return ["", table.title, *aligned([[column.title for column in table.columns], *rows]), *more]


def aligned(rows: Sequence[Sequence[str]], texts: int | None = None) -> list[str]:
    """Rows as lines whose columns stand below each other; columns from ``texts`` on are set to the right."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            _padded(text, width, right=texts is not None and i >= texts)
            for i, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def _padded(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _width(text: str) -> int:
    """The room a text takes on a terminal: East Asian characters take two places."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
