"""A comparison on the terminal."""

from collections.abc import Sequence
from dataclasses import replace
from os import PathLike

from reports.comparison.compared import Comparison
from reports.comparison.tables import changed, common_bound, headlines, people_changed, spans, task_table, title
from reports.content.table import Table
from reports.words.language import ENGLISH, _, listed, speaking
from reports.words.lines import in_columns
from reports.words.wording import Unit, shown

_FIGURES = (False, True, True, True)
_OF_TASK = ("task_id", "@change", "from_agent", "from_start", "to_agent", "to_start", "gain")
_OF_PEOPLE = ("agent_id", "name", "gained", "lost", "moved", "@from_load", "@to_load")
SHOWN = 10
"""Rows of changed tasks and people shown."""


def comparison_lines(
    comparison: Comparison, files: Sequence[str | PathLike[str]] = (), language: str = ENGLISH
) -> list[str]:
    """Two runs in a few lines: differing inputs, headline figures, what changed and for whom, the ``files``.

    Raises:
        ValueError: there is no such ``language``.
    """
    with speaking(language):
        lines = _lines(comparison)
        if files:
            lines += ["", _("written: {files}", files=listed(map(str, files)))]
        return lines


def _lines(comparison: Comparison) -> list[str]:
    lines = [title(comparison), *spans(comparison)]
    lines += [_("warning: {warning}", warning=warning) for warning in comparison.warnings()]
    head = ("", _("Before"), _("After"), _("Difference"))
    lines += ["", *in_columns([head, *(line.texts for line in headlines(comparison))], _FIGURES)]
    lines += [sentence for sentence in (common_bound(comparison),) if sentence]
    lines += ["", changed(comparison)]
    if comparison.tasks.height:
        lines += _table(task_table(comparison), _OF_TASK) + _table(people_changed(comparison), _OF_PEOPLE)
    return lines


def _table(table: Table, names: Sequence[str]) -> list[str]:
    """The first rows of some columns of a table, below its title."""
    table = replace(table, columns=tuple(column for column in table.columns if column.name in names))
    rows = [[shown(v, c.kind) for v, c in zip(row, table.columns, strict=True)] for row in table.head(SHOWN).cells()]
    more = [_("and {n} more", n=f"{table.height - SHOWN:,}")] if table.height > SHOWN else []
    figures = [not column.kind.is_text and column.kind is not Unit.TIME for column in table.columns]
    return ["", table.title, *in_columns([[column.title for column in table.columns], *rows], figures), *more]
