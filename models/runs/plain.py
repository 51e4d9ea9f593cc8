"""Converts frozen dataclasses to JSON and back, key by key.

A field is a key. Its metadata may give another name (``{"key": "from"}``), or leave it out where it is ``None``
(``{"left_out": True}``).
Missing keys get the field's default, unknown keys are ignored.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, NamedTuple, TypeVar, cast, get_args, get_origin, get_type_hints

_Record = TypeVar("_Record")
_NO_NUMBER = 1e300
"""What is not below it is nothing to count with: JSON readers take NaN, Infinity and 1e400."""
_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def to_plain(value: Any) -> Any:
    """A record, or a value in it, as JSON: dicts, lists, texts, numbers."""
    if hasattr(value, "as_json"):
        return value.as_json()
    if is_dataclass(value):
        return record_to_plain(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {name: to_plain(inner) for name, inner in value.items()}
    return [to_plain(inner) for inner in value] if isinstance(value, tuple | list) else value


def record_to_plain(record: Any) -> dict[str, Any]:
    """The fields of a record as JSON, in their order."""
    values = ((each, getattr(record, each.name)) for each in fields(record))
    return {
        key_of(each): to_plain(value)
        for each, value in values
        if value is not None or not each.metadata.get("left_out", False)
    }


def from_plain(kind: type[_Record], plain: Any, where: str = "") -> _Record:
    """The record of a class from JSON; ``where`` is its path, for errors.

    Raises:
        ValueError: a key is missing, or a value has the wrong type; the message names the key.
    """
    if not isinstance(plain, Mapping):
        raise ValueError(f"{where or 'the whole'} is {plain!r}, and no object")
    keys = _keys_of(cast("Any", kind))
    missing = [_path(where, each.name) for each in keys if each.needed and each.name not in plain]
    if missing:
        raise ValueError(f"it lacks {', '.join(missing)}")
    there = (each for each in keys if each.name in plain)
    return kind(**{each.field: _value(each.type, plain[each.name], _path(where, each.name)) for each in there})


def key_of(each: "Field[Any]") -> str:
    """The key of a field."""
    return str(each.metadata.get("key", each.name))


class _Key(NamedTuple):
    """A key, its field, its type, and whether it is required."""

    name: str
    field: str
    type: Any
    needed: bool


@cache
def _keys_of(kind: Any) -> tuple[_Key, ...]:
    """The keys of a class of records, in order."""
    types = get_type_hints(kind)
    return tuple(
        _Key(key_of(each), each.name, types[each.name], each.default is MISSING and each.default_factory is MISSING)
        for each in fields(kind)
    )


def _path(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _value(kind: Any, plain: Any, where: str) -> Any:
    """A value of a type, from JSON."""
    if isinstance(kind, UnionType):
        (inner,) = (each for each in get_args(kind) if each is not NoneType)
        return None if plain is None else _value(inner, plain, where)
    if hasattr(kind, "from_json"):
        return _read(kind.from_json, plain, where)
    if is_dataclass(kind):
        return from_plain(kind, plain, where) if isinstance(kind, type) else plain
    if kind is datetime:
        return _read(datetime.fromisoformat, plain, where)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple:
        return tuple(_value(inner[0], each, f"{where}[{nth}]") for nth, each in enumerate(_of(list, plain, where)))
    if origin is not None:  # a mapping of texts
        return {name: _value(inner[1], each, _path(where, name)) for name, each in _of(dict, plain, where).items()}
    return plain if kind is Any else _of(kind, plain, where)


def _of(kind: Any, plain: Any, where: str) -> Any:
    """The value, if it has the type; an integer is accepted as a float."""
    kinds = (int, float) if kind is float else (kind,)
    too_large = kind is float and isinstance(plain, kinds) and not abs(plain) < _NO_NUMBER
    if not isinstance(plain, kinds) or (isinstance(plain, bool) and kind is not bool) or too_large:
        raise ValueError(f"{where} is {plain!r}, and not {_WORDS.get(kind, f'a {kind.__name__}')}")
    return plain


def _read(read: Any, plain: Any, where: str) -> Any:
    try:
        return read(plain)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{where} is {plain!r}") from error
