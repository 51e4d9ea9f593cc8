"""The language people read a run in.

Texts stand in English where they are used, marked by :func:`_`, :func:`counted` or :func:`msg`; the catalogue
``translations/CODE.po`` has them in another language (gettext; ``make texts`` brings it up to date). What a run keeps
for programs is English always: only what is shown is translated.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from models import msg, msgs

__all__ = ["ENGLISH", "LANGUAGES", "Language", "_", "counted", "listed", "msg", "msgs", "speaking", "spoken"]


@dataclass(frozen=True)
class Language:
    """A language: its code, its name for itself, the ``tag`` a page states, the typeface (``face``) of a workbook."""

    code: str
    name: str
    tag: str
    face: str

    @property
    def translations(self) -> NullTranslations:
        """Its catalogue; texts it does not have stay English."""
        return NullTranslations() if self.code == ENGLISH else _catalogue(self.code)


ENGLISH = "en"
LANGUAGES: Mapping[str, Language] = {
    # Arial is on every machine, or Liberation Sans with the same widths
    ENGLISH: Language(ENGLISH, "English", "en", "Arial"),
    "zh": Language("zh", "简体中文", "zh-Hans", "Microsoft YaHei"),
}
"""The languages there are, by the code that people ask for them with."""

_spoken: ContextVar[Language] = ContextVar("language", default=LANGUAGES[ENGLISH])


@cache
def _catalogue(code: str) -> GNUTranslations:
    """The catalogue of a language, compiled when it is first needed."""
    compiled = BytesIO()
    with files("reports").joinpath("translations", f"{code}.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)


@contextmanager
def speaking(code: str) -> Iterator[Language]:
    """Has every text made within in this language.

    Raises:
        ValueError: there is no such language.
    """
    if code not in LANGUAGES:
        raise ValueError(f"there is no language '{code}'; there are {', '.join(LANGUAGES)}")
    token = _spoken.set(LANGUAGES[code])
    try:
        yield LANGUAGES[code]
    finally:
        _spoken.reset(token)


def spoken() -> Language:
    """The language spoken now: English unless :func:`speaking` says otherwise."""
    return _spoken.get()


def _(text: str, /, **parts: object) -> str:
    """The text in the language spoken now, with its ``{parts}`` filled in; nothing for no text."""
    said = spoken().translations.gettext(text) if text else ""
    return said.format(**parts) if parts else said


def counted(number: int, one: str, many: str, **parts: object) -> str:
    """``1 task``, ``2,000 tasks``: the text for so many, ``{n}`` being the number, with its other ``{parts}``."""
    return spoken().translations.ngettext(one, many, number).format(n=f"{number:,}", **parts)


def listed(texts: Iterable[str], more: int = 0) -> str:
    """Texts one after the other, as the language lists them; ``more`` that are not named are counted."""
    named = _(", ").join(texts)
    return _("{named} and {n} more", named=named, n=f"{more:,}") if more else named
