"""Edits on disk: files written by people, and ``edits.json`` of a run."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from math import inf
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from data import read_csv_rows, read_toml
from models import WEIGHT_FIELDS, SnapshotError, nearest, to_plain
from scheduler.edit_kinds import KINDS
from scheduler.edits.edit import Edit, EditError, Written

_TIMES = ("created_at", "due_at", "not_before", "expires_at")
_DROPPED = ("kind", "carried", "rows")
_EDIT, _PLAIN, _PAIRS = TypeAdapter(Edit), TypeAdapter(list[dict[str, Any]]), TypeAdapter(list[tuple[str, str]])


def read_edits_file(path: Path) -> list[Written]:
    """The edits that are written in a file.

    TOML: a key for each kind with a list of texts, ``pin = ["T1=A17"]``. CSV: columns ``edit`` and ``what``. Files of
    tasks are looked for beside it.

    Raises:
        EditError: the file cannot be read.
    """
    read = _from_toml if path.suffix.lower() == ".toml" else _from_csv
    try:
        written = read(path.read_bytes(), path.name)
    except OSError as error:
        raise EditError(f"{path.name} cannot be read: {error.strerror or error}") from error
    except EditError:
        raise
    except SnapshotError as error:
        raise EditError(str(error)) from error
    return [
        each._replace(text=str(path.parent / each.text)) if each.kind == "add_task" and each.text else each
        for each in written
    ]


def _from_toml(content: bytes, name: str) -> list[Written]:
    written = []
    for key, texts in read_toml(content, name).items():
        kind = _kind(key, name)
        if isinstance(texts, str):
            texts = [texts]
        if not isinstance(texts, list) or not all(isinstance(t, str) for t in texts):
            raise EditError(f'{name}: {key} needs a list of texts, as in {key} = ["{KINDS[kind].form}"]')
        written += [Written(kind, t, name) for t in texts]
    return written


def _from_csv(content: bytes, name: str) -> list[Written]:
    advice = "; an edits file is TOML (.toml), or CSV with the columns edit,what"
    return [
        Written(_kind(row["edit"], place), row["what"], place)
        for number, row in read_csv_rows(content, ("edit", "what"), name, advice)
        for place in [f"{name} row {number}"]
    ]


def _kind(name: str, place: str) -> str:
    kind = name.strip().casefold().replace("-", "_")
    if kind not in KINDS:
        hint = nearest(kind, KINDS) or "."
        raise EditError(f"{place}: there is no edit '{name}'{hint} Edits: {', '.join(KINDS)}")
    return kind


def edits_to_json(edits: Iterable[Edit], frozen: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What edits.json holds: the edits, and the frozen (task, agent) pairs in their order."""
    return {
        "schema_version": 1,
        "edits": [_plain(edit) for edit in edits],
        "frozen": [{"task": task, "agent": agent} for task, agent in frozen],
    }


def what_counts(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The content of edits.json that changes the problem: a text for each edit, and all frozen work.

    Not an unpin, which only withdraws a pin; nor what an edit cost, or whether it was carried over.
    """
    edits = [edit for edit in content["edits"] if edit["edit"] != "unpin"]
    plain = [{name: edit[name] for name in edit if name not in ("carried", "cost")} for edit in edits]
    frozen = [f"frozen {content['frozen']}"] if content["frozen"] else []
    return (*sorted(json.dumps(edit, sort_keys=True, ensure_ascii=False) for edit in plain), *frozen)


def _plain(edit: Edit) -> dict[str, Any]:
    plain: dict[str, Any] = {"edit": edit.kind, "carried": edit.carried}
    for each in fields(edit):
        value = getattr(edit, each.name)
        if each.name not in _DROPPED and value != each.default:
            plain[each.name] = to_plain(value)
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
    edits = [_edit(plain) for plain in _PLAIN.validate_python(content["edits"])]
    frozen = _PLAIN.validate_python(content["frozen"])
    return edits, _PAIRS.validate_python([(pair["task"], pair["agent"]) for pair in frozen])


def _edit(plain: dict[str, Any]) -> Edit:
    kept = {name: value for name, value in plain.items() if name not in ("edit", "rows")}
    rows = ({name: _moment(name, value) for name, value in row.items()} for row in plain.get("rows", ()))
    edit = _EDIT.validate_python({"kind": plain["edit"], "rows": tuple(rows), **kept})
    for name in KINDS[edit.kind].needs:
        if not getattr(edit, name):
            raise ValueError(f"{edit.kind} without {name}")
    if edit.at is not None and edit.at.tzinfo is None:
        raise ValueError(f"{edit.at} is of no time zone")
    if edit.kind == "boost" and (edit.level not in WEIGHT_FIELDS or not 0 <= edit.factor < inf):
        raise ValueError(f"work is not weighted by {edit.level} times {edit.factor}")
    return edit


def _moment(name: str, value: Any) -> Any:
    """Times of the contract's columns are times again."""
    return datetime.fromisoformat(value) if name in _TIMES else value
