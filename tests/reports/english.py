"""English that is left where another language is asked for."""

import re
from collections.abc import Iterable

_THREE_WORDS = re.compile(r"(?<![A-Za-z])[A-Za-z][a-z']*(?:,? [a-z][a-z']*){2,}(?![a-z])")
_WORD = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z][a-z]+(?![A-Za-z0-9_=-])")


def english_in(texts: Iterable[object], names: Iterable[str] = ()) -> set[str]:
    """The words in Latin letters, without names and codes of the data: ``names``, and what has a digit, ``_`` or ``=``
    in it."""
    return {word for text in texts if isinstance(text, str) for word in _WORD.findall(text)} - set(names)


def sentences_in(texts: Iterable[object]) -> set[str]:
    """What reads like an English sentence: three words and more in a row, all but the first in small letters."""
    return {found for text in texts if isinstance(text, str) for found in _THREE_WORDS.findall(text)}
