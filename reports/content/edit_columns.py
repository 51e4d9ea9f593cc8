"""The columns of plan.xlsx that a planner fills in, and that `allot replan --edits plan.xlsx` reads."""

from dataclasses import dataclass, replace

import polars as pl

from reports.content.table import Column, Table, columns
from reports.words.language import LANGUAGES, _, msg, speaking
from reports.words.wording import Unit

NEW_AGENT, WORD, NEW_DUE = "@new_agent", "@edit", "@new_due"
_TITLES = {
    NEW_AGENT: msg("New agent"),
    WORD: msg("Hold/cancel/pin"),
    NEW_DUE: msg("New due"),
}
_KINDS = {NEW_AGENT: Unit.TEXT, WORD: Unit.TEXT, NEW_DUE: Unit.TIME}
_WORDS = {"hold": msg("hold"), "cancel": msg("cancel"), "pin": msg("pin")}
"""What may stand in the second column: the edit, and the word for it."""


def with_edit_columns(table: Table, after: str) -> Table:
    """The table with the empty columns inserted after another one."""
    entries = [Column(name, _(title), _KINDS[name], entry=True) for name, title in _TITLES.items()]
    entries[1] = replace(entries[1], choices=tuple(_(word) for word in _WORDS.values()))
    types = {Unit.TEXT: pl.String, Unit.TIME: pl.Datetime}
    frame = table.frame.with_columns(pl.lit(None, types[column.kind]).alias(column.name) for column in entries)
    place = [column.name for column in table.columns].index(after) + 1
    return replace(table, frame=frame, columns=(*table.columns[:place], *entries, *table.columns[place:]))


@dataclass(frozen=True)
class EditWords:
    """The names of sheets, columns and words in a language, by their text in lower case.

    ``plan`` and ``unplanned`` are the titles of the two sheets.
    """

    plan: str
    unplanned: str
    columns: dict[str, str]
    words: dict[str, str]


def edit_words() -> list[EditWords]:
    """The names in every language of the workbook."""
    found = []
    for code in LANGUAGES:
        with speaking(code):
            titles = {_(title).casefold(): name for name, title in _TITLES.items()}
            titles |= {column.title.casefold(): column.name for column in columns("task_id", "agent_id")}
            words = {_(word).casefold(): edit for edit, word in _WORDS.items()}
            found.append(EditWords(_("Plan"), _("Unplanned"), titles, words))
    return found
