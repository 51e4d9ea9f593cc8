"""Checks the options of a request, since a caller in Python may pass anything."""

from collections.abc import Mapping
from datetime import date, timedelta
from math import isnan
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data import Snapshot
from models import ENGINES, CapabilityError, OptionError, OptionTypeError, nearest
from reports import LANGUAGES, SPLITS
from scheduler.run.excel_csv import SEPARATORS
from scheduler.run.guards import parse_age
from scheduler.run.policy import Policy
from scheduler.workers import Workers, workers_of

if TYPE_CHECKING:
    from scheduler.run.request import Request

_PATH = (str, Path)
_TYPES: Mapping[str, tuple[type, ...]] = {
    "out": _PATH, "expect_like": _PATH, "earlier": _PATH, "edits_file": _PATH,
    "policy": (str, Path, Mapping, Policy), "as_of": (str, date),
    "horizon": (str, timedelta, date), "defaults": (Mapping,), "max_age": (str, timedelta),
    "engine": (str,), "csv_separator": (str,),
    "solver": (str,), "split": (str,), "language": (str,), "freeze": (str,), "min_gain": (str, Real),
    "time_limit_s": (Real,), "gap": (Real,), "effort": (Integral,), "seed": (Integral,), "max_changes": (Integral,),
    "workers": (Integral, str, Mapping, Workers),
    "strict": (bool,), "csv": (bool,), "xlsx": (bool,), "html": (bool,), "keep_better": (bool,),
    "keep_snapshot": (bool,),
    "allow_empty": (bool,), "forget": (bool,),
    "curve": (bool,), "take_back": (tuple, list), "edits": (tuple, list),
}  # fmt: skip
_NEEDED = ("engine", "csv_separator", "solver", "gap", "seed", "earlier")
_LEAST = {"effort": 1, "gap": 0, "seed": 0, "max_changes": 0, "workers": 1}
_WORDS = {Real: "a number", Integral: "a whole number", bool: "True or False", str: "text", Path: "a path",
          Mapping: "a mapping", Policy: "a Policy", Workers: "Workers",
          timedelta: "a timedelta", date: "a datetime", tuple: "a tuple", list: "a list"}  # fmt: skip


def check_options(request: "Request") -> None:
    """Refuses a request with an option of a wrong type or value, and names it.

    Raises:
        OptionTypeError: a value is of another type than its option takes.
        OptionError: a value is none of those its option may have.
        CapabilityError: there is no engine of that name.
    """
    for name, kinds in _TYPES.items():
        if hasattr(request, name):
            _check_type(name, getattr(request, name), kinds)
    if request.engine not in ENGINES:
        hint = nearest(request.engine, ENGINES) or "."
        raise CapabilityError(f"there is no engine '{request.engine}'{hint} Engines: {', '.join(ENGINES)}")
    for name, names in (("split", tuple(SPLITS)), ("language", tuple(LANGUAGES)), ("csv_separator", tuple(SEPARATORS))):
        _check_name(name, getattr(request, name), names)
    for name in request.defaults or ():
        _check_name("defaults", name, ("timezone", "horizon"))
    _check_ranges(request)
    workers_of(request.workers)
    if isinstance(request.source, Snapshot):
        _check_moments(request)


def _check_moments(request: "Request") -> None:
    for name in ("as_of", "horizon"):
        if getattr(request, name) is not None:
            raise OptionError(f"{name} is given, and a snapshot in memory has its own; give it to read_snapshot")


def _check_type(name: str, given: Any, kinds: tuple[type, ...]) -> None:
    if given is None and name not in _NEEDED:
        return
    if not isinstance(given, kinds) or (isinstance(given, bool) and bool not in kinds):
        takes = " or ".join(_WORDS[kind] for kind in kinds)
        raise OptionTypeError(f"{name} is {given!r}, and takes {takes}")


def _check_name(name: str, given: str | None, names: tuple[str, ...]) -> None:
    if given is not None and given not in names:
        raise OptionError(f"{name} '{given}' is unknown{nearest(given, names)}; known are {', '.join(names)}")


def _check_ranges(request: "Request") -> None:
    for name, least in _LEAST.items():
        given = getattr(request, name, None)
        if isinstance(given, Real) and (isnan(given) or given < least):
            raise OptionError(f"{name} is {given}, and must be at least {least}")
    if request.time_limit_s is not None:
        check_time_limit(request.time_limit_s)
    try:
        if request.max_age is not None:
            parse_age(request.max_age)
    except ValueError as error:
        raise OptionError(f"max_age: {error}") from error


def check_time_limit(seconds: float) -> None:
    """Refuses a limit that is no length of time.

    Raises:
        OptionError: it is no number, or not above zero.
    """
    _check_type("time_limit_s", seconds, (Real,))
    if not seconds > 0:
        raise OptionError(f"time_limit_s is {seconds}, and must be above 0: the seconds that all of it may take")


def check_text(name: str, given: str | None) -> None:
    """Refuses a name that is no text.

    Raises:
        OptionTypeError: it is something else.
    """
    _check_type(name, given, (str,))
