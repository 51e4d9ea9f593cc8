"""Messages of a run in the language that is spoken: looked up by their English text, never taken apart."""

import json
from functools import cached_property

import polars as pl

from models import MESSAGES_TABLE, Message
from reports.words.language import ENGLISH, spoken


def rendered(message: Message) -> str:
    """A message in the language spoken now."""
    return message.worded(_chosen)


def _chosen(one: str, many: str, number: int) -> str:
    translations = spoken().translations
    return translations.ngettext(one, many, number) if many else translations.gettext(one)


class Messages:
    """The messages of a run's texts. A text that is none, as in runs of earlier versions, stays as it is."""

    def __init__(self, table: pl.DataFrame | None = None) -> None:
        """``table`` is as in ``messages.parquet``; ``None`` has no messages."""
        self.table = table

    def said(self, text: str) -> str:
        """The text in the language spoken now."""
        return text if spoken().code == ENGLISH or text not in self._known else self._said(text)

    def all_said(self, texts: pl.Series) -> pl.Series:
        """The texts in the language spoken now."""
        if spoken().code == ENGLISH or not self._known:
            return texts
        return texts.replace({text: self._said(text) for text in texts.drop_nulls().unique() if text in self._known})

    @cached_property
    def _known(self) -> dict[str, tuple[str, str]]:
        """Code and parts of each text."""
        rows = () if self.table is None else self.table.select(MESSAGES_TABLE.names).iter_rows()
        return {text: (code, parts) for text, code, parts in rows}

    def _said(self, text: str) -> str:
        code, parts = self._known[text]
        try:
            return rendered(Message.from_plain(code, json.loads(parts)))
        except (KeyError, TypeError, ValueError):  # of a later version
            return text
