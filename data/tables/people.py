"""Finds people by their ids, or by unique names."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain


class AmbiguousNameError(ValueError):
    """Several people have this name."""


class People:
    """Ids with the names of people; ``in`` asks whether a text means somebody or is the name of several."""

    def __init__(self, ids_and_names: Iterable[tuple[str | None, str | None]]) -> None:
        self._ids: set[str] = set()
        self._names: set[str] = set()
        self._named: dict[str, list[str]] = defaultdict(list)
        for agent, name in ids_and_names:
            if agent:
                self._ids.add(agent)
                self._names.add(name or agent)
                self._named[_plain(name or "")].append(agent)
        self._named.pop("", None)

    def __contains__(self, text: object) -> bool:
        return text in self._ids or _plain(str(text)) in self._named

    def __iter__(self) -> Iterator[str]:
        """The ids, then the names."""
        return chain(sorted(self._ids), sorted(self._names - self._ids))

    def id_of(self, text: str) -> str | None:
        """The id that a text is, or else the id of the person with that name; ``None`` if it is neither.

        Raises:
            AmbiguousNameError: it is the name of several people.
        """
        if text in self._ids:
            return text
        found = sorted(set(self._named.get(_plain(text), ())))
        if len(found) > 1:
            raise AmbiguousNameError(f"'{text}' is the name of {' and '.join(found)}; write the id")
        return found[0] if found else None


def _plain(name: str) -> str:
    """A name without what makes no difference to people: case, and space."""
    return " ".join(name.split()).casefold()
