"""The list of a fleet: TOML with a table for each plan, or CSV with a row for each.

Keys may be written with ``-`` or ``_``. Options may also stand together under ``options``, as on the command line.
"""

import csv
import io
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data import read_toml
from models import AllotError, SnapshotError, nearest, parse_duration

_NAME = re.compile(r"[^\W_][\w.-]*")
"""Names of folders: a letter or digit, then also - _ and dots."""
_TABLES = ("plan", "site", "tenant", "scenario")
"""What a table of the TOML may be called: it is the same."""
_YES, _NO = {"true", "yes", "1"}, {"false", "no", "0"}


class ListError(AllotError):
    """The list of a fleet is refused; nothing was made."""


@dataclass(frozen=True, kw_only=True)
class FleetPlan:
    """One plan to make: the ``name`` of its folder, its snapshot, and options of a request (`policy` among them)."""

    name: str
    snapshot: Path
    options: Mapping[str, Any] = field(default_factory=dict)


def _text(value: Any) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise ValueError("is not text")
    return str(value)


def _whole(value: Any) -> int:
    return int(_text(value))


def _number(value: Any) -> float:
    return float(_text(value))


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    said = str(value).casefold()
    if said not in _YES | _NO:
        raise ValueError("is neither true nor false")
    return said in _YES


def _not(value: Any) -> bool:
    return not _flag(value)


def _seconds(value: Any) -> float:
    text = _text(value)
    return parse_duration(f"{text}s" if text.replace(".", "", 1).isdigit() else text).total_seconds()


_OPTIONS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "as_of": ("as_of", _text),
    "horizon": ("horizon", _text),
    "engine": ("engine", _text),
    "time_limit": ("time_limit_s", _seconds),
    "effort": ("effort", _whole),
    "gap": ("gap", _number),
    "seed": ("seed", _whole),
    "strict": ("strict", _flag),
    "allow_empty": ("allow_empty", _flag),
    "max_age": ("max_age", _text),
    "csv": ("csv", _flag),
    "xlsx": ("xlsx", _flag),
    "html": ("html", _flag),
    "no_xlsx": ("xlsx", _not),
    "no_html": ("html", _not),
    "split": ("split", _text),
    "lang": ("language", _text),
}
"""The options of a plan in a list, with the names of those of a request, and how they are read."""
KEYS = ("name", "snapshot", "policy", *_OPTIONS)
"""What a plan in a list may have."""


def read_list(file: Path) -> tuple[FleetPlan, ...]:
    """The plans of a list; its relative paths start at its folder.

    Raises:
        ListError: it cannot be read, or something in it is wrong; the message names all of it.
    """
    plans, faults = [], []
    for place, written in _rows(file):
        row, found = _spread(written)
        found += _faults_of(row, file.parent)
        faults += [f"{place}: {fault}" for fault in found]
        if not found:
            plans.append(_plan_of(row, file.parent))
    faults += [*_twice(plans)]
    if faults:
        lines = "\n".join(f"  {fault}" for fault in faults)
        raise ListError(f"{file}:\n{lines}\nKnown are {', '.join(KEYS)}; see docs/cli.md.")
    if not plans:
        raise ListError(f"{file} lists no plans: write [[plan]] with a snapshot for each, or rows of a CSV")
    return tuple(plans)


def _rows(file: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every plan as it is written, and where."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ListError(f"{file} cannot be read: {error.strerror}") from error
    if file.suffix.lower() == ".csv":
        yield from _rows_of_csv(content, file)
        return
    try:
        keys = read_toml(content, str(file))
    except SnapshotError as error:
        raise ListError(str(error)) from error
    others = [key for key in keys if key not in _TABLES]
    tables = [plans for key, plans in keys.items() if key in _TABLES]
    plain = all(isinstance(plans, list) and all(isinstance(plan, dict) for plan in plans) for plans in tables)
    if others or not plain:
        raise ListError(f"{file}: a list has tables [[{']], [['.join(_TABLES)}]] and nothing else{_named(others)}")
    every = [plan for plans in tables for plan in plans]
    yield from ((f"plan {number}", plan) for number, plan in enumerate(every, start=1))


def _rows_of_csv(content: bytes, file: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ListError(f"{file} is not UTF-8") from error
    separator = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        head = [name.strip() for name in next(rows, [])]
        for row in rows:
            if any(cell.strip() for cell in row):
                if len(row) > len(head):
                    raise ListError(f"{file}, line {rows.line_num}: more cells than columns")
                filled = {name: cell.strip() for name, cell in zip(head, row, strict=False) if cell.strip()}
                yield f"line {rows.line_num}", filled
    except csv.Error as error:
        raise ListError(f"{file}, line {rows.line_num}: {error}") from error


def _named(keys: list[str]) -> str:
    return f", not {', '.join(keys)}" if keys else ""


def _spread(written: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A plan with its ``options`` as keys of their own, and what is wrong with how they are written."""
    row = {str(key).strip().replace("-", "_"): value for key, value in written.items()}
    given = row.pop("options", {})
    if isinstance(given, str):
        try:
            given = _as_on_the_command_line(given)
        except ValueError as error:
            return row, [f"options {given!r}: {error}"]
    if not isinstance(given, Mapping):
        return row, [f"options {given!r} is neither text nor a table"]
    return row | {str(key).replace("-", "_"): value for key, value in given.items()}, []


def _as_on_the_command_line(text: str) -> dict[str, Any]:
    """Options from a text such as ``--effort 5 --strict``."""
    found: dict[str, Any] = {}
    words = shlex.split(text)
    while words:
        name = words.pop(0)
        if not name.startswith("--"):
            raise ValueError(f"{name} is no option")
        key, equals, value = name[2:].partition("=")
        if not equals:
            value = words.pop(0) if words and not words[0].startswith("--") else "true"
        found[key] = value
    return found


def _faults_of(row: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """What is wrong with a plan as it is written."""
    for key, value in row.items():
        if key not in KEYS:
            yield f"unknown key '{key}'{nearest(str(key), KEYS)}"
        elif key in _OPTIONS:
            try:
                _OPTIONS[key][1](value)
            except ValueError as error:
                yield f"{key} {value!r}: {error}"
        elif not isinstance(value, str):
            yield f"{key} {value!r} is not text"
    if isinstance(row.get("policy"), str) and not (folder / row["policy"]).exists():
        yield f"policy {row['policy']} does not exist"
    if "snapshot" not in row:
        yield "snapshot is missing"
    elif isinstance(row["snapshot"], str) and not _NAME.fullmatch(_name_of(row)):
        yield f"name '{_name_of(row)}' is no name of a folder: letters, digits, - _ and dots"


def _name_of(row: Mapping[str, Any]) -> str:
    """The name of a plan, by default that of its snapshot."""
    given = row.get("name")
    return str(given) if given is not None else Path(row["snapshot"]).stem


def _plan_of(row: Mapping[str, Any], folder: Path) -> FleetPlan:
    options = {_OPTIONS[key][0]: _OPTIONS[key][1](value) for key, value in row.items() if key in _OPTIONS}
    if "policy" in row:
        options["policy"] = (folder / row["policy"]).resolve()
    return FleetPlan(name=_name_of(row), snapshot=(folder / row["snapshot"]).resolve(), options=options)


def _twice(plans: list[FleetPlan]) -> Iterator[str]:
    seen: set[str] = set()
    for plan in plans:
        if plan.name.casefold() in seen:
            yield f"two plans are named {plan.name}: each has a folder of its name; give them a name"
        seen.add(plan.name.casefold())
