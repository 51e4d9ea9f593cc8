"""English that is left where another language is asked for."""

import re
from collections.abc import Iterable

_WORD = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z][a-z]+(?![A-Za-z0-9_=-])")


def english_in(texts: Iterable[object], names: Iterable[str] = ()) -> set[str]:
    """The words in Latin letters, without names and codes of the data: ``names``, and what has a digit, ``_`` or ``=``
    in it."""
    return {word for text in texts if isinstance(text, str) for word in _WORD.findall(text)} - set(names)
