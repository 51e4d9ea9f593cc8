"""Makes file names from names of teams, sites, organisations and people."""

import re
from collections.abc import Iterable

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST = 50
"""Letters of a name; each may take four bytes, and file systems take 255 with the ending."""


def file_names(names: Iterable[str]) -> list[str]:
    """A file name without extension for each name: allowed on every system, and unique regardless of case."""
    taken: set[str] = set()
    return [_free(_allowed(name), taken) for name in names]


def _allowed(name: str) -> str:
    """The name without what Windows or Unix forbid in file names."""
    plain = _FORBIDDEN.sub("_", name)[:_LONGEST].strip(" .")
    return f"_{plain}" if not plain or _RESERVED.fullmatch(plain) else plain


def _free(name: str, taken: set[str]) -> str:
    """The name, or with a number what is not taken yet; it is then."""
    number, chosen = 1, name
    while chosen.casefold() in taken:
        number += 1
        chosen = f"{name} ({number})"
    taken.add(chosen.casefold())
    return chosen
