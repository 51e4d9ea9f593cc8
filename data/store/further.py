"""The further columns that sources bring: a task has its values of them in one text, a JSON object."""

import json
from collections.abc import Collection
from itertools import chain
from typing import Any

import polars as pl

_LONGEST = 50_000  # bytes of names; with three to four times as many, the pattern is refused


def columns_of(texts: pl.Series) -> list[pl.Series]:
    """A column for each name in the objects, in the order in which the names first come.

    A column with values of several types is text.
    """
    first = [] if texts.is_empty() else list(json.loads(texts[0]))
    if have_texts(texts, first).all():  # as a table brings them: read in half the time
        return texts.str.json_decode(pl.Struct(dict.fromkeys(first, pl.String))).struct.unnest().get_columns()
    objects = json.loads(f"[{texts.str.join(',').item()}]")  # four times as fast as text by text
    names = dict.fromkeys(chain.from_iterable(objects))
    return [pl.Series(name, _alike([values.get(name) for values in objects]), strict=False) for name in names]


def have_texts(texts: pl.Series, names: Collection[str]) -> pl.Series:
    """Which objects have texts in some of these columns and nothing else: sooner told than the object is read.

    Names that are too long together for that are not looked for: then no object is one of these.
    """
    known = "|".join(pl.escape_regex(f"{json.dumps(name, ensure_ascii=False)}:") for name in names)
    if len(known.encode()) > _LONGEST:
        return texts.is_null() & False
    return texts.str.contains(rf'^\{{(?:(?:{known})"(?:[^"\\]|\\.)*",?)*\}}$' if names else r"^\{\}$")


def _alike(values: list[Any]) -> list[Any]:
    """The values; as text if they are of several types."""
    kinds = {*map(type, values)} - {type(None)}
    if len(kinds) <= 1 or kinds == {int, float}:
        return values
    return [value if value is None or isinstance(value, str) else json.dumps(value) for value in values]
