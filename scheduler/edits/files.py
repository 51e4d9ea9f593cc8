"""Edits on disk: the file people write, and ``edits.json`` that a run keeps."""

import csv
import json
import tomllib
from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from models import nearest
from scheduler.edit_kinds import KINDS
from scheduler.edits.edit import Edit, EditError

_TIMES = ("created_at", "due_at", "not_before", "expires_at")
_DROPPED = ("kind", "carried", "rows")


def read_edits_file(path: Path) -> list[tuple[str, str]]:
    """The (kind, text) pairs of an edits file.

    TOML: a key for each kind with a list of texts, ``pin = ["T1=A17"]``. CSV: columns ``edit`` and ``what``. Files of
    tasks are looked for beside it.

    Raises:
        EditError: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        pairs = _from_toml(text, path) if path.suffix.lower() == ".toml" else _from_csv(text, path)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, csv.Error) as error:
        raise EditError(f"{path.name} cannot be read: {error}") from error
    return [(kind, str(path.parent / text) if kind == "add_task" else text) for kind, text in pairs]


def _from_toml(text: str, path: Path) -> list[tuple[str, str]]:
    pairs = []
    for key, texts in tomllib.loads(text).items():
        kind = _kind(key, path)
        if isinstance(texts, str):
            texts = [texts]
        if not isinstance(texts, list) or not all(isinstance(t, str) for t in texts):
            raise EditError(f'{path.name}: {key} needs a list of texts, as in {key} = ["{KINDS[kind].form}"]')
        pairs += [(kind, t) for t in texts]
    return pairs


def _from_csv(text: str, path: Path) -> list[tuple[str, str]]:
    cells = ([cell.strip() for cell in row] for row in csv.reader(text.splitlines()))
    rows = [row for row in cells if any(row)]
    if not rows or rows[0][:2] != ["edit", "what"]:
        raise EditError(f"{path.name}: an edits file is TOML (.toml), or CSV with the columns edit,what")
    short = [number for number, row in enumerate(rows, start=1) if len(row) < 2]
    if short:
        raise EditError(f"{path.name} row {short[0]}: needs an edit and what it is about")
    return [(_kind(row[0], path), row[1]) for row in rows[1:]]


def _kind(name: str, path: Path) -> str:
    kind = name.strip().replace("-", "_")
    if kind not in KINDS:
        hint = nearest(kind, KINDS) or "."
        raise EditError(f"{path.name}: there is no edit '{name}'{hint} Edits: {', '.join(KINDS)}")
    return kind


def edits_to_json(edits: Iterable[Edit], frozen: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What edits.json holds: the edits, and the frozen (task, agent) pairs in their order."""
    return {
        "schema_version": 1,
        "edits": [_plain(edit) for edit in edits],
        "frozen": [{"task": task, "agent": agent} for task, agent in frozen],
    }


def _plain(edit: Edit) -> dict[str, Any]:
    plain: dict[str, Any] = {"edit": edit.kind, "carried": edit.carried}
    for each in fields(edit):
        value = getattr(edit, each.name)
        if each.name not in _DROPPED and value != each.default:
            plain[each.name] = value.isoformat() if isinstance(value, datetime) else value
    if edit.rows:
        plain["rows"] = [{name: _text(value) for name, value in row.items() if value is not None} for row in edit.rows]
    return plain


def _text(value: Any) -> Any:
    """What JSON can hold: all but numbers, flags and text as text."""
    if isinstance(value, str | int | float | bool):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def read_edits_json(path: Path) -> tuple[list[Edit], list[tuple[str, str]]]:
    """The edits of a run's edits.json, and what was frozen in the run.

    Raises:
        OSError, ValueError, KeyError, TypeError: the file cannot be read, or is no such file.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    edits = [_edit(plain) for plain in content["edits"]]
    return edits, [(pair["task"], pair["agent"]) for pair in content["frozen"]]


def _edit(plain: dict[str, Any]) -> Edit:
    kept = {name: value for name, value in plain.items() if name not in ("edit", "at", "rows")}
    at = datetime.fromisoformat(plain["at"]) if "at" in plain else None
    rows = tuple({name: _moment(name, value) for name, value in row.items()} for row in plain.get("rows", ()))
    return Edit(kind=plain["edit"], at=at, rows=rows, **kept)


def _moment(name: str, value: Any) -> Any:
    """Times of the contract's columns are times again."""
    return datetime.fromisoformat(value) if name in _TIMES else value
