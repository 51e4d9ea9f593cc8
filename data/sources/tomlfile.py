"""Reads TOML files: settings, policies and edits."""

import re
import tomllib
from typing import Any

from data.sources.textfile import NotUtf8Error, as_text
from models import SnapshotError

_LINE = re.compile(r" ?\(at line (\d+), column \d+\)")
_BARE = re.compile(r"""\s*([\w."-]+)\s*=\s*([^\s"'\[{#][^#"']*?)\s*(#.*)?""")

_UNQUOTED = ("Invalid value", "Expected newline or end of document after a statement")
"""What Python (3.13) says of text without quotes."""


def read_toml(content: bytes, origin: str) -> dict[str, Any]:
    """The keys and values of a TOML file; ``origin`` is what people call it.

    Raises:
        SnapshotError: it is not UTF-8 or not TOML; the message says on which line, and what to do where that is known.
    """
    try:
        text = as_text(content, origin)
    except NotUtf8Error as error:
        raise SnapshotError(str(error)) from error
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # numbers of too many digits, brackets in brackets without end
        raise SnapshotError(f"{origin} cannot be read: {_fault(str(error), text)}") from error


def _fault(error: str, text: str) -> str:
    """What is wrong on which line, and what to write instead where the line shows it."""
    place = _LINE.search(error)
    if not place:
        return error
    lines = text.split("\n")
    line = lines[min(int(place[1]), len(lines)) - 1]
    what = _LINE.sub("", error)
    if what in _UNQUOTED and (bare := _BARE.fullmatch(line)):
        advice = f'; text, times and lengths stand in quotes: {bare[1]} = "{bare[2]}"'
    elif what.startswith("Unescaped"):
        advice = "; a backslash stands in single quotes: 'C:\\new.csv'"
    else:
        advice = ""
    return f"line {place[1]}: {what}{advice}"
