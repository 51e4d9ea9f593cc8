"""Detects packages elsewhere on Python's path that have the name of one of allot's and would be imported instead."""

import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

_OURS = ("models", "data", "reports")
_HOME = Path(__file__).resolve().parents[1]
_PROGRAM = ("-m", "allot", "allot.exe")
_INTERNAL = 5


def refuse_hidden() -> None:
    """Stops if a module of the user hides a package of allot's; the command then ends with a one-line message.

    Raises:
        ImportError: something does; the message names it and says where it is.
    """
    for name in _OURS:
        place = _place_of(name)
        if place is not None and place.parent != _HOME / name:
            message = (
                f"{place} hides the package '{name}' of allot, which is in {_HOME}: give it another name, or run allot "
                "from another folder and without that one on PYTHONPATH"
            )
            if Path(sys.argv[0] if sys.argv else "").name in _PROGRAM:
                _leave(message)
            raise ImportError(message, name=name, path=str(place))


def _place_of(name: str) -> Path | None:
    """The file that a package is loaded from, ``None`` where Python finds none."""
    try:
        spec: ModuleSpec | None = find_spec(name)
    except ValueError:  # a module somebody has made by hand
        return Path(getattr(sys.modules[name], "__file__", None) or f"sys.modules[{name!r}]")
    return None if spec is None or spec.origin is None else Path(spec.origin).resolve()


def _leave(message: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"allot: {message}\n")
    raise SystemExit(_INTERNAL)
